// Tables of prices with three header lines: fields, tickers, and a line that names the dates.
//
//   Price,Close,Close,Volume,Volume
//   Ticker,AAPL,MSFT,AAPL,MSFT
//   Date,,,,
//   2020-01-02,75.1,160.6,135480400,22622100
//
// The two upper lines may stand the other way round. A row of the file becomes one row a ticker.

/// The header of such a table.
struct YahooHeader: Sendable, Equatable {
  let dateName: String
  /// Field and ticker of each column behind the date, as places in the lists below.
  let places: [(field: Int, ticker: Int)]
  let fields: [String]
  let tickers: [String]

  static let assetName = "Ticker"

  /// Recognises the three lines; nil if they are not such a header.
  init?(_ lines: [[String]]) {
    guard lines.count == 3, let width = lines.first?.count, width > 1,
      lines.allSatisfy({ $0.count == width }),
      lines[2].dropFirst().allSatisfy(\.isEmpty), KeyAliases.isDate(lines[2][0])
    else { return nil }
    let heads = (lines[0][0].lowercased(), lines[1][0].lowercased())
    guard heads == ("price", "ticker") || heads == ("ticker", "price") else { return nil }
    let (above, below) = (Array(lines[0].dropFirst()), Array(lines[1].dropFirst()))
    let (names, owners) = heads.0 == "price" ? (above, below) : (below, above)
    guard (names + owners).allSatisfy({ !$0.isEmpty }) else { return nil }
    (fields, tickers) = (Self.distinct(names), Self.distinct(owners))
    dateName = lines[2][0]
    var placed: [(Int, Int)] = []
    for (name, owner) in zip(names, owners) {
      guard let field = fields.firstIndex(of: name), let ticker = tickers.firstIndex(of: owner),
        !placed.contains(where: { $0 == (field, ticker) })
      else { return nil }
      placed.append((field, ticker))
    }
    places = placed.map { (field: $0.0, ticker: $0.1) }
  }

  static func == (a: YahooHeader, b: YahooHeader) -> Bool {
    a.dateName == b.dateName && a.fields == b.fields && a.tickers == b.tickers
      && a.places.elementsEqual(b.places) { $0 == $1 }
  }

  private static func distinct(_ names: [String]) -> [String] {
    var found: [String] = []
    for name in names where !found.contains(name) { found.append(name) }
    return found
  }

  /// Names of the columns as the file has them, all different.
  var fileNames: [String] {
    [dateName] + places.map { "\(fields[$0.field]) of \(tickers[$0.ticker])" }
  }

  /// Names of the columns once there is a row a ticker.
  var names: [String] { [dateName, Self.assetName] + fields }

  /// Gives a row a ticker; a field that the file does not have for a ticker is missing.
  func long(_ table: CSVTable) -> CSVTable {
    let (rows, count) = (table.rowCount, tickers.count)
    let sources = (0..<rows).flatMap { row in [Int](repeating: row, count: count) }
    var columns = [table.columns[0].gathered(sources)]
    let codes = (0..<rows * count).map { Int32($0 % count) }
    columns.append(Column(.text(codes: codes, dictionary: tickers)))
    for field in fields.indices {
      columns.append(column(field, table, rows))
    }
    var lines = LineTable()
    for (row, source) in sources.enumerated() {
      lines.note(row: row, line: table.line(ofRow: source))
    }
    let missing = fields.indices.map { field in reasons(field, table) }
    return CSVTable(
      names: names, columns: columns,
      dateStyles: [table.dateStyles[0], nil] + fields.map { _ in nil },
      rowCount: rows * count, missing: [[], []] + missing,
      notes: table.notes + ["three header lines: \(count) × \(rows) rows"], lines: lines)
  }

  private func column(_ field: Int, _ table: CSVTable, _ rows: Int) -> Column {
    let count = tickers.count
    let owned = places.indices.filter { places[$0].field == field }
    let isNumber = owned.allSatisfy { table.columns[$0 + 1].numbers != nil }
    guard isNumber else {
      var texts = [String?](repeating: nil, count: rows * count)
      for place in owned {
        for row in 0..<rows {
          texts[row * count + places[place].ticker] =
            table.columns[place + 1].text(at: row)
            ?? table.columns[place + 1].numbers.flatMap { $0[row].isNaN ? nil : "\($0[row])" }
        }
      }
      return Column(text: texts)
    }
    var numbers = [Double](repeating: .nan, count: rows * count)
    for place in owned {
      guard let values = table.columns[place + 1].numbers else { continue }
      for row in 0..<rows { numbers[row * count + places[place].ticker] = values[row] }
    }
    return Column(finite: numbers, unit: .plain, known: 0)
  }

  private func reasons(_ field: Int, _ table: CSVTable) -> [MissingReason] {
    var totals: [(code: String, count: Int)] = []
    for place in places.indices where places[place].field == field {
      for reason in table.missing[place + 1] {
        if let k = totals.firstIndex(where: { $0.code == reason.code }) {
          totals[k].count += reason.count
        } else {
          totals.append((reason.code, reason.count))
        }
      }
    }
    return totals.map { MissingReason(code: $0.code, count: $0.count) }
  }
}
