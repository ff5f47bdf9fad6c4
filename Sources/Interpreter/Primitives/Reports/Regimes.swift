// Stretches of time that a portfolio is looked at in: given ones, volatility before, before and after publication.

import FactorLang
import FactorRuntime

/// Labels of periods.
struct Regimes {
  /// One way to divide time.
  private struct Division {
    let name: String
    let labels: [Period: String]
  }

  private var divisions: [Division] = []
  private let published: Period?
  private static let most = 12

  /// Reads a table with a row a period; numbers of many values are divided at their median.
  init(_ value: Value, published: Value) throws {
    switch published {
    case .missing: self.published = nil
    case .month(let month): self.published = month
    case .date(let day): self.published = Period(day)
    default:
      throw Fault(
        .wrongType, "`published` is a month such as 1993-03, not \(published.type.phrase)",
        parameter: "published")
    }
    if value.isMissing { return }
    guard let table = TableFlow(value)?.table, let periods = table.periods,
      Set(periods).count == periods.count
    else {
      throw Fault(
        .wrongType, "`regimes` is a table with a column `month` or `date`, one row each",
        parameter: "regimes")
    }
    for (name, column) in table.columns where !["month", "date"].contains(name) {
      divisions.append(Division(name: name, labels: try Self.labels(name, column, periods)))
    }
  }

  private static func labels(
    _ name: String, _ column: Column, _ periods: [Period]
  ) throws -> [Period: String] {
    let kept = periods.indices.filter { !column.isMissing(at: $0) }
    let texts = kept.map { ValueText.short(column.value(at: $0)) }
    var found: [Period: String] = [:]
    if Set(texts).count <= most {
      for (row, text) in zip(kept, texts) { found[periods[row]] = text }
      return found
    }
    guard let numbers = column.numbers else {
      throw Fault(
        .outOfRange, "`\(name)` has \(Set(texts).count) values; regimes are \(most) at most",
        parameter: "regimes")
    }
    let middle = Quantile.median(numbers)
    for row in kept { found[periods[row]] = numbers[row] > middle ? "high" : "low" }
    return found
  }

  /// What the returns were in each regime.
  func table(_ returns: [Double], _ months: [Period], _ clock: Clock) -> Table {
    let year = clock.periodsPerYear
    let all = divisions + ownDivisions(returns, months, clock)
    let rows = all.flatMap { division -> [(name: String, label: String, values: [Double])] in
      let labels = months.map { division.labels[$0] }
      var order: [String] = []
      for case let label? in labels where !order.contains(label) { order.append(label) }
      return order.sorted().map { label in
        (division.name, label, zip(returns, labels).filter { $1 == label }.map(\.0))
      }
    }
    let performance = rows.map { Performance($0.values, periodsPerYear: year) }
    var table = SheetTable()
    table.text("division", rows.map(\.name))
    table.text("regime", rows.map(\.label))
    table.add("\(clock.noun)s", performance.map { Double($0.count) }, .count)
    table.add(.mean, performance.map { Double(year) * $0.mean })
    table.add(.volatility, performance.map(\.volatility))
    table.add(.sharpe, performance.map(\.sharpeRatio))
    table.add(.worst, performance.map(\.worst))
    return table.table(
      "regimes",
      notes: [
        "  mean and volatility a year · volatility before: sd of the year before, against its median"
      ])
  }

  // Volatility of the year before each period is known when it begins.
  private func ownDivisions(
    _ returns: [Double], _ months: [Period], _ clock: Clock
  ) -> [Division] {
    let window = clock.periodsPerYear
    let rolling = Timelines(series: months).rolling(returns, window: window, minimum: window) {
      Moments(Array($0)).standardDeviation()
    }
    let before = [.nan] + rolling.dropLast()
    let middle = Quantile.median(before)
    var calm: [Period: String] = [:]
    for (month, value) in zip(months, before) where !value.isNaN {
      calm[month] = value > middle ? "high" : "low"
    }
    var found = calm.isEmpty ? [] : [Division(name: "volatility before", labels: calm)]
    if let published {
      var labels: [Period: String] = [:]
      for month in months {
        labels[month] =
          month.firstDay.days < published.firstDay.days
          ? "before \(published)" : "from \(published) on"
      }
      found.append(Division(name: "publication", labels: labels))
    }
    return found
  }
}
