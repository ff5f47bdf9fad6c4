// Pages of candles become a panel on a clock without rest; every candle that goes is counted.

/// Which starts stay where assets do not share them all.
public enum CandleJoin: String, Sendable, CaseIterable {
  /// Those that all assets have.
  case inner
  /// All of them.
  case outer
}

/// A panel of candles and how it came about.
public struct CandlePanel: Sendable {
  /// Rows by period and asset: the values of candles and `ret`.
  public let panel: Panel
  /// Each step that candles were lost in.
  public let ledger: LedgerLine
  /// The interval in minutes.
  public let minutes: Int
  /// Assets whose neighbours are further apart than the interval, and how often.
  public let gaps: [(asset: String, count: Int)]

  /// What pages do not fit together for.
  public enum Fault: Error, Equatable, Sendable {
    /// There are no candles at all, or none but open ones.
    case empty
    /// One candle, so that nobody can tell the interval.
    case unknownInterval
    /// Two starts are no whole number of intervals apart.
    case uneven(asset: String, minutes: Int, interval: Int)
    /// No start is common to all assets.
    case nothingShared(assets: [String])
  }

  /// Joins pages; the interval is the smallest distance of two candles unless it is given, in minutes.
  public init(_ pages: [CandlePage], minutes given: Int? = nil, join: CandleJoin = .inner) throws {
    let read = pages.reduce(0) { $0 + $1.candles.count }
    var books = Self.books(pages)
    let repeated = read - books.reduce(0) { $0 + $1.candles.count }
    minutes = try given ?? Self.interval(books)
    try Self.checkEven(books, minutes)
    let open = Self.closeAll(&books, minutes)
    books.removeAll { $0.candles.isEmpty }
    guard !books.isEmpty else { throw Fault.empty }
    let before = books.reduce(0) { $0 + $1.candles.count }
    let alone = join == .inner ? try Self.shareStarts(&books) : 0
    ledger = LedgerLine(
      stage: "candles", rowsIn: read, rowsOut: before - alone,
      reasons: [
        .init("candles that stand twice", repeated),
        .init("candles still open when the page was answered", open),
        .init("candles that not every asset has", alone),
      ])
    let length = minutes
    gaps = books.compactMap { book in
      let wide = zip(book.candles, book.candles.dropFirst()).count {
        $1.start - $0.start != length * 60_000
      }
      return wide > 0 ? (book.symbol, wide) : nil
    }
    panel = try Self.panel(books, minutes)
  }

  /// The candles of one asset, ascending.
  private struct Book {
    let symbol: String
    var candles: [Candle]
    /// When the page of each start was answered; below zero where it does not say.
    let answers: [Int: Int]
  }

  // A start that stands twice counts as the page that was answered last has it.
  private static func books(_ pages: [CandlePage]) -> [Book] {
    var names: [String] = []
    for page in pages where !names.contains(page.symbol) { names.append(page.symbol) }
    return names.sorted(by: assetPrecedes).map { name in
      var found: [Int: Candle] = [:]
      var answers: [Int: Int] = [:]
      for page in pages where page.symbol == name {
        for candle in page.candles {
          if let known = answers[candle.start], known >= page.answered ?? -1 { continue }
          found[candle.start] = candle
          answers[candle.start] = page.answered ?? -1
        }
      }
      let candles = found.values.sorted { $0.start < $1.start }
      return Book(symbol: name, candles: candles, answers: answers)
    }
  }

  private static func interval(_ books: [Book]) throws -> Int {
    let distances = books.flatMap { book in
      zip(book.candles, book.candles.dropFirst()).map { $1.start - $0.start }
    }
    guard let smallest = distances.min() else {
      throw books.allSatisfy({ $0.candles.isEmpty }) ? Fault.empty : Fault.unknownInterval
    }
    return smallest / 60_000
  }

  // Takes out what was not over yet; gives how many.
  private static func closeAll(_ books: inout [Book], _ minutes: Int) -> Int {
    var open = 0
    for k in books.indices {
      let answers = books[k].answers
      let count = books[k].candles.count
      books[k].candles.removeAll { candle in
        guard let answered = answers[candle.start], answered >= 0 else { return false }
        return candle.start + minutes * 60_000 > answered
      }
      open += count - books[k].candles.count
    }
    return open
  }

  private static func checkEven(_ books: [Book], _ minutes: Int) throws {
    for book in books {
      for (before, after) in zip(book.candles, book.candles.dropFirst()) {
        let distance = (after.start - before.start) / 60_000
        guard distance % minutes == 0 else {
          throw Fault.uneven(asset: book.symbol, minutes: distance, interval: minutes)
        }
      }
    }
  }

  // Keeps the starts that all assets have; gives how many candles went.
  private static func shareStarts(_ books: inout [Book]) throws -> Int {
    var shared = Set(books[0].candles.map(\.start))
    for book in books.dropFirst() { shared.formIntersection(book.candles.map(\.start)) }
    guard !shared.isEmpty else { throw Fault.nothingShared(assets: books.map(\.symbol)) }
    var gone = 0
    for k in books.indices {
      let count = books[k].candles.count
      books[k].candles.removeAll { !shared.contains($0.start) }
      gone += count - books[k].candles.count
    }
    return gone
  }

  private static func panel(_ books: [Book], _ minutes: Int) throws -> Panel {
    let codes = books.indices.flatMap { k in
      [Int32](repeating: Int32(k), count: books[k].candles.count)
    }
    let candles = books.flatMap(\.candles)
    // Candles of whole days that begin at midnight are days.
    let isDaily = minutes == 1440 && candles.allSatisfy { $0.start % 86_400_000 == 0 }
    let periods = candles.map { candle in
      isDaily
        ? Period(CalendarDate(days: Int32(candle.start / 86_400_000)))
        : Period(minutes: candle.start / 60_000) ?? .missing
    }
    let (index, order) = try PanelIndex.sorting(
      months: periods, assets: codes, names: books.map(\.symbol),
      clock: isDaily ? allDays(periods) : .minutes(minutes))
    var columns = Candle.names.indices.map { k in
      (Candle.names[k], Column(numbers: candles.map { $0.values[k] }))
    }
    let returns = books.flatMap { Self.returns($0.candles, minutes) }
    columns.append(("ret", Column(numbers: returns, unit: .ratio)))
    return try Panel(
      index: index,
      columns: columns.map { name, column in
        (name: name, column: order.map { column.gathered($0) } ?? column)
      }, assetKey: "symbol", dateKey: "date", dateStyle: .day)
  }

  // Every day from the first to the last, so that a day without a candle is a gap.
  private static func allDays(_ periods: [Period]) -> Clock {
    guard let first = periods.min(), let last = periods.max() else { return .days([]) }
    return .days((0...(last - first)).map { first + $0 })
  }

  private static func returns(_ candles: [Candle], _ minutes: Int) -> [Double] {
    candles.indices.map { k in
      guard k > 0, candles[k].start - candles[k - 1].start == minutes * 60_000 else { return .nan }
      return candles[k].close / candles[k - 1].close - 1
    }
  }
}
