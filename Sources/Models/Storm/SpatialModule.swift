// The spatial module: a patch is the whole cross-section of one date, and a date is a token.
//
// Definition: in a fixed universe a linear stem leaves a few numbers of each firm, and a linear map of all of them
// is the patch; in a dynamic one a patch is a linear map of the mean, over the firms that are there, of one
// perceptron's hidden layer. To a patch comes its date's position; an encoder sees a class token and all dates.

import FactorRuntime

final class SpatialModule<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private unowned let builder: LayerBuilder<Scalar>
  private let patch: CrossSectionPatch<Scalar>
  private let summary: Int
  private let dates: Int
  private let encoder: TokenEncoder<Scalar>
  private let width: Int
  private let entered: Buffer
  private let slopes: Buffer
  private var sets = TokenSets()
  /// A token for each date, and the class token of each window.
  let output: Buffer
  let summaries: Buffer

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    (self.design, self.builder, width) = (design, builder, Padding.padded(design.width))
    let (d, longest) = (design.width, design.months + 1)
    patch = CrossSectionPatch(design, windows: windows, builder)
    summary = builder.tensor("spatial.class", rows: 1, columns: d)
    dates = builder.tensor("spatial.dates", rows: design.months, columns: d)
    encoder = TokenEncoder(
      "spatial",
      EncoderShape(
        width: d, heads: design.heads, layers: design.layers, inner: design.ratio * d,
        sets: windows, longest: longest), builder)
    let stride = width
    func rows(_ count: Int) -> Buffer { builder.room(count * stride) }
    (entered, slopes) = (rows(windows * longest), rows(windows * longest))
    output = rows(windows * design.months)
    summaries = rows(windows)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    patch.initialize(block, &stream)
    for tensor in [summary, dates] {
      block.fill(tensor) { _, _ in TemporalModule<Scalar>.positionScale * stream.normal() }
    }
    encoder.initialize(block, &stream)
  }

  func prepare() {
    patch.prepare()
    encoder.prepare()
  }

  func forward(_ x: UnsafePointer<Scalar>, present: UnsafePointer<Bool>, _ assets: TokenSets) {
    let (months, parameters) = (design.months, builder.parameters)
    let patches = patch.forward(x, present: present, assets)
    sets = TokenSets(sizes: [Int](repeating: months + 1, count: assets.count))
    for window in 0..<assets.count {
      let target = entered + sets[window].lowerBound * width
      target.update(from: parameters.weights(summary), count: width)
      (target + width).update(from: patches + window * months * width, count: months * width)
      Scalar.add(count: months * width, parameters.weights(dates), to: target + width)
    }
    encoder.forward(entered, sets)
    for window in 0..<assets.count {
      let source = encoder.output + sets[window].lowerBound * width
      (summaries + window * width).update(from: source, count: width)
      (output + window * months * width).update(from: source + width, count: months * width)
    }
  }

  /// Given the gradients of tokens and class tokens, adds those of the parameters.
  func backward(
    _ x: UnsafePointer<Scalar>, _ assets: TokenSets, tokens: UnsafePointer<Scalar>,
    summaries: UnsafePointer<Scalar>, into target: Buffer
  ) {
    let months = design.months
    for window in 0..<assets.count {
      let own = slopes + sets[window].lowerBound * width
      own.update(from: summaries + window * width, count: width)
      (own + width).update(from: tokens + window * months * width, count: months * width)
    }
    encoder.backward(sets, slopes, into: target)
    for window in 0..<assets.count {
      let own = slopes + sets[window].lowerBound * width
      Scalar.add(count: width, own, to: builder.gradient(summary, in: target))
      Scalar.add(count: months * width, own + width, to: builder.gradient(dates, in: target))
      (patch.slopes + window * months * width).update(from: own + width, count: months * width)
    }
    patch.backward(x, assets, into: target)
  }
}
