// What can be wrong with a panel or with a request made of it: facts, no places in a program.

/// A fact that stopped a panel from being made or used.
public enum PanelError: Error, Equatable, Sendable {
  /// No column has this name.
  case noSuchColumn(name: String, available: [String])
  /// Two columns would have this name.
  case duplicateColumn(name: String)
  /// A column has another number of rows than the panel.
  case lengthMismatch(name: String, expected: Int, found: Int)
  /// A column holds another kind of value than the operation needs.
  case wrongKind(name: String, expected: String, found: String)
  /// Several rows share a month and an asset; rows count from zero in the order given.
  case duplicateKeys(asset: String, month: Period, rows: [Int], count: Int)
  /// Rows have no month or no asset; the first of them counts from zero.
  case missingKey(key: String, row: Int, count: Int)
  /// No asset has this name.
  case noSuchAsset(name: String, assets: Int)
  /// A slice lies outside the panel's months.
  case outsideMonths(requested: String, first: Period, last: Period)
  /// Nothing is left.
  case empty(stage: String)
  /// Some months have too few assets for the operation.
  case tooFewAssets(needed: Int, months: [Period], smallest: Int)
  /// Equal signals lie on a break point in some months.
  case tiedBreakPoints([TiedMonth])
  /// Two tables do not cover the same rows.
  case shapeMismatch(expected: Int, found: Int)
}

extension PanelError {
  /// The fact as a plain sentence.
  public var message: String {
    switch self {
    case .noSuchColumn(let name, let available):
      "no column '\(name)'; the columns are \(listed(available))"
    case .duplicateColumn(let name): "there is already a column '\(name)'"
    case .lengthMismatch(let name, let expected, let found):
      "column '\(name)' has \(found) rows where the panel has \(expected)"
    case .wrongKind(let name, let expected, let found):
      "column '\(name)' holds \(found) where \(expected) is needed"
    case .duplicateKeys(let asset, let month, let rows, let count):
      "asset '\(asset)' appears \(rows.count) times in \(month) (rows "
        + rows.map { String($0 + 1) }.joined(separator: ", ") + "); \(count) rows repeat a key"
    case .missingKey(let key, let row, let count):
      "row \(row + 1) has no \(key); \(count) rows lack it"
    case .noSuchAsset(let name, let assets): "no asset '\(name)' among \(assets) assets"
    case .outsideMonths(let requested, let first, let last):
      "\(requested) lies outside the panel, which covers \(first)..\(last)"
    case .empty(let stage): "nothing is left after \(stage)"
    case .tiedBreakPoints(let months):
      "equal signals lie on a break point in \(months.count) months"
    case .tooFewAssets(let needed, let months, let smallest):
      "\(months.count) months have fewer than \(needed) assets (as few as \(smallest)): "
        + listed(months.map(\.description))
    case .shapeMismatch(let expected, let found):
      "\(found) values were given where \(expected) are needed"
    }
  }
}

/// Names in a list that stays readable when it is long.
func listed(_ names: [String], limit: Int = 12) -> String {
  if names.isEmpty { return "none" }
  let shown = names.prefix(limit).joined(separator: ", ")
  return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
}
