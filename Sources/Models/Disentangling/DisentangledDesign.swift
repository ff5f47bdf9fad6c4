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

/// What becomes of an asset that has no return in a period.
enum AbsentReturns: String, HyperparameterChoice, Sendable {
  case refuse, mean, mask

  var sentence: String {
    switch self {
    case .refuse: "the fit stops and names asset and period"
    case .mean: "it is read at its mean over the training periods, and its error does not count"
    case .mask: "the same, and the encoder is told for each asset whether it is there"
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
  var absent = AbsentReturns.refuse

  /// Log variances stay between these.
  static let logVariances = -8.0...4.0

  /// What the encoder reads: returns, and with a mask a one for each asset that is absent.
  var inputs: Int { absent == .mask ? 2 * series : series }

  /// What multiplies a squared error in the loss of its period, of which so many returns are there.
  func errorShare(_ present: Double) -> Double {
    loss == .gaussSum ? 0.5 : 1 / max(1, present)
  }

  /// Weights, gains and offsets of encoder and decoder; a bias that batch norm cancels is not there.
  var parameterCount: Int {
    func stack(_ sizes: [Int], _ outputs: Int) -> Int {
      zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 2) * $1.1 }
        + ((sizes.last ?? 0) + 1) * outputs
    }
    return stack([inputs] + hidden, 2 * factors) + stack([factors] + hidden.reversed(), series)
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
      ("gamma", .number(gamma)), ("recon", .text(loss.rawValue)), ("absent", .text(absent.rawValue))
    )
  }
}

extension DisentangledDesign {
  init(_ facts: StoredFacts) throws {
    self.init(
      series: try facts.integer("series"), factors: try facts.integer("factors"),
      hidden: try facts.integers("hidden"), judgeWidth: try facts.integer("judge"),
      judgeLayers: try facts.integer("judgeLayers"), gamma: try facts.number("gamma"),
      loss: try facts.word("recon"),
      absent: facts.value?["absent"] == nil ? .refuse : try facts.word("absent"))
    let widths = [series, factors, judgeWidth] + hidden
    guard widths.allSatisfy({ (1...100_000).contains($0) }), hidden.count <= 16,
      (0...16).contains(judgeLayers), gamma.isFinite
    else { throw facts.fault("series") }
  }
}
