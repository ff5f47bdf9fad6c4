// Files of SAS (SAS7BDAT, XPORT) and Stata, through ReadStat.
//
// Dates are numbers with a display format: days from 1960 in SAS and under Stata's %td, seconds or milliseconds for
// times, months under %tm. Special missing values (.A to .Z) are counted by letter. The library reads the file
// itself and checks less than it might, so the number of rows promised is compared with those that came.
// References: Stata, help dates and times, help missing; SAS, "About SAS date, time, and datetime values".

import CReadStat

/// Which of the formats a file has.
enum StatFormat: String {
  case stata = "Stata"
  case sas = "SAS7BDAT"
  case xport = "SAS transport"

  static let magic: [UInt8] = [0xC2, 0xEA, 0x81, 0x60, 0xB3, 0x14, 0x11, 0xCF]

  init?(_ path: String, _ start: [UInt8]) {
    let name = path.lowercased()
    if start.count >= 20, Array(start[12..<20]) == Self.magic || name.hasSuffix(".sas7bdat") {
      self = .sas
    } else if start.starts(with: Array("HEADER RECORD*******LIB".utf8)) || name.hasSuffix(".xpt") {
      self = .xport
    } else if start.starts(with: Array("<stata_dta>".utf8)) || name.hasSuffix(".dta") {
      self = .stata
    } else if name.hasSuffix(".sas7bdat") {
      self = .sas
    } else {
      return nil
    }
  }

  var code: Int32 {
    switch self {
    case .stata: Int32(FQ_STAT_STATA)
    case .sas: Int32(FQ_STAT_SAS)
    case .xport: Int32(FQ_STAT_XPORT)
    }
  }
}

/// Reads such files.
enum StatFile {
  /// Names and kinds, from the first rows.
  static func layout(
    _ path: String, _ format: StatFormat, _ options: CSVOptions
  ) throws -> TableFile.Layout {
    let sink = try StatSink.read(path, format, rows: 200, Budget())
    let kinds = zip(sink.names, sink.moments).map { name, moment -> FieldKind in
      if options.textColumns.contains(name) || KeyAliases.isIdentifier(name) { return .text }
      switch moment {
      case .text: return .text
      case .number: return .number
      case .month: return .date(.month)
      case .day, .seconds, .milliseconds: return .date(.day)
      }
    }
    return TableFile.Layout(names: sink.names, kinds: kinds)
  }

  static func read(
    _ path: String, _ format: StatFormat, _ options: CSVOptions, _ budget: Budget
  ) throws -> CSVTable {
    let sink = try StatSink.read(path, format, rows: 0, budget)
    defer { budget.release(sink.reserved) }
    if sink.promisedRows >= 0, sink.rows != sink.promisedRows {
      throw FileError.malformed(
        format: format.rawValue,
        reason: "it promises \(sink.promisedRows) rows and holds \(sink.rows)")
    }
    if format == .xport { try checkRecords(path) }
    var notes: [String] = []
    let columns = zip(sink.columns, sink.moments).enumerated().map { place, item in
      let (made, hasTimes) = timed(item.0, item.1)
      if hasTimes { notes.append("\(sink.names[place]): times of day dropped") }
      return made
    }
    notes += sink.labelNotes
    return try ColumnCollector(format: format.rawValue, names: sink.names, options: options)
      .table(columns, notes: notes)
  }

  /// A transport file consists of records of 80 bytes and does not say how many; a cut one mostly ends within one.
  private static func checkRecords(_ path: String) throws {
    let size = try MappedFile(path).bytes.count
    if size % 80 != 0 {
      throw FileError.malformed(
        format: StatFormat.xport.rawValue, reason: "it ends within a record: it is cut short")
    }
  }

  /// Numbers as the moments that their format says they are.
  private static func timed(
    _ column: CollectedColumn, _ moment: StatMoment
  ) -> (CollectedColumn, hasTimes: Bool) {
    guard case .numbers(let numbers) = column.values else { return (column, false) }
    var made = column
    let scale: Double
    switch moment {
    case .number, .text: return (column, false)
    case .month:
      made.values = .months(
        numbers.map {
          abs($0) < 1e6 ? Period(index: Int32($0.rounded(.down)) + 1960 * 12) : .missing
        })
      return (made, false)
    case .day: scale = 1
    case .seconds: scale = 86_400
    case .milliseconds: scale = 86_400_000
    }
    var hasTimes = false
    made.values = .days(
      numbers.map { number in
        let days = (number / scale).rounded(.down)
        guard abs(days) < 4e6 else { return .missing }
        if days * scale != number { hasTimes = true }
        return CalendarDate(days: Int32(days) - 3653)
      })
    return (made, hasTimes && moment != .day)
  }
}

