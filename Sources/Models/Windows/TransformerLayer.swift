// One layer of a transformer's encoder over a party of sequences: attention and a feed-forward map, each with
// its residual and a layer normalisation behind it.

import FactorRuntime

final class TransformerLayer<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  static var epsilon: Double { 1e-5 }

  private let design: TransformerDesign
  private unowned let parameters: ParameterBlock<Scalar>
  private let maps: (query: LinearMap<Scalar>, key: LinearMap<Scalar>, value: LinearMap<Scalar>)
  private let out: LinearMap<Scalar>
  private let feed: (first: LinearMap<Scalar>, second: LinearMap<Scalar>)
  private let norms: [Norm]
  private let width: Int
  private let inner: Int
  private let (q, k, v): (Buffer, Buffer, Buffer)
  private let (dq, dk, dv): (Buffer, Buffer, Buffer)
  private let attended: Buffer
  private let weights: Buffer
  private let hidden: Buffer
  private let hiddenSlopes: Buffer
  private let scratch: Buffer
  private let rows: Int

  /// A layer normalisation: its tensors, and what its gradient needs.
  private struct Norm {
    let gain: Int
    let offset: Int
    let normalized: Buffer
    let inverse: Buffer
    let output: Buffer
    let sums: UnsafeMutablePointer<Double>
  }

  init(
    _ tensors: TransformerBody<Scalar>.Layer, _ design: TransformerDesign,
    in parameters: ParameterBlock<Scalar>, rows: Int
  ) {
    (self.design, self.parameters, self.rows) = (design, parameters, rows)
    let w = Padding.padded(design.width)
    (width, inner) = (w, Padding.padded(design.inner))
    func map(_ tensors: LinearTensors) -> LinearMap<Scalar> {
      LinearMap(tensors, in: parameters)
    }
    maps = (map(tensors.query), map(tensors.key), map(tensors.value))
    out = map(tensors.out)
    feed = (map(tensors.first), map(tensors.second))
    func room(_ columns: Int) -> Buffer { AlignedMemory.zeros(rows * columns) }
    norms = tensors.norms.map {
      Norm(
        gain: $0.gain, offset: $0.offset, normalized: room(w), inverse: room(1), output: room(w),
        sums: AlignedMemory.zeros(2 * w))
    }
    (q, k, v) = (room(w), room(w), room(w))
    (dq, dk, dv) = (room(w), room(w), room(w))
    (attended, scratch) = (room(w), room(w))
    weights = room(design.heads * AttentionShape.longest)
    (hidden, hiddenSlopes) = (room(inner), room(inner))
  }

  deinit {
    for buffer in [q, k, v, dq, dk, dv, attended, scratch, weights, hidden, hiddenSlopes] {
      AlignedMemory.free(buffer)
    }
    for norm in norms {
      for buffer in [norm.normalized, norm.inverse, norm.output] { AlignedMemory.free(buffer) }
      AlignedMemory.free(norm.sums)
    }
  }

  /// The states after the layer, of the last `forward`.
  var output: Buffer { norms[1].output }

  func prepare() {
    for map in [maps.query, maps.key, maps.value, out, feed.first, feed.second] { map.prepare() }
  }

  private func shape(_ sequences: Int) -> AttentionShape {
    let size = design.width / design.heads
    return AttentionShape(
      sequences: sequences, steps: design.months, size: size, stride: width,
      scale: 1 / Double(size).squareRoot())
  }

  func forward(sequences: Int, _ x: UnsafePointer<Scalar>) -> Buffer {
    let (rows, shape) = (sequences * design.months, shape(sequences))
    for (map, target) in [(maps.query, q), (maps.key, k), (maps.value, v)] {
      map.forward(rows: rows, x, stride: width, into: target)
    }
    for head in 0..<design.heads {
      let at = head * shape.size
      Scalar.attention(
        shape, q: q + at, k: k + at, v: v + at,
        weights: weights + head * self.rows * AttentionShape.longest, into: attended + at)
    }
    out.forward(rows: rows, attended, stride: width, into: scratch)
    let middle = normalize(0, rows, scratch, adding: x)
    feed.first.forward(rows: rows, middle, stride: width, into: hidden)
    for i in 0..<(rows * inner) { hidden[i] = max(0, hidden[i]) }
    feed.second.forward(rows: rows, hidden, stride: inner, into: scratch)
    return normalize(1, rows, scratch, adding: middle)
  }

  private func normalize(
    _ number: Int, _ rows: Int, _ x: Buffer, adding residual: UnsafePointer<Scalar>
  ) -> Buffer {
    let norm = norms[number]
    Scalar.add(count: rows * width, residual, to: x)
    Scalar.layerNorm(
      RowTile(rows: rows, width: width, x), size: design.width,
      gain: parameters.weights(norm.gain), offset: parameters.weights(norm.offset),
      epsilon: Self.epsilon, normalized: norm.normalized, inverse: norm.inverse, into: norm.output)
    return norm.output
  }

  /// Turns the gradient of the layer's states into that of the states below, and adds that of its tensors.
  func backward(
    sequences: Int, _ x: UnsafePointer<Scalar>, _ slopes: Buffer, into target: Buffer
  ) {
    let (rows, shape, middle) = (sequences * design.months, shape(sequences), norms[0].output)
    normalizeBackward(1, rows, slopes, into: target)
    feed.second.addGradient(rows: rows, hidden, stride: inner, slopes, into: target)
    feed.second.sendDown(rows: rows, slopes, into: hiddenSlopes, accumulate: false)
    Scalar.reluBackward(count: rows * inner, hiddenSlopes, output: hidden)
    feed.first.addGradient(rows: rows, middle, stride: width, hiddenSlopes, into: target)
    feed.first.sendDown(rows: rows, hiddenSlopes, into: slopes, accumulate: true)
    normalizeBackward(0, rows, slopes, into: target)
    out.addGradient(rows: rows, attended, stride: width, slopes, into: target)
    out.sendDown(rows: rows, slopes, into: scratch, accumulate: false)
    for head in 0..<design.heads {
      let at = head * shape.size
      Scalar.attentionBackward(
        shape, q: q + at, k: k + at, v: v + at,
        weights: weights + head * self.rows * AttentionShape.longest, outGradient: scratch + at,
        dq: dq + at, dk: dk + at, dv: dv + at)
    }
    for (map, part) in [(maps.query, dq), (maps.key, dk), (maps.value, dv)] {
      map.addGradient(rows: rows, x, stride: width, part, into: target)
      map.sendDown(rows: rows, part, into: slopes, accumulate: true)
    }
  }

  private func normalizeBackward(
    _ number: Int, _ rows: Int, _ slopes: Buffer, into target: Buffer
  ) {
    let norm = norms[number]
    norm.sums.update(repeating: 0, count: 2 * width)
    Scalar.layerNormBackward(
      RowTile(rows: rows, width: width, norm.normalized), size: design.width,
      inverse: norm.inverse, gain: parameters.weights(norm.gain), slopes,
      gainGradient: norm.sums, offsetGradient: norm.sums + width)
    let gains = target + parameters.tensors[norm.gain].offset
    let offsets = target + parameters.tensors[norm.offset].offset
    for j in 0..<design.width {
      gains[j] += Scalar(norm.sums[j])
      offsets[j] += Scalar(norm.sums[width + j])
    }
  }
}
