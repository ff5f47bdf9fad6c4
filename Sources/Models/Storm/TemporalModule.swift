// The temporal module: patches of a few dates of one firm, an encoder over all of a window's patches, and the mean
// over a firm's patches as its token.
//
// Definition: x_sp = W [characteristics of firm s at the dates of patch p] + b + time_p (+ firm_s in a fixed
// universe); the encoder sees a class token and all x_sp of a window; e_s = mean over p of what comes out.
// The mean is taken behind the encoder: before it, it would be blind to time.
// Reference: Dosovitskiy et al. (2021), section 3.1, for patches, positions and the class token.

import FactorRuntime

final class TemporalModule<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private unowned let builder: LayerBuilder<Scalar>
  private let map: LinearMap<Scalar>
  private let summary: Int
  private let times: Int
  private let firms: Int?
  private let encoder: TokenEncoder<Scalar>
  private let width: Int
  private let embedded: Buffer
  private let entered: Buffer
  private let slopes: Buffer
  private var sets = TokenSets()
  /// A token for each firm, and the class token of each window.
  let output: Buffer
  let summaries: Buffer

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    (self.design, self.builder, width) = (design, builder, Padding.padded(design.width))
    let (d, longest) = (design.width, design.assets * design.patches + 1)
    map = builder.linear("temporal.patch", design.patch * design.inputs, d)
    summary = builder.tensor("temporal.class", rows: 1, columns: d)
    times = builder.tensor("temporal.times", rows: design.patches, columns: d)
    firms =
      design.isDynamic ? nil : builder.tensor("temporal.firms", rows: design.assets, columns: d)
    encoder = TokenEncoder(
      "temporal",
      EncoderShape(
        width: d, heads: design.heads, layers: design.layers, inner: design.ratio * d,
        sets: windows, longest: longest), builder)
    let stride = width
    func rows(_ count: Int) -> Buffer { builder.room(count * stride) }
    embedded = rows(windows * design.assets * design.patches)
    (entered, slopes) = (rows(windows * longest), rows(windows * longest))
    output = rows(windows * design.assets)
    summaries = rows(windows)
  }

  static var positionScale: Double { 0.02 }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    block.fillGlorot(map.weight, inputs: map.inputs, outputs: map.outputs, &stream)
    for tensor in [summary, times] + (firms.map { [$0] } ?? []) {
      block.fill(tensor) { _, _ in Self.positionScale * stream.normal() }
    }
    encoder.initialize(block, &stream)
  }

  func prepare() { encoder.prepare() }

  /// Reads windows firm by firm and date by date.
  func forward(_ x: UnsafePointer<Scalar>, _ assets: TokenSets) {
    let patches = design.patches
    map.forward(rows: assets.rows * patches, x, stride: map.inputs, into: embedded)
    sets = TokenSets(sizes: (0..<assets.count).map { assets.size($0) * patches + 1 })
    let parameters = builder.parameters
    for window in 0..<assets.count {
      let target = entered + sets[window].lowerBound * width
      target.update(from: parameters.weights(summary), count: width)
      (target + width).update(
        from: embedded + assets[window].lowerBound * patches * width,
        count: assets.size(window) * patches * width)
      for s in 0..<assets.size(window) {
        let own = target + (1 + s * patches) * width
        Scalar.add(count: patches * width, parameters.weights(times), to: own)
        guard let firms else { continue }
        for p in 0..<patches {
          Scalar.add(count: width, parameters.weights(firms) + s * width, to: own + p * width)
        }
      }
    }
    encoder.forward(entered, sets)
    pool(assets)
  }

  private func pool(_ assets: TokenSets) {
    let share = 1 / Scalar(design.patches)
    for window in 0..<assets.count {
      let source = encoder.output + sets[window].lowerBound * width
      (summaries + window * width).update(from: source, count: width)
      for s in 0..<assets.size(window) {
        let target = output + (assets[window].lowerBound + s) * width
        for j in 0..<width {
          var sum: Scalar = 0
          for p in 0..<design.patches { sum += source[(1 + s * design.patches + p) * width + j] }
          target[j] = sum * share
        }
      }
    }
  }

  /// Given the gradients of tokens and class tokens, adds those of the parameters.
  func backward(
    _ x: UnsafePointer<Scalar>, _ assets: TokenSets, tokens: UnsafePointer<Scalar>,
    summaries: UnsafePointer<Scalar>, into target: Buffer
  ) {
    let (patches, share) = (design.patches, 1 / Scalar(design.patches))
    for window in 0..<assets.count {
      let own = slopes + sets[window].lowerBound * width
      own.update(from: summaries + window * width, count: width)
      for s in 0..<assets.size(window) {
        let token = tokens + (assets[window].lowerBound + s) * width
        for p in 0..<patches {
          let row = own + (1 + s * patches + p) * width
          for j in 0..<width { row[j] = token[j] * share }
        }
      }
    }
    encoder.backward(sets, slopes, into: target)
    gather(assets, target)
    map.addGradient(
      rows: assets.rows * patches, x, stride: map.inputs, embedded, into: target)
  }

  // The gradients of class token and positions, and patches' rows side by side again.
  private func gather(_ assets: TokenSets, _ target: Buffer) {
    let patches = design.patches
    let timeSlopes = builder.gradient(times, in: target)
    for window in 0..<assets.count {
      let own = slopes + sets[window].lowerBound * width
      Scalar.add(count: width, own, to: builder.gradient(summary, in: target))
      (embedded + assets[window].lowerBound * patches * width).update(
        from: own + width, count: assets.size(window) * patches * width)
      for s in 0..<assets.size(window) {
        let rows = own + (1 + s * patches) * width
        Scalar.add(count: patches * width, rows, to: timeSlopes)
        guard let firms else { continue }
        let firmSlopes = builder.gradient(firms, in: target) + s * width
        for p in 0..<patches { Scalar.add(count: width, rows + p * width, to: firmSlopes) }
      }
    }
  }
}
