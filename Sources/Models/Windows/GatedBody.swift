// Gated recurrent layers over windows: an entry layer, GRU layers, attention over the months if wanted.
//
// Definition: p_s = act(W c_s + b); g = GRU layers over s; the features are g_L, and with attention
// sum_s a_s g_s beside it, a_s = softmax over s of w' tanh(A g_s + b_a). Sources: the attention LSTM of Qin et
// al. (2017) as the field runs it, with GRU layers; the feature extractor of Duan et al. (2022), section 4.1.

import FactorRuntime

/// The shape of a gated body.
public struct SequenceDesign: Sendable, Equatable {
  public enum Entry: String, Sendable { case tanh, leaky }

  public var inputs: Int
  public var hidden: Int
  public var layers: Int
  public var months: Int
  public var entry: Entry
  /// The width of the attention's inner layer; nil for no attention.
  public var attention: Int?
  var cell = RecurrentCell.gruAfter

  /// Describes a network.
  public init(
    inputs: Int, hidden: Int, layers: Int, months: Int, entry: Entry, attention: Int? = nil
  ) {
    (self.inputs, self.hidden, self.layers) = (inputs, hidden, layers)
    (self.months, self.entry, self.attention) = (months, entry, attention)
  }

  /// Float operations of one row, forward and backward, each product counted once.
  public var flops: Double {
    let (p, h) = (Double(inputs), Double(hidden))
    let perMonth =
      4 * p * h + Double(layers) * 36 * h * h + (attention.map { 6 * h * Double($0) } ?? 0)
    return perMonth * Double(months)
  }
}

extension SequenceDesign: WindowDesign {
  /// The last state, and the context behind it.
  var stretches: Int { attention == nil ? 1 : 2 }
  var features: Int { stretches * hidden }

  var parameterCount: Int {
    let scores = attention.map { (hidden + 2) * $0 } ?? 0
    let inner = cell == .gruAfter ? 1 : 0
    let gates = cell.inputGates * (2 * hidden + 1) + inner
    return hidden * (inputs + 1) + layers * hidden * gates + scores
  }

  var facts: JSON {
    .fields(
      ("inputs", .number(Double(inputs))), ("hidden", .number(Double(hidden))),
      ("layers", .number(Double(layers))), ("months", .number(Double(months))),
      ("entry", .text(entry.rawValue)), ("attention", .number(Double(attention ?? 0))),
      ("cell", .text(cell.rawValue)))
  }

  init(_ facts: StoredFacts) throws {
    let attention = try facts.integer("attention")
    self.init(
      inputs: try facts.integer("inputs"), hidden: try facts.integer("hidden"),
      layers: try facts.integer("layers"), months: try facts.integer("months"),
      entry: try facts.word("entry"), attention: attention > 0 ? attention : nil)
    cell = try facts.word("cell")
    guard inputs > 0, (1...4096).contains(hidden), (1...64).contains(layers),
      (1...1200).contains(months), (0...4096).contains(attention)
    else { throw facts.fault("hidden") }
  }

  var roomOfParty: Int {
    let (rows, w) = (WindowParty.targets * months, Padding.padded(hidden))
    let inner = Padding.padded(attention ?? 1)
    return rows * (Padding.padded(inputs) + 4 * w + layers * 8 * w + 2 * inner + 20)
  }
}

/// The tensors of a gated body.
final class GatedBody<Scalar: NetworkScalar>: WindowBody {
  let design: SequenceDesign
  let parameters: ParameterBlock<Scalar>
  let entry: (weight: Int, bias: Int)
  let layers: [RecurrentLayer]
  /// Inner weights, inner bias, and what turns the inner units into a score.
  let attention: (weight: Int, bias: Int, score: Int)?

  init(_ design: SequenceDesign, in parameters: ParameterBlock<Scalar>) {
    (self.design, self.parameters) = (design, parameters)
    let h = design.hidden
    entry = (
      parameters.add("entry.weight", rows: design.inputs, columns: h, penalised: true),
      parameters.add("entry.bias", rows: 1, columns: h)
    )
    layers = (0..<design.layers).map {
      RecurrentLayer("layer\($0)", design.cell, inputs: h, hidden: h, in: parameters)
    }
    attention = design.attention.map { inner in
      (
        parameters.add("attention.weight", rows: h, columns: inner, penalised: true),
        parameters.add("attention.bias", rows: 1, columns: inner),
        parameters.add("attention.score", rows: inner, columns: 1, penalised: true)
      )
    }
  }

  func initialize(_ stream: inout RandomStream) {
    let h = design.hidden
    parameters.fillGlorot(entry.weight, inputs: design.inputs, outputs: h, &stream)
    for layer in layers { layer.initialize(parameters, &stream) }
    if let attention {
      let inner = parameters.tensors[attention.weight].columns
      parameters.fillGlorot(attention.weight, inputs: h, outputs: inner, &stream)
      parameters.fillGlorot(attention.score, inputs: inner, outputs: 1, &stream)
    }
  }

  func worker(_ histories: FirmHistories) -> GatedWorker<Scalar> { GatedWorker(self, histories) }
}
