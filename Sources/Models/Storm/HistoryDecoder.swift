// The decoders: they rebuild some characteristics of a window from its codes alone, so that codes must describe it.
//
// Definition: the codes of firms, with the firm's position in a fixed universe, through an encoder and a linear map
// to all dates; the codes of dates, with the date's position, through an encoder and a readout to all firms. The
// error is the mean square over the firm-months that were there. Prices, where the characteristics are such, also
// pay max(0, low - p) + max(0, p - high), p open or close, and max(0, low - high), in the mean over firm-months.

import FactorRuntime

/// The numbers of a window that decoders rebuild, and which firm-months were there.
struct StormCells<Scalar: NetworkScalar> {
  let design: StormDesign
  let assets: TokenSets
  let x: UnsafePointer<Scalar>
  let present: UnsafePointer<Bool>

  /// Calls `body` with each firm-month that was there and the number of them in its window.
  func each(_ body: (_ window: Int, _ firm: Int, _ date: Int, _ row: Int, _ share: Double) -> Void)
  {
    let months = design.months
    for window in 0..<assets.count {
      let rows = (assets[window].lowerBound * months)..<(assets[window].upperBound * months)
      let share = 1 / Double(max(1, rows.count { present[$0] }))
      for row in rows where present[row] {
        let firm = row / months - assets[window].lowerBound
        body(window, firm, row % months, row, share)
      }
    }
  }
}

/// From codes of firms to their months.
final class HistoryDecoder<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private unowned let builder: LayerBuilder<Scalar>
  private let firms: Int?
  private let encoder: TokenEncoder<Scalar>
  private let map: LinearMap<Scalar>
  private let width: Int
  private let entered: Buffer
  private let slopes: Buffer
  private let found: Buffer
  private let foundSlopes: Buffer
  private(set) var error = 0.0
  private(set) var disorder = 0.0

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    (self.design, self.builder, width) = (design, builder, Padding.padded(design.width))
    let (d, rows) = (design.width, windows * design.assets)
    firms =
      design.isDynamic ? nil : builder.tensor("history.firms", rows: design.assets, columns: d)
    encoder = TokenEncoder(
      "history",
      EncoderShape(
        width: d, heads: design.heads, layers: design.decoderLayers, inner: design.ratio * d,
        sets: windows, longest: design.assets), builder)
    map = builder.linear("history.out", d, design.months * design.fields)
    (entered, slopes) = (builder.room(rows * width), builder.room(rows * width))
    (found, foundSlopes) = (builder.room(rows * map.width), builder.room(rows * map.width))
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    if let firms {
      block.fill(firms) { _, _ in TemporalModule<Scalar>.positionScale * stream.normal() }
    }
    encoder.initialize(block, &stream)
    block.fillGlorot(map.weight, inputs: map.inputs, outputs: map.outputs, &stream)
  }

  func prepare() {
    encoder.prepare()
    map.prepare()
  }

  /// Rebuilds; `total` is the number of the batch's windows.
  func forward(_ codes: UnsafePointer<Scalar>, _ cells: StormCells<Scalar>, total: Int) {
    let assets = cells.assets
    entered.update(from: codes, count: assets.rows * width)
    if let firms {
      for window in 0..<assets.count {
        Scalar.add(
          count: assets.size(window) * width, builder.parameters.weights(firms),
          to: entered + assets[window].lowerBound * width)
      }
    }
    encoder.forward(entered, assets)
    map.forward(rows: assets.rows, encoder.output, stride: width, into: found)
    judge(cells, total)
  }

  private func judge(_ cells: StormCells<Scalar>, _ total: Int) {
    let (months, columns) = (design.months, design.rebuiltColumns)
    let weight = design.weights.reconstruction * 2 / (Double(total) * Double(columns.count))
    (error, disorder) = (0, 0)
    foundSlopes.update(repeating: 0, count: cells.assets.rows * map.width)
    cells.each { _, _, date, row, share in
      let at = row / months * map.width + date * columns.count
      for (field, column) in columns.enumerated() {
        let gap = Double(found[at + field]) - Double(cells.x[row * design.inputs + column])
        error += gap * gap * share / Double(columns.count)
        foundSlopes[at + field] = Scalar(weight * share * gap)
      }
      if design.ordersPrices { order(at, share, total) }
    }
  }

  // The first four fields are open, high, low and close.
  private func order(_ at: Int, _ share: Double, _ total: Int) {
    let slope = Scalar(design.weights.priceOrder * share / Double(total))
    for (low, high) in [(2, 0), (2, 3), (0, 1), (3, 1), (2, 1)] {
      let gap = Double(found[at + low]) - Double(found[at + high])
      guard gap > 0 else { continue }
      disorder += gap * share
      foundSlopes[at + low] += slope
      foundSlopes[at + high] -= slope
    }
  }

  /// Adds the gradients of the parameters and of the codes, which go straight through.
  func backward(_ assets: TokenSets, into target: Buffer, tokenSlopes: Buffer) {
    map.addGradient(
      rows: assets.rows, encoder.output, stride: width, foundSlopes, into: target)
    map.sendDown(rows: assets.rows, foundSlopes, into: slopes, accumulate: false)
    encoder.backward(assets, slopes, into: target)
    Scalar.add(count: assets.rows * width, slopes, to: tokenSlopes)
    guard let firms else { return }
    for window in 0..<assets.count {
      Scalar.add(
        count: assets.size(window) * width, slopes + assets[window].lowerBound * width,
        to: builder.gradient(firms, in: target))
    }
  }
}
