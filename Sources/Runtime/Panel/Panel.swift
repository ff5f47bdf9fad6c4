// A panel: sorted keys and named columns of equal length, immutable.

/// Named columns over sorted (month, asset) keys.
public struct Panel: Sendable {
  /// The sorted keys.
  public let index: PanelIndex
  /// The names of the columns, in order.
  public let names: [String]
  /// The columns, in the order of `names`.
  public let columns: [Column]
  /// The name of the asset key in the source.
  public let assetKey: String
  /// The name of the time key in the source.
  public let dateKey: String
  /// The day of every row as read; nil if the source had months only.
  public let dates: [CalendarDate]?
  /// How the source spells dates.
  public let dateStyle: DateStyle
  // For look-up only; order always comes from `names`.
  private let positions: [String: Int]

  /// Creates a panel; every column must have one value per key and a name of its own.
  public init(
    index: PanelIndex, columns: [(name: String, column: Column)], assetKey: String = "asset",
    dateKey: String = "date", dates: [CalendarDate]? = nil, dateStyle: DateStyle = .month
  ) throws(PanelError) {
    var positions: [String: Int] = [:]
    for (position, item) in columns.enumerated() {
      guard positions.updateValue(position, forKey: item.name) == nil else {
        throw .duplicateColumn(name: item.name)
      }
      guard item.column.count == index.count else {
        throw .lengthMismatch(
          name: item.name, expected: index.count, found: item.column.count)
      }
    }
    precondition(dates.map { $0.count == index.count } ?? true)
    self.index = index
    names = columns.map(\.name)
    self.columns = columns.map(\.column)
    self.assetKey = assetKey
    self.dateKey = dateKey
    self.dates = dates
    self.dateStyle = dateStyle
    self.positions = positions
  }

  /// The number of rows.
  public var count: Int { index.count }
  /// The number of distinct assets.
  public var assetCount: Int { index.assetNames.count }
  /// The number of distinct months.
  public var monthCount: Int { index.months.count }

  /// Whether there is a column of this name.
  public func hasColumn(_ name: String) -> Bool { positions[name] != nil }

  /// The column of a name.
  public func column(_ name: String) throws(PanelError) -> Column {
    guard let position = positions[name] else {
      throw .noSuchColumn(name: name, available: names)
    }
    return columns[position]
  }

  /// The numbers of a column.
  public func numbers(_ name: String) throws(PanelError) -> [Double] {
    let column = try column(name)
    guard let numbers = column.numbers else {
      throw .wrongKind(name: name, expected: "numbers", found: column.kind)
    }
    return numbers
  }

  /// The names of the columns that hold numbers.
  public var numberNames: [String] {
    zip(names, columns).filter { $0.1.numbers != nil }.map(\.0)
  }

  /// Gives a panel with a column replaced, or added at the end.
  public func with(_ name: String, _ column: Column) throws(PanelError) -> Panel {
    var items = named
    if let position = positions[name] {
      items[position].column = column
    } else {
      items.append((name, column))
    }
    return try with(items)
  }

  /// Gives a panel with the same keys and other columns.
  public func with(_ items: [(name: String, column: Column)]) throws(PanelError) -> Panel {
    try Panel(
      index: index, columns: items, assetKey: assetKey, dateKey: dateKey, dates: dates,
      dateStyle: dateStyle)
  }

  /// The columns with their names.
  public var named: [(name: String, column: Column)] {
    zip(names, columns).map { (name: $0, column: $1) }
  }

  /// Whether two panels hold the same keys and values, bit for bit.
  public func isIdentical(to other: Panel) -> Bool {
    names == other.names && index.months == other.index.months
      && index.offsets == other.index.offsets && index.assets == other.index.assets
      && index.assetNames == other.index.assetNames && dates == other.dates
      && zip(columns, other.columns).allSatisfy { $0.isIdentical(to: $1) }
  }
}
