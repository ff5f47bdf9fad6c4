// The columns known to flow through a pipeline. A schema that is not complete proves nothing
// missing.

/// What is known about one column.
public struct ColumnInfo: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The type of its elements: num, ratio, bool, text, month, date or any.
  public var type: Type
  /// The unit word, such as `$`.
  public var unit: String?
  /// Periods after its row at which the value is known; nil if not declared.
  public var known: Int?
  /// Where the program defines it.
  public var definedAt: Location?

  /// Creates a description of a column.
  public init(
    _ name: String, _ type: Type = .any, unit: String? = nil, known: Int? = nil,
    definedAt: Location? = nil
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.known = known
    self.definedAt = definedAt
  }
}

/// The columns of a panel, table or task, in order.
public struct Schema: Sendable, Hashable {
  /// The columns in order.
  public private(set) var columns: [ColumnInfo]
  /// The names of the key columns.
  public var keys: [String]
  /// Tells whether no other column can exist; only then is an unknown name an error.
  public var isComplete: Bool

  /// Creates a schema; a later column of the same name replaces an earlier one.
  public init(_ columns: [ColumnInfo], keys: [String] = [], isComplete: Bool = true) {
    self.columns = []
    self.keys = keys
    self.isComplete = isComplete
    for column in columns { add(column) }
  }

  /// The names in order.
  public var names: [String] { columns.map(\.name) }

  /// Finds a column by name.
  public subscript(name: String) -> ColumnInfo? { columns.first { $0.name == name } }

  /// Adds a column, or replaces the one of that name in its place.
  public mutating func add(_ column: ColumnInfo) {
    if let place = columns.firstIndex(where: { $0.name == column.name }) {
      columns[place] = column
    } else {
      columns.append(column)
    }
  }

  /// Keeps the named columns, in that order, after the keys.
  public func selecting(_ names: [String]) -> Schema {
    let wanted = keys + names.filter { !keys.contains($0) }
    return Schema(wanted.compactMap { self[$0] }, keys: keys, isComplete: isComplete)
  }

  /// Drops the named columns.
  public func dropping(_ names: [String]) -> Schema {
    Schema(
      columns.filter { !names.contains($0.name) }, keys: keys.filter { !names.contains($0) },
      isComplete: isComplete)
  }
}
