// What makes an autoencoder with a penalty on total correlation: its sizes, its weights and its way of counting errors.

import FactorRuntime

/// How the squared errors of a period's reconstruction are counted.
enum ErrorCount: String, HyperparameterChoice, Sendable {
  case gaussSum = "gauss_sum"
  case mean

  var sentence: String {
    switch self {
    case .gaussSum: "half of their sum over the assets: the normal density of unit variance"
    case .mean: "their mean over the assets, beside which divergence and penalty weigh more"
    }
  }
}

struct DisentangledDesign: Sendable, Equatable {
  /// Assets that are read and reconstructed.
  var series: Int
  var factors: Int
  /// Widths of the encoder's hidden layers; the decoder has them in reverse.
  var hidden: [Int]
  /// Units of each hidden layer of the judge, and how many there are.
  var judgeWidth: Int
  var judgeLayers: Int
  /// The weight of the total correlation.
  var gamma: Double
  var loss = ErrorCount.gaussSum

  /// Log variances stay between these.
  static let logVariances = -8.0...4.0

  /// What multiplies a squared error in the loss of its period.
  var errorShare: Double { loss == .gaussSum ? 0.5 : 1 / Double(series) }

  /// Weights, gains and offsets of encoder and decoder; a bias that batch norm cancels is not there.
  var parameterCount: Int {
    func stack(_ sizes: [Int], _ outputs: Int) -> Int {
      zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 2) * $1.1 }
        + ((sizes.last ?? 0) + 1) * outputs
    }
    return stack([series] + hidden, 2 * factors) + stack([factors] + hidden.reversed(), series)
  }

  /// Parameters of the judge.
  var judgeParameterCount: Int {
    let sizes = [factors] + (0..<judgeLayers).map { _ in judgeWidth } + [2]
    return zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
  }

  /// Float operations of one period, forward and backward; the encoder reads a second batch.
  var flops: Double { 6 * Double(parameterCount) * 1.2 + 10 * Double(judgeParameterCount) }

  var facts: JSON {
    .fields(
      ("series", .number(Double(series))), ("factors", .number(Double(factors))),
      ("hidden", .list(hidden.map { .number(Double($0)) })),
      ("judge", .number(Double(judgeWidth))), ("judgeLayers", .number(Double(judgeLayers))),
      ("gamma", .number(gamma)), ("recon", .text(loss.rawValue)))
  }
}

extension DisentangledDesign {
  init(_ facts: StoredFacts) throws {
    self.init(
      series: try facts.integer("series"), factors: try facts.integer("factors"),
      hidden: try facts.integers("hidden"), judgeWidth: try facts.integer("judge"),
      judgeLayers: try facts.integer("judgeLayers"), gamma: try facts.number("gamma"),
      loss: try facts.word("recon"))
    let widths = [series, factors, judgeWidth] + hidden
    guard widths.allSatisfy({ (1...100_000).contains($0) }), hidden.count <= 16,
      (0...16).contains(judgeLayers), gamma.isFinite
    else { throw facts.fault("series") }
  }
}
