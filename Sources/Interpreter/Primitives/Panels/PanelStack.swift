// Panels put one below the other: windows become one panel again.

import FactorLang
import FactorRuntime

enum PanelStack {
  /// One panel of the rows of all; a firm may have one row a month.
  static func stacked(_ panels: [PanelValue]) throws -> PanelValue {
    guard let first = panels.first else {
      throw Fault(.wrongType, "`stack` needs at least one panel", parameter: "tables")
    }
    var codes: [String: Int32] = [:]
    var (months, assets, names): ([Period], [Int32], [String]) = ([], [], [])
    for value in panels {
      let panel = value.panel
      guard panel.names == first.panel.names else {
        throw Fault(
          .unknownColumn,
          "the panels differ: \(first.panel.names.joined(separator: ", ")) and "
            + panel.names.joined(separator: ", "), parameter: "tables")
      }
      months += panel.index.rowMonths
      let own = panel.index.assetNames.map { name -> Int32 in
        if let code = codes[name] { return code }
        let code = Int32(names.count)
        codes[name] = code
        names.append(name)
        return code
      }
      assets += panel.index.assets.map { own[Int($0)] }
    }
    let (index, order) = try PanelIndex.sorting(months: months, assets: assets, names: names)
    let columns = try first.panel.names.map { name in
      let column = try joined(panels.map { try $0.panel.column(name) }, name)
      return (name: name, column: order.map { column.gathered($0) } ?? column)
    }
    var result = first.with(
      try Panel(
        index: index, columns: columns, assetKey: first.panel.assetKey,
        dateKey: first.panel.dateKey))
    result.selection = panels.map(\.selection).max() ?? first.selection
    return result
  }

  private static func joined(_ parts: [Column], _ name: String) throws -> Column {
    // What is known latest decides for all.
    let known = parts.map(\.known).max() ?? 0
    let numbers = parts.compactMap(\.numbers)
    if numbers.count == parts.count, let unit = parts.first?.unit {
      return Column(numbers: numbers.flatMap { $0 }, unit: unit, known: known)
    }
    let cells = parts.flatMap { part in (0..<part.count).map { part.value(at: $0) } }
    guard var column = Column(cells: cells) else {
      throw Fault(.wrongType, "`\(name)` is of several types", parameter: "tables")
    }
    column.known = known
    return column
  }
}
