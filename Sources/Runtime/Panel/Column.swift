// A column: contiguous values of one kind, a display unit and the period in which it is known.
//
// NaN is THE missing number. The language has one missing concept and turns every non-finite
// result (division by zero, overflow, log of a negative number) into it, so a separate bitmap would
// say the same thing twice and cost a second pass over memory. Infinities therefore never enter a
// column: the initialiser turns them into NaN. Missing text is the code -1, a missing month or day
// is the value `missing`.

/// How the numbers of a column are shown; units never change arithmetic.
public enum ColumnUnit: String, Sendable, CaseIterable {
  /// A number without a unit.
  case plain
  /// A share or a return, shown as percent.
  case ratio
  /// One for true, zero for false.
  case boolean
  /// A whole number of things.
  case count
}

/// Values of one kind, one per row of a panel.
public struct Column: Sendable {
  /// The storage of each kind of column.
  public enum Values: Sendable {
    /// Numbers; NaN is missing.
    case numbers([Double])
    /// Text as positions in a list of distinct texts; -1 is missing.
    case text(codes: [Int32], dictionary: [String])
    /// Calendar months.
    case months([Period])
    /// Calendar days.
    case dates([CalendarDate])
  }

  /// The values.
  public let values: Values
  /// How numbers are shown.
  public var unit: ColumnUnit
  /// The periods after the row's month at which the value becomes known; negative for lags.
  public var known: Int

  /// Creates a column; infinite numbers become missing.
  public init(_ values: Values, unit: ColumnUnit = .plain, known: Int = 0) {
    if case .numbers(let numbers) = values, numbers.contains(where: \.isInfinite) {
      self.values = .numbers(numbers.map { $0.isFinite ? $0 : .nan })
    } else {
      self.values = values
    }
    self.unit = unit
    self.known = known
  }

  /// Creates a column of numbers none of which is infinite.
  public init(finite numbers: [Double], unit: ColumnUnit, known: Int) {
    values = .numbers(numbers)
    (self.unit, self.known) = (unit, known)
  }

  /// Creates a column of numbers.
  public init(numbers: [Double], unit: ColumnUnit = .plain, known: Int = 0) {
    self.init(.numbers(numbers), unit: unit, known: known)
  }

  /// Creates a column of text, nil meaning missing; distinct texts are kept in order of appearance.
  public init(text: [String?], known: Int = 0) {
    var dictionary: [String] = []
    var positions: [String: Int32] = [:]
    let codes = text.map { item -> Int32 in
      guard let item else { return -1 }
      if let code = positions[item] { return code }
      let code = Int32(dictionary.count)
      positions[item] = code
      dictionary.append(item)
      return code
    }
    self.init(.text(codes: codes, dictionary: dictionary), known: known)
  }

  /// The number of rows.
  public var count: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .text(let codes, _): codes.count
    case .months(let months): months.count
    case .dates(let dates): dates.count
    }
  }

  /// The number of missing values.
  public var missingCount: Int {
    switch values {
    case .numbers(let numbers): numbers.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
    case .text(let codes, _): codes.reduce(0) { $0 + ($1 < 0 ? 1 : 0) }
    case .months(let months): months.reduce(0) { $0 + ($1.isMissing ? 1 : 0) }
    case .dates(let dates): dates.reduce(0) { $0 + ($1.isMissing ? 1 : 0) }
    }
  }

  /// The kind of the values, as the language names it.
  public var kind: String {
    switch values {
    case .numbers: unit == .boolean ? "bool" : unit == .ratio ? "ratio" : "num"
    case .text: "text"
    case .months: "month"
    case .dates: "date"
    }
  }

  /// The numbers, or nil if the column holds something else.
  public var numbers: [Double]? {
    if case .numbers(let numbers) = values { return numbers }
    return nil
  }

  /// Whether the value of a row is missing.
  public func isMissing(at row: Int) -> Bool {
    switch values {
    case .numbers(let numbers): numbers[row].isNaN
    case .text(let codes, _): codes[row] < 0
    case .months(let months): months[row].isMissing
    case .dates(let dates): dates[row].isMissing
    }
  }

  /// The text of a row; nil if missing or not a text column.
  public func text(at row: Int) -> String? {
    guard case .text(let codes, let dictionary) = values, codes[row] >= 0 else { return nil }
    return dictionary[Int(codes[row])]
  }

  /// Gives the values of the listed rows in that order; a negative row gives a missing value.
  public func gathered(_ rows: [Int]) -> Column {
    let picked: Values
    switch values {
    case .numbers(let numbers):
      // None of them is infinite, so none needs to be looked for.
      return Column(finite: gather(numbers, rows, missing: .nan), unit: unit, known: known)
    case .text(let codes, let dictionary):
      picked = .text(codes: gather(codes, rows, missing: -1), dictionary: dictionary)
    case .months(let months): picked = .months(gather(months, rows, missing: .missing))
    case .dates(let dates): picked = .dates(gather(dates, rows, missing: .missing))
    }
    return Column(picked, unit: unit, known: known)
  }

  /// Whether two columns hold the same values, bit for bit, missing ones included.
  public func isIdentical(to other: Column) -> Bool {
    guard unit == other.unit, known == other.known, count == other.count else { return false }
    switch (values, other.values) {
    case (.numbers(let a), .numbers(let b)):
      return zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
    case (.text, .text): return (0..<count).allSatisfy { text(at: $0) == other.text(at: $0) }
    case (.months(let a), .months(let b)): return a == b
    case (.dates(let a), .dates(let b)): return a == b
    default: return false
    }
  }
}

private func gather<Value>(_ values: [Value], _ rows: [Int], missing: Value) -> [Value] {
  values.withUnsafeBufferPointer { source in
    [Value](unsafeUninitializedCapacity: rows.count) { target, count in
      for (k, row) in rows.enumerated() {
        target.initializeElement(at: k, to: row >= 0 ? source[row] : missing)
      }
      count = rows.count
    }
  }
}
