// A table of text becomes a panel: keys found or given, sorted, checked for duplicates.

/// What the first lines of a file promise, for a checker that must not read it all.
public struct PanelHeader: Sendable, Equatable {
  /// A column's name and likely kind.
  public struct Item: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The kind as the language names it: `num`, `text`, `month` or `date`.
    public let kind: String
  }

  /// The columns that are not keys.
  public let columns: [Item]
  /// The name of the asset key.
  public let assetKey: String
  /// The name of the time key.
  public let dateKey: String
  /// The name of the only asset, where the file has no column of assets.
  var only: String?
  /// Whether keys were found by their names, and are worth a word because these are not the plainest.
  var foundKeys: String?
  /// Whether the first lines have two days of one month of an asset; false where the file is short or sorted so
  /// that they cannot.
  public internal(set) var isSurelyDaily = false
}

/// Reads panels.
public enum PanelReader {
  /// What a period is where dates are days.
  public enum Frequency: Sendable {
    /// Days where most firms have several rows in a month, else months.
    case found
    case monthly, daily
  }

  /// What is done with rows that repeat an asset and period.
  public enum Duplicates: Sendable {
    case refused
    /// The first or last of them in the file is kept, the others are counted.
    case first, last
  }

  /// Reads a panel; keys that are not given are found by their usual names.
  ///
  /// A file without a column of assets holds the one that is `named`, if there is such a name; a file of Yahoo's is
  /// named by itself.
  public static func read(
    path: String, asset: String? = nil, date: String? = nil, named: String? = nil,
    frequency: Frequency = .found, duplicates: Duplicates = .refused,
    options: CSVOptions = CSVOptions(), budget: Budget = Budget()
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    let source = try TableFile(path, options, budget: budget)
    defer { source.release(budget) }
    let names = try header(
      try source.layout(options), path, asset, date, named, options)
    var options = options
    if names.only == nil { options.textColumns.append(names.assetKey) }
    options.dateColumns.append(names.dateKey)
    var table = try TableCleaner.clean(try source.read(options, budget), options)
    var notes = table.notes
    if let found = names.foundKeys { notes.insert(found, at: 0) }
    if let place = table.position(names.dateKey), let reading = table.dateStyles[place]?.reading {
      notes.append("\(names.dateKey) read as \(reading)")
    }
    table = table.with(table.columns, missing: table.missing, notes: notes)
    return try panel(
      from: table, asset: names.assetKey, date: names.dateKey, named: names.only,
      frequency: frequency, duplicates: duplicates)
  }

