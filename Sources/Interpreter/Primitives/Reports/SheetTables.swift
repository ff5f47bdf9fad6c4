// Columns of a sheet's tables, each with the definition of its figures.

import FactorLang
import FactorRuntime

/// A table in the making.
struct SheetTable {
  private var columns: [(name: String, column: Column)] = []
  private var statistics: [String: Statistic] = [:]
  private var decimals: [String: Int] = [:]
  private static let known = Availability.wholeSample

  init() {}

  mutating func text(_ name: String, _ values: [String?]) {
    columns.append((name, Column(text: values, known: Self.known)))
  }

  mutating func time(_ months: [Period]) { columns.append(Column.time(months)) }

  mutating func add(
    _ name: String, _ values: [Double], _ unit: ColumnUnit = .plain, _ statistic: Statistic? = nil,
    decimals places: Int? = nil
  ) {
    columns.append((name, Column(numbers: values, unit: unit, known: Self.known)))
    statistics[name] = statistic
    decimals[name] = unit == .plain ? places ?? statistic?.decimals : nil
  }

  /// A column of a figure under a name of its own, in the figure's unit.
  mutating func add(_ name: String, _ statistic: Statistic, _ values: [Double]) {
    add(name, values, statistic.unit, statistic)
  }

  /// A column of a figure under its name.
  mutating func add(_ statistic: Statistic, _ values: [Double]) {
    add(statistic.name, statistic, values)
  }

  func table(_ title: String, notes: [String] = []) -> Table {
    var table = Table(title: title, columns: columns, notes: notes)
    (table.statistics, table.decimals) = (statistics, decimals)
    return table
  }
}