/// What the numbers of a column mean.
enum StatMoment {
  case number, text, day, month, seconds, milliseconds

  init(_ format: StatFormat, display: String, isText: Bool) {
    let display = display.uppercased()
    if isText {
      self = .text
    } else if format == .stata {
      let kinds: [(String, StatMoment)] = [
        ("%TD", .day), ("%-TD", .day), ("%D", .day), ("%-D", .day), ("%TC", .milliseconds),
        ("%TM", .month),
      ]
      self = kinds.first { display.hasPrefix($0.0) }?.1 ?? .number
      // %tcHH:MM:SS shows a time of day and nothing else.
      let shown = display.dropFirst(3)
      let dayParts = ["YY", "CC", "DD", "NN", "MON", "JJJ"]
      if self == .milliseconds, !shown.isEmpty, !dayParts.contains(where: { shown.contains($0) }) {
        self = .number
      }
    } else {
      let name = display.prefix { !$0.isNumber && $0 != "." }
      if name.hasPrefix("DATETIME") || name == "E8601DT" || name == "MDYAMPM" {
        self = .seconds
      } else if Self.dayFormats.contains(String(name)) {
        self = .day
      } else {
        self = .number
      }
    }
  }

  private static let dayFormats: Set<String> = [
    "DATE", "YYMMDD", "YYMMDDN", "YYMMDDD", "YYMMDDS", "YYMMDDP", "MMDDYY", "MMDDYYD", "MMDDYYN",
    "DDMMYY", "DDMMYYD", "DDMMYYN", "MONYY", "YYMM", "YYMMN", "WORDDATE", "WEEKDATE", "E8601DA",
    "B8601DA", "JULIAN", "DAY", "MMYY", "YYMON",
  ]
}

/// What the library's calls fill.
private final class StatSink {
  let format: StatFormat
  let budget: Budget
  var names: [String] = []
  var moments: [StatMoment] = []
  var columns: [CollectedColumn] = []
  /// The set of labels that each column has; empty for none.
  private var labelSets: [String] = []
  private var labels: [String: [(value: Double, text: String)]] = [:]
  var promisedRows = -1
  var rows = 0
  var reserved = 0
  private var problem: (any Error)?

  private init(_ format: StatFormat, _ budget: Budget) {
    (self.format, self.budget) = (format, budget)
  }

  static func read(
    _ path: String, _ format: StatFormat, rows limit: Int64, _ budget: Budget
  ) throws -> StatSink {
    let sink = StatSink(format, budget)
    var calls = fq_stat_sink()
    calls.context = Unmanaged.passUnretained(sink).toOpaque()
    calls.begin = { context, rows, columns in sinkOf(context).begin(Int(rows), Int(columns)) }
    calls.column = { context, _, name, labels, display, isText in
      sinkOf(context).column(name, labels, display, isText != 0)
    }
    calls.label = { context, labels, value, text in sinkOf(context).label(labels, value, text) }
    calls.number = { context, row, column, value, tag in
      sinkOf(context).number(Int(row), Int(column), value, tag)
    }
    calls.text = { context, row, column, text in sinkOf(context).text(Int(row), Int(column), text) }
    let outcome = withExtendedLifetime(sink) {
      path.withCString { fq_stat_read(format.code, $0, limit, &calls) }
    }
    if let problem = sink.problem {
      budget.release(sink.reserved)
      throw problem
    }
    guard outcome != Int32(FQ_STAT_NO_LIBRARY) else {
      throw FileError.missingEngine(
        format: "files of SAS and Stata", command: "apt-get install -y libreadstat-dev")
    }
    guard outcome == Int32(FQ_STAT_DONE) else {
      budget.release(sink.reserved)
      throw FileError.malformed(
        format: format.rawValue,
        reason: String(cString: fq_stat_message(outcome)).lowercasedStart + sink.place)
    }
    guard !sink.names.isEmpty else {
      throw FileError.malformed(format: format.rawValue, reason: "it has no columns")
    }
    return sink
  }

