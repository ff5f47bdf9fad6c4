// Candles of an exchange: pages of JSON as an exchange answers, or CSV files, as one panel.
//
// Definition: a candle begins at `start` and tells open, high, low and close, the volume in the asset and the
// turnover in money. ret = ln(close / close before) where the candle before begins one interval earlier; over a gap
// it is missing. Rows: of one asset in the order of time, whatever the order of the file; a start that stands twice
// counts once; a candle still open when its page was answered is left out.
// Source: Bybit, API v5, "Get Kline": start in milliseconds, numbers as texts, the newest candle first.

/// One candle.
public struct Candle: Sendable, Equatable {
  /// Milliseconds since 1970.
  public let start: Int
  /// Open, high, low, close, volume, turnover.
  public let values: [Double]

  /// The names of the values.
  public static let names = ["open", "high", "low", "close", "volume", "turnover"]

  /// The close.
  var close: Double { values[3] }

  /// Creates a candle of six values.
  public init(start: Int, values: [Double]) {
    precondition(values.count == Self.names.count)
    (self.start, self.values) = (start, values)
  }
}

/// The candles of one asset in one file.
public struct CandlePage: Sendable {
  /// The asset.
  public let symbol: String
  /// The candles as they stand in the file.
  public let candles: [Candle]
  /// When the page was answered, in milliseconds since 1970; nil where the file does not say.
  public let answered: Int?

  /// Creates a page.
  public init(symbol: String, candles: [Candle], answered: Int?) {
    (self.symbol, self.candles, self.answered) = (symbol, candles, answered)
  }

  /// Why a file holds no candles.
  public enum Fault: Error, Equatable, Sendable {
    /// The exchange answered with a fault of its own.
    case refused(code: Int, message: String)
    /// A member is not there or not what it should be.
    case malformed(member: String, wanted: String)
    /// A candle is not seven numbers, or prices are not above zero.
    case candle(number: Int, reason: String)
  }

  /// Reads an answer of the exchange.
  public init(json: JSON) throws(Fault) {
    guard let code = json["retCode"]?.integer else {
      throw .malformed(member: "retCode", wanted: "a whole number")
    }
    guard code == 0 else {
      throw .refused(code: code, message: json["retMsg"]?.text ?? "no reason given")
    }
    guard let result = json["result"], let symbol = result["symbol"]?.text, !symbol.isEmpty else {
      throw .malformed(member: "result.symbol", wanted: "a text")
    }
    guard case .list(let items)? = result["list"] else {
      throw .malformed(member: "result.list", wanted: "a list")
    }
    var candles: [Candle] = []
    candles.reserveCapacity(items.count)
    for (number, item) in items.enumerated() {
      let cells = item.items.map { $0.text.flatMap { Double($0) } ?? .nan }
      candles.append(try Self.candle(cells, number + 1))
    }
    self.init(symbol: symbol, candles: candles, answered: json["time"]?.integer)
  }

  /// Reads a table with a column `timestamp` of milliseconds, or one of days or times of UTC, and the values by their
  /// names; the turnover may be missing.
  public init(_ table: CSVTable, symbol: String) throws(Fault) {
    func numbers(_ names: [String]) throws(Fault) -> [Double] {
      for name in names {
        guard let place = table.names.firstIndex(where: { $0.lowercased() == name }) else {
          continue
        }
        if let numbers = table.columns[place].numbers { return numbers }
        throw .malformed(member: table.names[place], wanted: "a column of numbers")
      }
      throw .malformed(member: names[0], wanted: "a column of numbers")
    }
    var columns: [[Double]] = []
    if let starts = try Self.starts(table) {
      columns.append(starts)
    } else {
      columns.append(try numbers(["timestamp", "start", "starttime"]))
    }
    for name in Candle.names where name != "turnover" { columns.append(try numbers([name])) }
    let hasTurnover = table.names.contains { $0.lowercased() == "turnover" }
    columns.append(
      hasTurnover
        ? try numbers(["turnover"]) : [Double](repeating: 0, count: table.rowCount))
    var candles: [Candle] = []
    candles.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      candles.append(try Self.candle(columns.map { $0[row] }, row + 1))
    }
    self.init(symbol: symbol, candles: candles, answered: nil)
  }

  /// The beginnings in milliseconds of a column of days or times; nil if none of its usual names holds any.
  private static func starts(_ table: CSVTable) throws(Fault) -> [Double]? {
    let names = ["timestamp", "start", "starttime", "datetime", "time", "date", "open time"]
    for name in names {
      guard let place = table.names.firstIndex(where: { $0.lowercased() == name }) else { continue }
      switch table.columns[place].values {
      case .numbers: return nil
      case .dates(let days): return days.map { $0.isMissing ? .nan : Double($0.days) * 86_400_000 }
      case .text(let codes, let texts):
        let times = texts.map(milliseconds)
        if let wrong = times.firstIndex(where: \.isNaN) {
          throw .malformed(
            member: table.names[place],
            wanted: "a column of times such as 2017-08-17 04:00:00, "
              + "as '\(texts[wrong])' shows")
        }
        return codes.map { $0 < 0 ? .nan : times[Int($0)] }
      case .months: continue
      }
    }
    return nil
  }

  /// A time of UTC such as 2017-08-17 04:00:00; NaN for anything else.
  private static func milliseconds(_ text: String) -> Double {
    var text = text
    if text.hasSuffix("Z") { text.removeLast() }
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, let day = CalendarDate(String(text.prefix(10))) else { return .nan }
    let zeros = bytes[16...].allSatisfy { $0 == 48 || $0 == 58 || $0 == 46 }
    guard bytes[10] == 32 || bytes[10] == 84, bytes[13] == 58, zeros,
      let hour = Int(text.dropFirst(11).prefix(2)), (0..<24).contains(hour),
      let minute = Int(text.dropFirst(14).prefix(2)), (0..<60).contains(minute)
    else { return .nan }
    return Double(Int(day.days) * 86_400 + hour * 3600 + minute * 60) * 1000
  }

  private static func candle(_ cells: [Double], _ number: Int) throws(Fault) -> Candle {
    guard cells.count == 7, cells.allSatisfy(\.isFinite), let start = Int(exactly: cells[0]) else {
      throw .candle(number: number, reason: "it is not seven numbers")
    }
    guard start >= 0, start % 60_000 == 0, start < 95_617_584_000_000 else {
      throw .candle(
        number: number, reason: "\(start) is not the beginning of a minute, in milliseconds")
    }
    // Exchanges write an open and a low of zero for the first candle of a new contract.
    guard cells[4] > 0 else {
      throw .candle(number: number, reason: "its close is not above zero")
    }
    return Candle(start: start, values: Array(cells[1...]))
  }
}
