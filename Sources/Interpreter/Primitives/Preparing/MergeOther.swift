// The data to be merged to a panel: their keys, their columns, and how they differ in what they mean.

import FactorLang
import FactorRuntime

/// A panel or table with the keys that it shares with a panel.
struct MergeOther {
  let keys: MergeKeys
  let columns: [(name: String, column: Column)]
  /// The day of each row as read, where the source had days.
  let dates: [CalendarDate]?
  /// When the last condition by which its rows were chosen is known.
  let selection: Int
  /// When its rows were, where none of its columns tells it.
  let times: RowTimes?

  init(_ flow: RowsFlow, of panel: Panel) throws {
    switch flow {
    case .panel(let value):
      let other = value.panel
      keys = MergeKeys(
        assets: other.index.assets, names: other.index.assetNames, periods: other.index.rowMonths,
        clock: other.index.clock)
      columns = other.named
      (dates, selection, times) = (other.dates, value.selection, nil)
    case .table(let table):
      let firm = table.columns.first {
        $0.name == panel.assetKey || $0.name.lowercased() == panel.assetKey.lowercased()
      }
      let time = table.columns.first { $0.column.periods != nil }
      guard firm != nil || time != nil else {
        throw Fault(
          .unknownColumn,
          "the table has neither a column of periods nor a column `\(panel.assetKey)` of firms",
          helps: ["call its firms as the panel does:  rename \(panel.assetKey) = …"],
          parameter: "other")
      }
      let periods = time.flatMap(\.column.periods)
      let (codes, names) = try firm.map { try Self.firms($0) } ?? (nil, [])
      keys = MergeKeys(
        assets: codes, names: names, periods: periods,
        clock: Clock((periods ?? []).filter { !$0.isMissing }.sorted()))
      let counted = periods.map { table.counted(from: $0) } ?? table
      columns = counted.columns.filter { item in
        item.name != firm?.name && item.name != time?.name && item.name != "month"
      }
      (dates, selection) = (nil, Availability.always)
      times = periods == nil ? table.rowTimes : nil
    }
  }

  private static func firms(
    _ item: (name: String, column: Column)
  ) throws -> (codes: [Int32]?, names: [String]) {
    switch item.column.values {
    case .text(let codes, let names): return (codes, names)
    case .numbers(let numbers):
      // Numbers name firms as whole numbers do.
      let texts = numbers.map { $0.isNaN ? nil : ValueText.number($0).filter { $0 != "," } }
      guard case .text(let codes, let names) = Column(text: texts).values else { break }
      return (codes, names)
    default: break
    }
    throw Fault(
      .wrongType, "`\(item.name)` holds \(item.column.kind), not firms", parameter: "other")
  }

  /// The columns to add; none of them may be there already.
  func chosen(
    _ wanted: [String], beside panel: Panel
  ) throws -> [(name: String, column: Column)] {
    let all = columns.filter { $0.name != panel.assetKey && $0.name != panel.dateKey }
    let chosen =
      try wanted.isEmpty
      ? all
      : wanted.map { name in
        guard let item = columns.first(where: { $0.name == name }) else {
          throw PanelError.noSuchColumn(name: name, available: columns.map(\.name))
        }
        return item
      }
    guard !chosen.isEmpty else {
      throw Fault(
        .missingArgument, "there are no columns to add beside the keys", parameter: "other")
    }
    if let twice = chosen.first(where: { panel.hasColumn($0.name) }) {
      throw Fault(
        .duplicateName, "both have a column `\(twice.name)`",
        helps: [
          "give one another name:    rename other_\(twice.name) = \(twice.name)",
          "or name what to add:      columns: [\"…\"]",
        ], parameter: "other")
    }
    return chosen
  }

  func fault(_ repeated: RepeatedKey) -> Fault {
    let parts = [
      keys.assets.map { $0[repeated.first] < 0 ? "na" : keys.names[Int($0[repeated.first])] },
      keys.periods.map { $0[repeated.first].description },
    ].compactMap { $0 }
    return Fault(
      .duplicateKey,
      "the other data have two rows for \(parts.joined(separator: ", ")): rows \(repeated.first + 1) and \(repeated.second + 1)",
      helps: ["make them one first, for example with summarise"], parameter: "other")
  }

  func stranger(to panel: Panel) -> Fault {
    func some(_ names: [String]) -> String { names.prefix(3).joined(separator: ", ") }
    var fault = Fault(
      .outsideData,
      "no firm is in both: \(some(panel.index.assetNames)), … and \(some(keys.names)), …",
      parameter: "other")
    func bare(_ name: String) -> String {
      String(name.lowercased().drop { $0 == "0" || $0 == " " })
    }
    let here = Set(panel.index.assetNames.map(bare))
    if keys.names.contains(where: { here.contains(bare($0)) }) {
      fault.notes = ["they would agree without leading zeros, spaces and capital letters"]
    }
    return fault
  }
}

/// What a merge says about data that do not mean the same.
enum MergeNotes {
  static func of(
    _ panel: Panel, _ other: MergeOther, _ added: [(name: String, column: Column)], sameClock: Bool
  ) -> [String] {
    var notes: [String] = []
    if sameClock, let here = anchor(panel.dates), let there = anchor(other.dates), here != there {
      notes.append(
        "months are dated by their \(here.rawValue) day here and by their \(there.rawValue) day in the other data; "
          + "they were matched by month")
    }
    // Decimals and percent side by side are the commonest silent error of merges.
    let (mine, its) = (returns(panel.named), returns(added))
    if let percent = its.first(where: isPercent), let other = mine.first(where: { !isPercent($0) })
    {
      notes.append(inPercent(percent, beside: other))
    } else if let percent = mine.first(where: isPercent),
      let other = its.first(where: { !isPercent($0) })
    {
      notes.append(inPercent(percent, beside: other))
    }
    return notes
  }

  private enum Anchor: String { case first, last }
  // Most days of months tell by which day they stand.
  private static func anchor(_ dates: [CalendarDate]?) -> Anchor? {
    guard let dates, !dates.isEmpty else { return nil }
    let days = dates.map(\.parts.day)
    if days.count(where: { $0 == 1 }) * 10 > days.count * 9 { return .first }
    if days.count(where: { $0 >= 26 }) * 10 > days.count * 9 { return .last }
    return nil
  }

  private typealias Named = (name: String, column: Column)

  private static func returns(_ columns: [Named]) -> [Named] {
    columns.filter { item in
      item.column.numbers != nil
        && (item.column.unit == .ratio || ReturnAliases.isReturn(item.name))
    }
  }

  private static func isPercent(_ item: Named) -> Bool {
    ReturnUnit(of: [item.column.numbers ?? []], arePortfolios: false) == .percent
  }

  private static func inPercent(_ item: Named, beside other: Named) -> String {
    "`\(item.name)` looks like percent and `\(other.name)` like decimals: "
      + "derive \(item.name) = \(item.name) * 0.01"
  }
}
