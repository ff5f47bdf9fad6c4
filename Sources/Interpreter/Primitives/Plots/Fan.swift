// A fan: the median of simulated paths and the bands around it.

import FactorRuntime

enum Fan {
  static func scene(_ table: Table, _ bands: [Double], _ title: String) throws -> Scene {
    guard let months = table.periods,
      let median = table.column("p50")?.numbers
    else {
      throw Fault(
        .wrongType, "`plot.fan` needs the columns month and p50",
        helps: ["simulate m, horizon: 24m | plot.fan bands: [50%, 90%]"])
    }
    var series = [(name: "median", values: median)]
    for band in bands.sorted() {
      guard (0...1).contains(band) else {
        throw Fault(
          .outOfRange, "a band is a share of the paths, not \(ValueText.number(band))",
          helps: ["use 50% and 90%"], parameter: "bands")
      }
      let share = NumberFormat.percent(band, decimals: 0)
      for (side, tail) in [("lower", (1 - band) / 2), ("upper", (1 + band) / 2)] {
        let name = "p\(Int((100 * tail).rounded()))"
        guard let column = table.column(name)?.numbers else {
          throw Fault(
            .outOfRange, "the table has no `\(name)` for the band of \(share)",
            helps: ["use 50% and 90%"], parameter: "bands")
        }
        series.append(("\(share) \(side)", column))
      }
    }
    return LinePlot.overMonths(
      title, months: months, series: series, unit: table.column("p50")?.unit ?? .plain)
  }
}