  /// Whether lines of bytes are rows: neither packed nor of a format with rows of its own.
  public static func isPlainText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    !Inflate.isGzip(bytes) && !ZipArchive.isZip(bytes) && !bytes.prefix(64).contains(0)
  }

  /// Reads names, likely kinds and keys from the first thousand lines.
  public static func header(
    of path: String, asset: String? = nil, date: String? = nil, named: String? = nil,
    options: CSVOptions = CSVOptions()
  ) throws -> PanelHeader {
    let source = try TableFile(path, options, atMost: 1 << 20)
    var header = try header(try source.layout(options), path, asset, date, named, options)
    let found = header
    header.isSurelyDaily = source.withText { hasDays($0, found, options) } ?? false
    return header
  }

  private static func header(
    _ layout: TableFile.Layout, _ path: String, _ asset: String?, _ date: String?,
    _ named: String?, _ options: CSVOptions
  ) throws(CSVError) -> PanelHeader {
    let names = layout.names
    let hasAssets = names.contains { KeyAliases.asset.contains($0.lowercased()) }
    let isYahoo = options.source(of: names) == .yahoo
    let only = asset != nil || hasAssets ? nil : named ?? (isYahoo ? FilePattern.stem(path) : nil)
    let assetKey = only != nil ? "asset" : try key("asset", asset, KeyAliases.asset, names)
    let dateKey = try key("date", date, KeyAliases.date, names)
    let items = zip(names, layout.kinds).map { name, kind in
      PanelHeader.Item(
        name: column(name, beside: dateKey),
        kind: options.percent.contains(name) ? FieldKind.number.name : kind.name)
    }
    var header = PanelHeader(
      columns: items.filter { $0.name != assetKey && $0.name != dateKey }, assetKey: assetKey,
      dateKey: dateKey, only: only)
    if asset == nil, date == nil {
      header.foundKeys = words(assetKey, dateKey, only, isAlone: named == "" || named == only)
    }
    return header
  }

  /// What a column of the file is called in the panel, where `month` is the calendar month of a row.
  private static func column(_ name: String, beside date: String) -> String {
    name == "month" && date != "month" ? "file_month" : name
  }

  /// What was taken for what, unless the names say it themselves.
  private static func words(
    _ asset: String, _ date: String, _ only: String?, isAlone: Bool
  ) -> String? {
    var parts: [String] = []
    if let only, !isAlone {
      parts.append("firm: \(only), by the file's name")
    } else if only == nil, !["id", "firm", "asset"].contains(asset.lowercased()) {
      parts.append("firm: \(asset)")
    }
    if !["date", "month"].contains(date.lowercased()) { parts.append("date: \(date)") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  /// Reads some lines, as many as cost nothing; what is wrong with them is said when the file is read.
  private static func hasDays(
    _ bytes: UnsafeBufferPointer<UInt8>, _ header: PanelHeader, _ options: CSVOptions
  ) -> Bool {
    let start = UnsafeBufferPointer(rebasing: bytes.prefix(1 << 15))
    guard let end = start.lastIndex(of: UInt8(ascii: "\n")) else { return false }
    var options = options
    options.dateColumns.append(header.dateKey)
    if header.only == nil { options.textColumns.append(header.assetKey) }
    let lines = UnsafeBufferPointer(rebasing: start[...end])
    guard let table = try? CSVReader.read(lines, options: options),
      let dateAt = table.position(header.dateKey),
      case .dates(let days) = table.columns[dateAt].values
    else { return false }
    var assets = [Int32](repeating: 0, count: days.count)
    if let place = table.position(header.assetKey),
      case .text(let codes, _) = table.columns[place].values
    {
      assets = codes
    }
    var first: [Int64: CalendarDate] = [:]
    return zip(days, assets).contains { day, asset in
      guard !day.isMissing else { return false }
      let cell = Int64(asset) << 32 | Int64(UInt32(bitPattern: day.month.index))
      return first.updateValue(day, forKey: cell).map { $0 != day } ?? false
    }
  }

  private static func key(
    _ key: String, _ given: String?, _ aliases: [String], _ names: [String]
  ) throws(CSVError) -> String {
    if let given {
      guard names.contains(given) else {
        throw .noSuchColumn(name: given, available: names)
      }
      return given
    }
    for alias in aliases {
      if let name = names.first(where: { $0.lowercased() == alias }) { return name }
    }
    throw .noKey(key: key, tried: aliases, available: names)
  }

  /// Makes a panel of a table already read.
  public static func panel(
    from table: CSVTable, asset: String, date: String, named: String? = nil,
    frequency: Frequency = .found, duplicates: Duplicates = .refused
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    let assetAt = table.position(asset)
    guard assetAt != nil || named != nil, let dateAt = table.position(date) else {
      let missing = assetAt == nil ? asset : date
      throw CSVError.noSuchColumn(name: missing, available: table.names)
    }
    let (allCodes, dictionary) = try assets(table, at: assetAt, named: named)
    // Prices of Yahoo's are daily even where the file holds only a few days.
    let fewest = FileSource.proved(by: table.names) == .yahoo || table.isOfTickers ? 1 : 5
    let (allMonths, allDays) = try keys(
      table.columns[dateAt], allCodes, frequency, fewest, name: date)
    let kept = rowsKept(allMonths, allCodes, duplicates)
    let codes = kept.map { $0.map { allCodes[$0] } } ?? allCodes
    let months = kept.map { $0.map { allMonths[$0] } } ?? allMonths
    do throws(PanelError) {
      let (index, sorted) = try PanelIndex.sorting(
        months: months, assets: codes, names: dictionary)
      let order =
        sorted.map { places in kept.map { rows in places.map { rows[$0] } } ?? places } ?? kept
      let others = table.names.indices.filter { $0 != assetAt && $0 != dateAt }
      let columns = others.map { position in
        let column = table.columns[position]
        return (
          name: Self.column(table.names[position], beside: date),
          column: order.map(column.gathered) ?? column
        )
      }
      let panel = try Panel(
        index: index, columns: columns, assetKey: asset, dateKey: date,
        dates: allDays.map { days in order.map { $0.map { days[$0] } } ?? days },
        dateStyle: table.dateStyles[dateAt] ?? .month)
      var notes = table.notes
      if sorted != nil { notes.append("rows sorted by \(date) and \(asset)") }
      if panel.hasColumn("file_month") {
        notes.append("its column month is file_month here: `month` is the calendar month of a row")
      }
      let ledger = LedgerLine(
        stage: "load", rowsIn: table.rowCount, rowsOut: panel.count,
        reasons: [
          .init(
            "repeat a firm and period, \(duplicates == .first ? "first" : "last") kept",
            table.rowCount - panel.count)
        ], notes: notes)
      return (panel, ledger)
    } catch {
      throw located(error, table, assetAt: assetAt, dateAt: dateAt)
    }
  }

  /// The rows that stay where one of several with the same key is wanted; nil for all.
  private static func rowsKept(
    _ months: [Period], _ codes: [Int32], _ duplicates: Duplicates
  ) -> [Int]? {
    guard duplicates != .refused else { return nil }
    var (seen, rows) = (Set<Int64>(minimumCapacity: codes.count), [Int]())
    let places = duplicates == .first ? Array(codes.indices) : codes.indices.reversed()
    for row in places {
      let isKey = codes[row] >= 0 && !months[row].isMissing
      let key = Int64(codes[row]) << 32 | Int64(UInt32(bitPattern: months[row].index))
      // A row without a key is refused later, with its line.
      if !isKey || seen.insert(key).inserted { rows.append(row) }
    }
    if rows.count == codes.count { return nil }
    return duplicates == .first ? rows : rows.reversed()
  }

  private static func assets(
    _ table: CSVTable, at place: Int?, named: String?
  ) throws(PanelError) -> (codes: [Int32], names: [String]) {
    guard let place else {
      return ([Int32](repeating: 0, count: table.rowCount), [named ?? ""])
    }
    guard case .text(let codes, let names) = table.columns[place].values else {
      throw .wrongKind(
        name: table.names[place], expected: "text", found: table.columns[place].kind)
    }
    return trimmed(codes, names)
  }

  /// Spaces around a key are no part of it: ` A` and `A` are one asset.
  private static func trimmed(
    _ codes: [Int32], _ names: [String]
  ) -> (codes: [Int32], names: [String]) {
    guard names.contains(where: { $0.hasPrefix(" ") || $0.hasSuffix(" ") }) else {
      return (codes, names)
    }
    let column = Column(
      text: names.map { name in
        let start = name.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
      })
    guard case .text(let mapped, let distinct) = column.values else { return (codes, names) }
    return (codes.map { $0 < 0 ? $0 : mapped[Int($0)] }, distinct)
  }

  private static func keys(
    _ column: Column, _ assets: [Int32], _ frequency: Frequency, _ fewest: Int, name: String
  ) throws(PanelError) -> (months: [Period], days: [CalendarDate]?) {
    switch column.values {
    case .months(let months): return (months, nil)
    case .dates(let dates):
      let isDaily =
        switch frequency {
        case .daily: true
        case .monthly: false
        case .found: isDaily(dates, assets, fewest)
        }
      return isDaily ? (dates.map { Period($0) }, nil) : (dates.map(\.month), dates)
    default: throw .wrongKind(name: name, expected: "dates", found: column.kind)
    }
  }

  /// Whether months have so many days or more on average, and firms two of them or more.
  ///
  /// A monthly file whose firms report on different days has one day a firm and month, and a row that stands
  /// twice is on one day; neither is daily.
  private static func isDaily(
    _ dates: [CalendarDate], _ assets: [Int32], _ fewest: Int
  ) -> Bool {
    // Every file passes here, and few are daily: the days themselves are counted without hashing.
    let known = dates.lazy.filter { !$0.isMissing }.map { Int($0.days) }
    guard let first = known.min(), let last = known.max() else { return false }
    var isThere = [Bool](repeating: false, count: last - first + 1)
    for day in known { isThere[day - first] = true }
    let days = isThere.indices.filter { isThere[$0] }
    let months = Set(days.map { CalendarDate(days: Int32(first + $0)).month })
    guard days.count >= fewest * months.count else { return false }
    var (rows, cells) = (Set<Int64>(minimumCapacity: dates.count), Set<Int64>())
    for (date, asset) in zip(dates, assets) where !date.isMissing {
      let firm = Int64(asset) << 32
      rows.insert(firm | Int64(UInt32(bitPattern: date.days)))
      cells.insert(firm | Int64(UInt32(bitPattern: date.month.index)))
    }
    return rows.count >= 2 * cells.count
  }

  /// Turns rows into lines of the file.
  private static func located(
    _ error: PanelError, _ table: CSVTable, assetAt: Int?, dateAt: Int
  ) -> any Error {
    switch error {
    case .duplicateKeys(let asset, let month, let rows, let count):
      return CSVError.duplicateKeys(
        asset: asset, month: month, lines: rows.map(table.line(ofRow:)), count: count)
    case .missingKey(let key, let row, let count):
      let column = key == "asset" ? assetAt ?? dateAt : dateAt
      return CSVError.missingKey(
        line: table.line(ofRow: row), column: column + 1, field: table.names[column],
        count: count)
    default: return error
    }
  }
}

extension FieldKind {
  var name: String {
    switch self {
    case .number: "num"
    case .text: "text"
    case .date(let style): style.isMonthly ? "month" : "date"
    }
  }
}
