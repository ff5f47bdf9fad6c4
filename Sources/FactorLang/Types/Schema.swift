// The columns known to flow through a pipeline. A schema that is not complete proves nothing
// missing.

/// What is known about one column.
public struct ColumnInfo: Sendable, Hashable {
  /// The offset of keys and constants, known long before any row.
  public static let always = -100_000
  /// The offset of statistics of all rows, known when the sample has ended.
  public static let wholeSample = 100_000
  /// Tells whether an offset, lagged or not, is the end of the sample.
  public static func isWholeSample(_ offset: Int) -> Bool { offset > wholeSample / 2 }

  /// The name.
  public var name: String
  /// The type of its elements: num, ratio, bool, text, month, date or any.
  public var type: Type
  /// The unit word, such as `$`.
  public var unit: String?
  /// Periods after its row at which the value is known; nil if that cannot be told.
  public var known: Int?
  /// Where the program defines it.
  public var definedAt: Location?
  /// The expression that defines it, as written.
  public var formula: String?
  /// What it is a lead of, as written, if it is nothing else.
  public var leadOf: String?
  /// Tells whether the type was guessed from the first lines of a file.
  public var isGuessed: Bool

  /// Creates a description of a column.
  public init(
    _ name: String, _ type: Type = .any, unit: String? = nil, known: Int? = nil,
    definedAt: Location? = nil, formula: String? = nil, isGuessed: Bool = false
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.known = known
    self.definedAt = definedAt
    self.formula = formula
    leadOf = nil
    self.isGuessed = isGuessed
  }
}

/// The first and the last month of rows, both counted from the month 0000-01.
public struct MonthSpan: Sendable, Hashable {
  /// The first month.
  public var first: Int
  /// The last month.
  public var last: Int

  /// Creates a span from months counted from 0000-01.
  public init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  /// Counts the months of a calendar month from 0000-01.
  public static func index(year: Int, month: Int) -> Int { year * 12 + month - 1 }
}

/// By what rows were chosen, and when that was known.
public struct RowChoice: Sendable, Hashable {
  /// Periods after a row at which the condition is known.
  public var known: Int
  /// Where the condition stands.
  public var chosenAt: Location
}

/// The columns of a panel, table or task, in order.
public struct Schema: Sendable, Hashable {
  /// The columns in order.
  public private(set) var columns: [ColumnInfo]
  /// The names of the key columns.
  public var keys: [String]
  /// Tells whether no other column can exist; only then is an unknown name an error.
  public var isComplete: Bool
  /// Named lists of columns, such as the characteristics of a simulated world.
  public var sets: [String: [String]] = [:]
  /// The months that the rows lie in, if known; rows may fill less.
  public var months: MonthSpan?
  /// The latest known condition by which rows were chosen.
  public var choice: RowChoice?
  /// Where names stand, kept only when there are many.
  private var places: [String: Int] = [:]

  /// More columns than this are looked up through an index.
  private static let indexedFrom = 16

  /// Creates a schema; a later column of the same name replaces an earlier one.
  public init(_ columns: [ColumnInfo], keys: [String] = [], isComplete: Bool = true) {
    self.columns = []
    self.keys = keys
    self.isComplete = isComplete
    self.columns.reserveCapacity(columns.count)
    for column in columns { add(column) }
  }

  /// The names in order.
  public var names: [String] { columns.map(\.name) }

  /// Finds a column by name.
  public subscript(name: String) -> ColumnInfo? { place(of: name).map { columns[$0] } }

  /// Adds a column, or replaces the one of that name in its place.
  public mutating func add(_ column: ColumnInfo) {
    if let place = place(of: column.name) {
      columns[place] = column
      return
    }
    columns.append(column)
    if columns.count == Self.indexedFrom {
      for (place, column) in columns.enumerated() { places[column.name] = place }
    } else if columns.count > Self.indexedFrom {
      places[column.name] = columns.count - 1
    }
  }

  /// Keeps the named columns, in that order, after the keys.
  public func selecting(_ names: [String]) -> Schema {
    let wanted = keys + names.filter { !keys.contains($0) }
    return with(wanted.compactMap { self[$0] })
  }

  /// Drops the named columns.
  public func dropping(_ names: [String]) -> Schema {
    let dropped = Set(names)
    return with(columns.filter { !dropped.contains($0.name) })
  }

  /// Periods after a row at which a column is known; keys are known always.
  public func known(_ name: String) -> Int? {
    if let known = self[name]?.known { return known }
    return keys.contains(name) || name == "month" ? ColumnInfo.always : nil
  }

  private func place(of name: String) -> Int? {
    if columns.count >= Self.indexedFrom { return places[name] }
    return columns.firstIndex { $0.name == name }
  }

  private func with(_ columns: [ColumnInfo]) -> Schema {
    var copy = Schema(columns, keys: keys, isComplete: isComplete)
    (copy.sets, copy.months, copy.choice) = (sets, months, choice)
    return copy
  }
}