  private var place: String { rows > 0 ? ", after row \(rows)" : "" }

  private func begin(_ rows: Int, _ count: Int) -> Int32 {
    promisedRows = rows
    // A damaged file may promise anything: what it promises is reserved, not allocated.
    let needed = max(0, rows).multipliedReportingOverflow(by: max(1, count) * 8)
    do {
      try budget.reserve(needed.overflow ? .max / 2 : needed.partialValue, for: "reading a table")
      reserved = needed.overflow ? .max / 2 : needed.partialValue
      return 0
    } catch {
      problem = error
      return 1
    }
  }

  private func column(
    _ name: UnsafePointer<CChar>?, _ labels: UnsafePointer<CChar>?,
    _ display: UnsafePointer<CChar>?, _ isText: Bool
  ) -> Int32 {
    guard let name, let labels, let display else { return 1 }
    names.append(String(cString: name))
    labelSets.append(String(cString: labels))
    moments.append(StatMoment(format, display: String(cString: display), isText: isText))
    columns.append(CollectedColumn(isText ? .text(TextInterner(), codes: []) : .numbers([])))
    return 0
  }

  private func label(
    _ labels: UnsafePointer<CChar>?, _ value: Double, _ text: UnsafePointer<CChar>?
  ) -> Int32 {
    guard let labels, let text else { return 1 }
    self.labels[String(cString: labels), default: []].append((value, String(cString: text)))
    return 0
  }

  /// What numbers stand for where the file says it: the numbers stay, and the first meanings are told.
  var labelNotes: [String] {
    zip(names, labelSets).compactMap { name, set in
      guard !set.isEmpty, let found = labels[set], !found.isEmpty else { return nil }
      let shown = found.prefix(3).map { "\(ColumnCollector.text($0.value) ?? "") \($0.text)" }
      return "\(name): numbers that stand for \(shown.joined(separator: ", "))"
        + (found.count > 3 ? ", …" : "")
    }
  }

  private func number(_ row: Int, _ column: Int, _ value: Double, _ tag: CChar) -> Int32 {
    guard column < columns.count, columns[column].count == row else { return fail(row) }
    if column == 0 { rows = row + 1 }
    columns[column].append(tag == 0 ? value : .nan)
    if tag != 0, tag != 46 {
      let letter = UInt8(bitPattern: tag)
      let capital = (97...122).contains(letter) ? letter - 32 : letter
      [46, capital].withUnsafeBufferPointer { columns[column].reasons.note($0) }
    }
    return goOn(row, column)
  }

  private func text(_ row: Int, _ column: Int, _ text: UnsafePointer<CChar>?) -> Int32 {
    guard let text, column < columns.count, columns[column].count == row else { return fail(row) }
    if column == 0 { rows = row + 1 }
    let count = length(text)
    text.withMemoryRebound(to: UInt8.self, capacity: max(1, count)) {
      columns[column].append(text: UnsafeBufferPointer(start: $0, count: count), row: row)
    }
    return goOn(row, column)
  }

  private func length(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    while count > 0, text[count - 1] == 32 { count -= 1 }
    return count
  }

  private func goOn(_ row: Int, _ column: Int) -> Int32 {
    guard column == 0, row % 512 == 0 else { return 0 }
    do {
      try budget.check()
      if promisedRows < 0 {
        // Nothing was promised, so rows are reserved as they come.
        try budget.reserve(512 * columns.count * 8, for: "reading a table")
        reserved += 512 * columns.count * 8
      }
      return 0
    } catch {
      problem = error
      return 1
    }
  }

  private func fail(_ row: Int) -> Int32 {
    problem = FileError.malformed(
      format: format.rawValue, reason: "row \(row + 1) does not follow the one before")
    return 1
  }
}

private func sinkOf(_ context: UnsafeMutableRawPointer?) -> StatSink {
  guard let context else { preconditionFailure("a call without its context") }
  return Unmanaged<StatSink>.fromOpaque(context).takeUnretainedValue()
}

extension String {
  /// The same with a small first letter, to stand within a sentence.
  fileprivate var lowercasedStart: String { prefix(1).lowercased() + dropFirst() }
}
