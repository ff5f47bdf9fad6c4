// The decoder from codes of dates to the cross-sections of their firms; see HistoryDecoder.swift.

import FactorRuntime

/// From codes of dates to the cross-sections of their firms.
final class CrossSectionDecoder<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private unowned let builder: LayerBuilder<Scalar>
  private let dates: Int
  private let encoder: TokenEncoder<Scalar>
  private let fields: [AssetReadout<Scalar>]
  private let width: Int
  private let entered: Buffer
  private let slopes: Buffer
  private let fieldSlopes: Buffer
  private var sets = TokenSets()
  private(set) var error = 0.0

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    (self.design, self.builder, width) = (design, builder, Padding.padded(design.width))
    let (d, rows) = (design.width, windows * design.months)
    dates = builder.tensor("section.dates", rows: design.months, columns: d)
    encoder = TokenEncoder(
      "section",
      EncoderShape(
        width: d, heads: design.heads, layers: design.decoderLayers, inner: design.ratio * d,
        sets: windows, longest: design.months), builder)
    fields = (0..<design.fields).map {
      AssetReadout(
        "section.field\($0)", inputs: d, design, windows: windows,
        tokens: windows * design.factors(assets: design.assets), longest: design.months, builder)
    }
    (entered, slopes) = (builder.room(rows * width), builder.room(rows * width))
    fieldSlopes = builder.room(rows * width)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    block.fill(dates) { _, _ in TemporalModule<Scalar>.positionScale * stream.normal() }
    encoder.initialize(block, &stream)
    for field in fields { field.initialize(block, &stream) }
  }

  func prepare() {
    encoder.prepare()
    for field in fields { field.prepare() }
  }

  func forward(
    _ codes: UnsafePointer<Scalar>, _ cells: StormCells<Scalar>, _ tokens: UnsafePointer<Scalar>,
    _ layout: TokenLayout, total: Int
  ) {
    let (months, count) = (design.months, cells.assets.count)
    sets = TokenSets(sizes: [Int](repeating: months, count: count))
    entered.update(from: codes, count: sets.rows * width)
    for window in 0..<count {
      Scalar.add(
        count: months * width, builder.parameters.weights(dates),
        to: entered + window * months * width)
    }
    encoder.forward(entered, sets)
    for field in fields { field.forward(encoder.output, sets, tokens, layout) }
    judge(cells, total)
  }

  private func judge(_ cells: StormCells<Scalar>, _ total: Int) {
    let columns = design.rebuiltColumns
    let weight =
      design.weights.reconstruction * StormDesign.crossSectionShare * 2
      / (Double(total) * Double(columns.count))
    let stretch = Padding.padded(design.months)
    error = 0
    for (field, column) in zip(fields, columns) {
      field.slopes.update(repeating: 0, count: cells.assets.rows * stretch)
      cells.each { _, _, date, row, share in
        let at = row / design.months * stretch + date
        let gap = Double(field.output[at]) - Double(cells.x[row * design.inputs + column])
        error += gap * gap * share / Double(columns.count)
        field.slopes[at] = Scalar(weight * share * gap)
      }
    }
  }

  /// Adds the gradients of the parameters, of the codes, and of the tokens that keys are made of.
  func backward(
    _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout, into target: Buffer,
    codeSlopes: Buffer, tokenSlopes: Buffer
  ) {
    slopes.update(repeating: 0, count: sets.rows * width)
    for field in fields {
      field.backward(
        encoder.output, sets, tokens, layout, into: target, hiddenSlopes: fieldSlopes,
        tokenSlopes: tokenSlopes)
      Scalar.add(count: sets.rows * width, fieldSlopes, to: slopes)
    }
    encoder.backward(sets, slopes, into: target)
    Scalar.add(count: sets.rows * width, slopes, to: codeSlopes)
    for window in 0..<sets.count {
      Scalar.add(
        count: design.months * width, slopes + window * design.months * width,
        to: builder.gradient(dates, in: target))
    }
  }
}
