// Some windows of a batch through the whole network and back, in memory that is taken once.
//
// Forward: windows, modules, fusion, codebooks, tokens [e ; q] (dates first, then firms), heads, decoders. What the
// windows of a batch share (mean soft shares of codes, the alignment of class tokens) is put together outside,
// between `forward` and `backward`. The gradient goes through a codebook as if the codes were the tokens.

import FactorRuntime

/// What the windows of a batch have in common.
struct StormBatch {
  /// Windows, and tokens of firms and of dates, in the whole batch.
  var windows = 0
  var firms = 0
  var dates = 0
}

/// What a batch gives back to each of its windows.
struct StormCoupling<Scalar: NetworkScalar> {
  /// Slopes of the mean soft shares, by code.
  var firms: [Double] = []
  var dates: [Double] = []
  /// Slopes of the class tokens, window by window.
  var firmSummaries: [Scalar] = []
  var dateSummaries: [Scalar] = []
}

final class StormWorker<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let design: StormDesign
  let builder: LayerBuilder<Scalar>
  let temporal: TemporalModule<Scalar>?
  let spatial: SpatialModule<Scalar>?
  let fusion: TokenFusion<Scalar>?
  let books: (firms: Codebook<Scalar>?, dates: Codebook<Scalar>?)
  let heads: StormHeads<Scalar>
  let history: HistoryDecoder<Scalar>?
  let section: CrossSectionDecoder<Scalar>?
  /// This worker's share of all gradients; the network's own block for the only worker.
  let gradients: Buffer
  let width: Int
  let tokenWidth: Int
  let x: Buffer
  private let present: UnsafeMutablePointer<Bool>
  let tokens: Buffer
  let tokenSlopes: Buffer
  /// Tokens of firms and of dates before they meet their codes, and their gradients.
  private(set) var entering: (firms: Buffer, dates: Buffer)
  let slopes: (firms: Buffer, dates: Buffer)
  let summarySlopes: (firms: Buffer, dates: Buffer)
  private(set) var layout: TokenLayout
  private(set) var dateSets = TokenSets()
  private(set) var targets: [StormTargets] = []

  init(_ design: StormDesign, windows: Int, in parameters: ParameterBlock<Scalar>) {
    let builder = LayerBuilder(parameters)
    (self.design, self.builder) = (design, builder)
    let (s, t) = (design.assets, design.months)
    let (width, tokenWidth) = (Padding.padded(design.width), Padding.padded(2 * design.width))
    (self.width, self.tokenWidth) = (width, tokenWidth)
    temporal = design.hasTemporal ? TemporalModule(design, windows: windows, builder) : nil
    spatial = design.hasSpatial ? SpatialModule(design, windows: windows, builder) : nil
    fusion = design.isFused ? TokenFusion(design, windows: windows, builder) : nil
    books.firms = design.hasTemporal ? Codebook("firms", design, rows: windows * s, builder) : nil
    books.dates = design.hasSpatial ? Codebook("dates", design, rows: windows * t, builder) : nil
    heads = StormHeads(design, windows: windows, builder)
    let rebuilds = design.rebuilds
    history =
      rebuilds && design.hasTemporal ? HistoryDecoder(design, windows: windows, builder) : nil
    section =
      rebuilds && design.hasSpatial ? CrossSectionDecoder(design, windows: windows, builder) : nil
    func rows(_ count: Int, _ width: Int) -> Buffer { builder.room(windows * count * width) }
    x = rows(s * t, design.inputs)
    present = .allocate(capacity: max(1, windows * s * t))
    present.initialize(repeating: false, count: max(1, windows * s * t))
    let factors = design.factors(assets: s)
    (tokens, tokenSlopes) = (rows(factors, tokenWidth), rows(factors, tokenWidth))
    slopes = (rows(s, width), rows(t, width))
    summarySlopes = (rows(1, width), rows(1, width))
    entering = slopes
    gradients = builder.room(parameters.count)
    layout = TokenLayout(tokens: TokenSets(), assets: TokenSets(), dates: 0)
  }

  deinit { present.deallocate() }

  func initialize(_ stream: inout RandomStream) {
    let block = builder.parameters
    temporal?.initialize(block, &stream)
    spatial?.initialize(block, &stream)
    fusion?.initialize(block, &stream)
    for book in [books.firms, books.dates].compactMap({ $0 }) {
      block.fill(book.tensors.codes) { _, _ in stream.normal() }
    }
    heads.initialize(block, &stream)
    history?.initialize(block, &stream)
    section?.initialize(block, &stream)
  }

  /// Gets ready for new weights.
  func prepare() {
    temporal?.prepare()
    spatial?.prepare()
    fusion?.prepare()
    books.firms?.prepare()
    books.dates?.prepare()
    heads.prepare()
    history?.prepare()
    section?.prepare()
  }

  /// Puts windows in place.
  func load(_ list: ArraySlice<StormWindow>, _ data: StormWindows) {
    let months = design.months
    let assets = TokenSets(sizes: list.map(\.firms.count))
    for (number, window) in list.enumerated() {
      let first = assets[number].lowerBound * months
      data.fill(
        window, months: months, into: x + first * design.inputs, present: present + first)
    }
    targets = list.map { window in
      StormTargets(
        returns: window.rows.map { data.isKnown($0) ? data.returns[$0] : 0 },
        isKnown: window.rows.map(data.isKnown))
    }
    let dates = design.hasSpatial ? months : 0
    dateSets = TokenSets(sizes: [Int](repeating: months, count: list.count))
    layout = TokenLayout(
      tokens: TokenSets(
        sizes: list.map { dates + (design.hasTemporal ? $0.firms.count : 0) }),
      assets: assets, dates: dates)
  }

  private var cells: StormCells<Scalar> {
    StormCells(design: design, assets: layout.assets, x: x, present: present)
  }

  // MARK: Forward

  /// Encodes the windows in place; `firmTokens` and `dateTokens` are what meets the codebooks.
  func encode() {
    let assets = layout.assets
    temporal?.forward(x, assets)
    spatial?.forward(x, present: present, assets)
    if let temporal { entering.firms = temporal.output }
    if let spatial { entering.dates = spatial.output }
    if let fusion {
      fusion.forward(firms: entering.firms, assets, dates: entering.dates, dateSets)
      entering = fusion.output
    }
  }

  /// The rows of tokens before their codes.
  var firmTokens: UnsafePointer<Scalar> { UnsafePointer(entering.firms) }
  var dateTokens: UnsafePointer<Scalar> { UnsafePointer(entering.dates) }
  var firmRows: Int { design.hasTemporal ? layout.assets.rows : 0 }
  var dateRows: Int { design.hasSpatial ? dateSets.rows : 0 }

  /// Everything behind the encoders.
  func describe(_ batch: StormBatch) {
    books.firms?.forward(rows: firmRows, entering.firms)
    books.dates?.forward(rows: dateRows, entering.dates)
    assemble()
    heads.forward(tokens, layout, targets, total: batch.windows)
    if let book = books.firms {
      history?.forward(book.output, cells, total: batch.windows)
    }
    if let book = books.dates {
      section?.forward(book.output, cells, tokens, layout, total: batch.windows)
    }
  }

  // Calls `body` with each row of tokens and the row among those of dates or of firms that it is.
  func eachToken(_ body: (_ row: Int, _ part: Int, _ isDate: Bool) -> Void) {
    for window in 0..<layout.tokens.count {
      let first = layout.tokens[window].lowerBound
      for date in 0..<layout.dates { body(first + date, window * design.months + date, true) }
      guard design.hasTemporal else { continue }
      for s in layout.assets[window] {
        body(layout.firstAsset(window) + s - layout.assets[window].lowerBound, s, false)
      }
    }
  }

  private func assemble() {
    let d = design.width
    eachToken { row, part, isDate in
      let book = isDate ? books.dates : books.firms
      guard let codes = book?.output else { return }
      let own = isDate ? entering.dates : entering.firms
      (tokens + row * tokenWidth).update(from: own + part * width, count: d)
      (tokens + row * tokenWidth + d).update(from: codes + part * width, count: d)
    }
  }
}
