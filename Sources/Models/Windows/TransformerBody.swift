// A transformer's encoder over windows; the features are the state of the last month.
//
// Definition: x_s = W c_s + b + position(s); each layer is x <- norm(x + attention(x)), then
// x <- norm(x + W2 relu(W1 x + b1) + b2), attention with several heads and no mask; position(s) is the sinusoid
// of Vaswani et al. (2017), section 3.5. Source: the same, section 3.1, as the field runs it on returns.

import FactorRuntime

/// The shape of a transformer over windows.
struct TransformerDesign: WindowDesign {
  var inputs: Int
  /// The width of a state; a multiple of the heads.
  var width: Int
  var heads: Int
  var layers: Int
  /// The width of the inner layer.
  var inner: Int
  var months: Int

  init(inputs: Int, width: Int, heads: Int, layers: Int, inner: Int, months: Int) {
    (self.inputs, self.width, self.heads) = (inputs, width, heads)
    (self.layers, self.inner, self.months) = (layers, inner, months)
  }

  var stretches: Int { 1 }
  var features: Int { width }

  var parameterCount: Int {
    let attention = 4 * width * (width + 1)
    let feed = inner * (width + 1) + width * (inner + 1)
    return width * (inputs + 1) + layers * (attention + feed + 4 * width)
  }

  var flops: Double {
    let (d, f, t) = (Double(width), Double(inner), Double(months))
    let layer = 24 * d * d + 12 * d * f + 12 * t * d
    return t * (4 * Double(inputs) * d + Double(layers) * layer)
  }

  var facts: JSON {
    .fields(
      ("inputs", .number(Double(inputs))), ("width", .number(Double(width))),
      ("heads", .number(Double(heads))), ("layers", .number(Double(layers))),
      ("inner", .number(Double(inner))), ("months", .number(Double(months))))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      inputs: try facts.integer("inputs"), width: try facts.integer("width"),
      heads: try facts.integer("heads"), layers: try facts.integer("layers"),
      inner: try facts.integer("inner"), months: try facts.integer("months"))
    guard inputs > 0, (1...4096).contains(width), (1...width).contains(heads),
      width % heads == 0, (1...64).contains(layers), (1...65_536).contains(inner),
      (1...AttentionShape.longest).contains(months)
    else { throw facts.fault("width") }
  }

  var roomOfParty: Int {
    let (rows, w) = (WindowParty.targets * months, Padding.padded(width))
    let layer = 10 * w + heads * AttentionShape.longest + Padding.padded(inner) + 2
    return rows * (Padding.padded(inputs) + 8 * w + 2 * Padding.padded(inner) + layers * layer)
  }
}

/// The tensors of a transformer's encoder.
final class TransformerBody<Scalar: NetworkScalar>: WindowBody {
  /// The tensors of one layer.
  struct Layer {
    let query: LinearTensors
    let key: LinearTensors
    let value: LinearTensors
    let out: LinearTensors
    let first: LinearTensors
    let second: LinearTensors
    let norms: [(gain: Int, offset: Int)]
  }

  let design: TransformerDesign
  let parameters: ParameterBlock<Scalar>
  let entry: LinearTensors
  let layers: [Layer]

  init(_ design: TransformerDesign, in parameters: ParameterBlock<Scalar>) {
    (self.design, self.parameters) = (design, parameters)
    let d = design.width
    entry = LinearTensors("entry", inputs: design.inputs, outputs: d, in: parameters)
    layers = (0..<design.layers).map { number in
      func map(_ name: String, _ inputs: Int, _ outputs: Int) -> LinearTensors {
        LinearTensors("layer\(number).\(name)", inputs: inputs, outputs: outputs, in: parameters)
      }
      return Layer(
        query: map("query", d, d), key: map("key", d, d), value: map("value", d, d),
        out: map("out", d, d), first: map("first", d, design.inner),
        second: map("second", design.inner, d),
        norms: ["attention", "feed"].map { name in
          (
            parameters.add("layer\(number).\(name).gain", rows: 1, columns: d),
            parameters.add("layer\(number).\(name).offset", rows: 1, columns: d)
          )
        })
    }
  }

  func initialize(_ stream: inout RandomStream) {
    for map in [entry] + layers.flatMap({ [$0.query, $0.key, $0.value, $0.out, $0.second] }) {
      let shape = parameters.tensors[map.weight]
      parameters.fillGlorot(map.weight, inputs: shape.rows, outputs: shape.columns, &stream)
    }
    for layer in layers {
      parameters.fillHe(layer.first.weight, inputs: design.width, &stream)
      for norm in layer.norms { parameters.fill(norm.gain) { _, _ in 1 } }
    }
  }

  func worker(_ histories: FirmHistories) -> TransformerWorker<Scalar> {
    TransformerWorker(self, histories)
  }
}
