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
public struct Schema: Sendable {
  /// What a schema holds, shared until one of its owners changes it: the checker hands schemas from
  /// stage to stage, most of them unchanged.
  private final class Storage: @unchecked Sendable {
    var columns: [ColumnInfo] = []
    var keys: [String] = []
    var isComplete = true
    var sets: [String: [String]] = [:]
    var months: MonthSpan?
    var choice: RowChoice?
    var pace: Pace?
    /// Where the first names stand, kept only when there are many; those behind are few and looked
    /// through, so that adding a column does not copy the index.
    var places: [String: Int] = [:]

    init() {}

    init(_ other: Storage) {
      (columns, keys, isComplete) = (other.columns, other.keys, other.isComplete)
      (sets, months, choice, places) = (other.sets, other.months, other.choice, other.places)
      pace = other.pace
    }
  }

  private var storage = Storage()

  /// More columns than this outside the index bring a new one.
  private static let lookedThrough = 16

  /// Creates a schema; a later column of the same name replaces an earlier one.
  public init(_ columns: [ColumnInfo], keys: [String] = [], isComplete: Bool = true) {
    storage.keys = keys
    storage.isComplete = isComplete
    storage.columns.reserveCapacity(columns.count)
    guard columns.count > Self.lookedThrough else {
      for column in columns { add(column) }
      return
    }
    storage.places.reserveCapacity(columns.count)
    for column in columns {
      if let place = storage.places.updateValue(storage.columns.count, forKey: column.name) {
        storage.places[column.name] = place
        storage.columns[place] = column
      } else {
        storage.columns.append(column)
      }
    }
  }

  /// Whether rows surely stand for months: a key holds months, and the verb that gives them has no `date` for
  /// the case that the clock is another.
  public var isMonthly: Bool {
    keys.contains { self[$0]?.type == .month && ($0 == "date" || self["date"] == nil) }
  }

  /// The columns in order.
  public var columns: [ColumnInfo] { storage.columns }

  /// The names of the key columns.
  public var keys: [String] {
    get { storage.keys }
    set { own().keys = newValue }
  }

  /// Tells whether no other column can exist; only then is an unknown name an error.
  public var isComplete: Bool {
    get { storage.isComplete }
    set { own().isComplete = newValue }
  }

  /// Named lists of columns, such as the characteristics of a simulated world.
  public var sets: [String: [String]] {
    get { storage.sets }
    set { own().sets = newValue }
  }

  /// The months that the rows lie in, if known; rows may fill less.
  public var months: MonthSpan? {
    get { storage.months }
    set { own().months = newValue }
  }

  /// The latest known condition by which rows were chosen.
  public var choice: RowChoice? {
    get { storage.choice }
    set { own().choice = newValue }
  }

  /// How its clock goes, where that is known.
  public var pace: Pace? {
    get { storage.pace }
    set { own().pace = newValue }
  }

  /// The names in order.
  public var names: [String] { columns.map(\.name) }

  /// Finds a column by name.
  public subscript(name: String) -> ColumnInfo? { place(of: name).map { storage.columns[$0] } }

  /// Finds where a column stands.
  func place(of name: String) -> Int? {
    let (columns, indexed) = (storage.columns, storage.places.count)
    if indexed > 0, let place = storage.places[name] { return place }
    var place = columns.count
    while place > indexed {
      place -= 1
      if columns[place].name == name { return place }
    }
    return nil
  }

  /// Adds a column, or replaces the one of that name in its place.
  public mutating func add(_ column: ColumnInfo) {
    let place = place(of: column.name)
    let storage = own()
    if let place {
      storage.columns[place] = column
      return
    }
    storage.columns.append(column)
    guard storage.columns.count - storage.places.count > Self.lookedThrough else { return }
    for place in storage.places.count..<storage.columns.count {
      storage.places[storage.columns[place].name] = place
    }
  }

  /// Keeps the named columns, in that order, after the keys.
  public func selecting(_ names: [String]) -> Schema {
    let keys = keys
    let wanted = keys + names.filter { !keys.contains($0) }
    return with(wanted.compactMap { self[$0] }, keys: keys)
  }

  /// Drops the named columns.
  public func dropping(_ names: [String]) -> Schema {
    let dropped = Set(names)
    return with(
      columns.filter { !dropped.contains($0.name) }, keys: keys.filter { !dropped.contains($0) })
  }

  /// Gives a column another name where it stands; keys stay keys.
  public func renaming(_ old: String, to new: String) -> Schema {
    var schema = with(
      columns.map { column in
        var column = column
        if column.name == old { column.name = new }
        return column
      }, keys: keys.map { $0 == old ? new : $0 })
    schema.sets = sets.mapValues { $0.map { $0 == old ? new : $0 } }
    return schema
  }

  /// Periods after a row at which a column is known; keys are known always.
  public func known(_ name: String) -> Int? {
    if let known = self[name]?.known { return known }
    return keys.contains(name) || name == "month" ? ColumnInfo.always : nil
  }

  private func with(_ columns: [ColumnInfo], keys: [String]) -> Schema {
    var copy = Schema(columns, keys: keys, isComplete: isComplete)
    (copy.sets, copy.months, copy.choice) = (sets, months, choice)
    copy.pace = pace
    return copy
  }

  private mutating func own() -> Storage {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage) }
    return storage
  }
}

extension Schema: Hashable {
  /// Compares what the schemas hold.
  public static func == (left: Schema, right: Schema) -> Bool {
    let (own, its) = (left.storage, right.storage)
    if own === its { return true }
    // Schemas that differ mostly differ in what was added last.
    return own.columns.count == its.columns.count && own.columns.last == its.columns.last
      && own.columns == its.columns && own.keys == its.keys && own.isComplete == its.isComplete
      && own.sets == its.sets && own.months == its.months && own.choice == its.choice
      && own.pace == its.pace
  }

  /// Hashes a little of it: schemas are long, and rarely many.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(storage.columns.count)
    hasher.combine(storage.columns.last?.name)
  }
}
