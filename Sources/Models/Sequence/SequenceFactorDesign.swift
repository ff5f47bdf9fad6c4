// What makes a factor model of a few series: the sizes of its parts and which of the published forms they have.

import FactorRuntime

/// Where the reset gate of a gated unit stands, and what its update gate keeps.
enum GatedForm: String, HyperparameterChoice, Sendable {
  case s4, torch

  var sentence: String {
    switch self {
    case .s4: "n = tanh(W x + U (r h) + b), h' = (1 - u) h + u n, as printed"
    case .torch: "n = tanh(W x + b + r (U h + b2)), h' = (1 - u) n + u h, as in PyTorch"
    }
  }

  var cell: RecurrentCell { self == .s4 ? .gruBefore : .gruAfter }
}

/// Which state the decoder goes on from.
enum DecoderState: String, HyperparameterChoice, Sendable {
  case own, shared

  var sentence: String {
    switch self {
    case .own: "the decoder's own state of the period before"
    case .shared: "the encoder's state of the period before"
    }
  }
}

/// How far a reconstruction is from what was seen.
enum SequenceLoss: String, HyperparameterChoice, Sendable {
  case mse, gauss

  var sentence: String {
    switch self {
    case .mse: "squared errors, summed over the series"
    case .gauss: "the normal density with a learned variance of each series: a likelihood bound"
    }
  }
}

struct SequenceFactorDesign: Sendable, Equatable {
  /// Series that are read and reconstructed.
  var series: Int
  var factors: Int
  var hidden: Int
  var form = GatedForm.s4
  var state = DecoderState.own
  var loss = SequenceLoss.mse
  /// Epochs over which the weight of the divergence rises from zero to one; 0 for one from the start.
  var anneal = 50

  /// Log variances stay between these.
  static let logVariances = -8.0...4.0

  /// The weight of the divergence in an epoch, the first being 1.
  func divergenceWeight(epoch: Int) -> Double {
    anneal == 0 ? 1 : min(1, Double(epoch - 1) / Double(anneal))
  }

  var parameterCount: Int {
    func cell(_ inputs: Int) -> Int {
      3 * hidden * (inputs + hidden + 1) + (form == .torch ? hidden : 0)
    }
    let heads = 4 * factors * (hidden + 1)
    return cell(series) + heads + cell(factors) + series * (hidden + 1)
      + (loss == .gauss ? series : 0)
  }

  /// Float operations of one pass over one period, forward and backward.
  var flops: Double {
    let (d, k, h) = (Double(series), Double(factors), Double(hidden))
    return 6 * (3 * h * (d + h) + 4 * k * h + 3 * h * (k + h) + d * h)
  }

  var facts: JSON {
    .fields(
      ("series", .number(Double(series))), ("factors", .number(Double(factors))),
      ("hidden", .number(Double(hidden))), ("gru", .text(form.rawValue)),
      ("hid", .text(state.rawValue)), ("recon", .text(loss.rawValue)),
      ("anneal", .number(Double(anneal))))
  }
}

extension SequenceFactorDesign {
  init(_ facts: StoredFacts) throws {
    self.init(
      series: try facts.integer("series"), factors: try facts.integer("factors"),
      hidden: try facts.integer("hidden"), form: try facts.word("gru"),
      state: try facts.word("hid"), loss: try facts.word("recon"),
      anneal: try facts.integer("anneal"))
    guard (1...100_000).contains(series), (1...4096).contains(factors), (1...4096).contains(hidden),
      (0...1_000_000).contains(anneal)
    else { throw facts.fault("series") }
  }
}
