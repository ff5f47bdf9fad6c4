// What makes a prior-posterior factor model: the sizes of its parts and what it is trained on.

import FactorRuntime

/// What the likelihood is taken under while training.
enum LikelihoodKind: String, HyperparameterChoice, Sendable {
  case posterior, prior

  var sentence: String {
    switch self {
    case .posterior: "under the posterior, with a divergence that teaches the prior"
    case .prior: "under the prior alone: the ablation without an encoder"
    }
  }
}

struct PriorPosteriorDesign: Sendable, Equatable {
  /// The slope of the leaky activations below zero.
  static let leak = 0.1
  /// Standard deviations are no smaller, in units of the returns' own.
  static let floor = 1e-3

  var body: SequenceDesign
  var factors: Int
  /// Portfolios of stocks that the encoder reads.
  var portfolios: Int
  /// The weight of the divergence.
  var gamma: Double
  var likelihood: LikelihoodKind
  /// Whether the total fit holds the alphas.
  var totalAlpha: Bool

  var hidden: Int { body.hidden }

  var parameterCount: Int {
    let (h, k, m) = (hidden, factors, portfolios)
    let encoder = (h + 1) * m + 2 * k * (m + 1)
    let decoder = h * (h + 1) + 2 * (h + 1) + k * (h + 1)
    let predictor = k * (2 * h * h + h) + h * (h + 1) + 2 * (h + 1)
    return body.parameterCount + encoder + decoder + predictor
  }

  var facts: JSON {
    .fields(
      ("body", body.facts), ("factors", .number(Double(factors))),
      ("portfolios", .number(Double(portfolios))), ("gamma", .number(gamma)),
      ("likelihood", .text(likelihood.rawValue)), ("total_alpha", .bool(totalAlpha)))
  }

  init(
    body: SequenceDesign, factors: Int, portfolios: Int, gamma: Double = 1,
    likelihood: LikelihoodKind = .posterior, totalAlpha: Bool = true
  ) {
    (self.body, self.factors, self.portfolios) = (body, factors, portfolios)
    (self.gamma, self.likelihood, self.totalAlpha) = (gamma, likelihood, totalAlpha)
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      body: try SequenceDesign(StoredFacts(try facts.object("body"))),
      factors: try facts.integer("factors"), portfolios: try facts.integer("portfolios"),
      gamma: try facts.number("gamma"), likelihood: try facts.word("likelihood"),
      totalAlpha: try facts.flag("total_alpha"))
    guard (1...4096).contains(factors), (1...65_536).contains(portfolios), body.attention == nil
    else { throw facts.fault("factors") }
  }
}
