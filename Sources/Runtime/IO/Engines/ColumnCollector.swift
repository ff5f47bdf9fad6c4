// Columns of a typed file while they are read, and how they become those of a table.
//
// A typed file says what is a number, a text or a day. What it cannot say is which numbers are keys: a firm's number
// becomes text without a decimal point, and a month written as 200412 becomes a month.

/// One column of a typed file.
struct CollectedColumn {
  enum Values {
    case numbers([Double])
    case text(TextInterner, codes: [Int32])
    case days([CalendarDate])
    case months([Period])
  }

  var values: Values
  /// Codes of special missing values.
  var reasons = ReasonTally()

  init(_ values: Values) { self.values = values }

  mutating func append(_ number: Double) {
    guard case .numbers(var numbers) = values else { return }
    values = .numbers([])
    numbers.append(number)
    values = .numbers(numbers)
  }

  mutating func append(text: UnsafeBufferPointer<UInt8>, row: Int) {
    guard case .text(var interner, var codes) = values else { return }
    values = .numbers([])
    codes.append(text.isEmpty ? -1 : interner.code(text, line: row + 1))
    values = .text(interner, codes: codes)
  }

  var count: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .text(_, let codes): codes.count
    case .days(let days): days.count
    case .months(let months): months.count
    }
  }
}

/// Turns collected columns into a table.
struct ColumnCollector {
  let format: String
  let names: [String]
  let options: CSVOptions

  func table(_ collected: [CollectedColumn], notes: [String]) throws(CSVError) -> CSVTable {
    var seen: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      if let other = seen.updateValue(place, forKey: name) {
        throw .duplicateColumn(name: name, columns: [other + 1, place + 1])
      }
    }
    let rows = collected.first?.count ?? 0
    guard rows > 0 else { throw .headerOnly(columns: names.count) }
    var columns: [Column] = []
    var styles: [DateStyle?] = []
    for (place, column) in collected.enumerated() {
      let (made, style) = try self.column(column, names[place], place)
      columns.append(made)
      styles.append(style)
    }
    return CSVTable(
      names: names, columns: columns, dateStyles: styles, rowCount: rows,
      missing: collected.map(\.reasons.reasons), notes: notes + infiniteNotes(collected),
      lines: Self.rowNumbers)
  }

  private func infiniteNotes(_ columns: [CollectedColumn]) -> [String] {
    zip(names, columns).compactMap { name, column in
      guard case .numbers(let numbers) = column.values else { return nil }
      let count = numbers.count(where: \.isInfinite)
      return count > 0 ? "\(name): \(count) infinite or undefined values made missing" : nil
    }
  }

  // The first row counts as line 1: such files have no header line.
  static var rowNumbers: LineTable {
    var lines = LineTable()
    lines.note(row: 0, line: 1)
    return lines
  }

  private func column(
    _ column: CollectedColumn, _ name: String, _ place: Int
  ) throws(CSVError) -> (Column, DateStyle?) {
    let isText = options.textColumns.contains(name) || KeyAliases.isIdentifier(name)
    let isDate = options.dateColumns.contains(name)
    switch column.values {
    case .days(let days): return (Column(.dates(days)), .day)
    case .months(let months): return (Column(.months(months)), .month)
    case .numbers(let numbers):
      if isDate { return try dates(numbers.map(Self.text), name, place) }
      return isText ? (Column(text: numbers.map(Self.text)), nil) : (Column(numbers: numbers), nil)
    case .text(let interner, let codes):
      let dictionary = try interner.texts()
      guard isDate else { return (Column(.text(codes: codes, dictionary: dictionary)), nil) }
      return try dates(codes.map { $0 < 0 ? nil : dictionary[Int($0)] }, name, place)
    }
  }

  /// A whole number as digits; nil if it is missing.
  static func text(_ number: Double) -> String? {
    if number.isNaN { return nil }
    return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
  }

  private func dates(
    _ texts: [String?], _ name: String, _ place: Int
  ) throws(CSVError) -> (Column, DateStyle?) {
    guard let first = texts.lazy.compactMap({ $0 }).first, let style = Self.style(first) else {
      let value = texts.lazy.compactMap { $0 }.first ?? ""
      throw .badValue(line: 1, column: place + 1, field: name, value: value, expected: "a date")
    }
    var days: [CalendarDate] = []
    for (row, text) in texts.enumerated() {
      guard let text else {
        days.append(.missing)
        continue
      }
      guard let day = Array(text.utf8).withUnsafeBufferPointer({ DateParser.read($0, as: style) })
      else {
        throw .badValue(
          line: row + 1, column: place + 1, field: name, value: text,
          expected: FieldKind.date(style).expected)
      }
      days.append(day)
    }
    return (Column(style.isMonthly ? .months(days.map(\.month)) : .dates(days)), style)
  }

  private static func style(_ text: String) -> DateStyle? {
    Array(text.utf8).withUnsafeBufferPointer { DateParser.style($0) }
  }
}
