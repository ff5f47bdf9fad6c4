// Buckets, IC, turnover and persistence of a signal, against alphalens; Tests/Parity/alphalens says how.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct SignalParityTests {
  private let expected: JSON
  private let panel: Panel

  init() throws {
    expected = try JSON(parsing: try FileSystem.read(ParityFolder.path("alphalens/expected.json")))
    panel = try PanelReader.read(
      path: ParityFolder.path(
        "../../examples/data/us-stocknet88/us_stocknet88_monthly_2013_2017.csv")
    ).panel
  }

  private func numbers(_ json: JSON?) -> [Double] {
    guard case .list(let items)? = json else { return [] }
    return items.map(number)
  }

  private func number(_ json: JSON?) -> Double {
    if case .number(let value)? = json { value } else { .nan }
  }

  // alphalens works on the firms that have both; so must the sort it is compared with.
  private func sorted(
    _ name: String
  ) throws -> (signal: [Double], returns: [Double], sort: PortfolioSort, row: JSON) {
    let row = try #require(expected[name])
    let returns = try panel.numbers("RET")
    let signal = zip(try panel.numbers(name), returns).map { $1.isNaN ? .nan : $0 }
    let count = try #require(row["quantiles"]?.integer)
    let sort = PortfolioSort(quantilesOf: signal, index: panel.index, buckets: count)
    return (signal, returns, sort, row)
  }

  @Test(arguments: ["retvol", "mom12m"]) func bucketsAreTheQuantilesOfAlphalens(
    name: String
  ) throws {
    let (signal, returns, sort, row) = try sorted(name)
    let series = BucketSeries(sort, forecast: signal, returns: returns, index: panel.index)
    for k in series.returns.indices {
      expectClose(
        series.returns[k], numbers(row["returns"]?["\(k + 1)"]), absolute: 1e-14,
        "bucket \(k + 1)")
    }
    // alphalens halves the difference, so that both legs together are worth one.
    expectClose(series.spread.map { $0 / 2 }, numbers(row["spread"]), absolute: 1e-14)
    let groups = (1...sort.bucketCount).map { bucket in
      Moments(sort.buckets.indices.filter { Int(sort.buckets[$0]) == bucket }.map { signal[$0] })
    }
    #expect(groups.map { Double($0.count) } == numbers(row["count"]))
    expectClose(groups.map(\.mean), numbers(row["mean"]), relative: 1e-12)
    expectClose(groups.map { $0.standardDeviation() }, numbers(row["sd"]), relative: 1e-10)
    #expect(groups.map(\.minimum) == numbers(row["min"]))
    #expect(groups.map(\.maximum) == numbers(row["max"]))
    expectClose(series.returns.map { Moments($0).mean }, numbers(row["pooled"]), absolute: 1e-14)
  }

  @Test(arguments: ["retvol", "mom12m"]) func theICIsThatOfAlphalens(name: String) throws {
    let (signal, returns, _, row) = try sorted(name)
    let found = try InformationCoefficient(signal, returns, index: panel.index)
    expectClose(found.series, numbers(row["ic"]), absolute: 1e-13)
    expectClose(found.mean, number(row["ic_mean"]), absolute: 1e-13)
    expectClose(found.standardDeviation, number(row["ic_sd"]), absolute: 1e-13)
    let years = CalendarReturns.means(found.series, months: panel.index.months)
    expectClose(years.byYear.map(\.mean), numbers(row["ic_by_year"]), absolute: 1e-13)
  }

  @Test(arguments: ["retvol", "mom12m"]) func turnoverIsThatOfAlphalens(name: String) throws {
    let (signal, _, sort, row) = try sorted(name)
    let fresh = SignalStability.newNames(sort, index: panel.index)
    for k in fresh.indices {
      expectClose(fresh[k], numbers(row["turnover"]?["\(k + 1)"]), absolute: 1e-14)
    }
    expectClose(
      SignalStability.rankAutocorrelation(signal, index: panel.index),
      numbers(row["rank_autocorrelation"]), absolute: 1e-12)
  }

  // Draws differ; 1,000 of them are good to about three points.
  @Test(arguments: ["retvol", "mom12m"]) func theMonotonicRelationTestAgrees(name: String) throws {
    let (signal, returns, sort, row) = try sorted(name)
    let series = BucketSeries(sort, forecast: signal, returns: returns, index: panel.index)
    let found = MonotonicityTest(series.returns)
    expectClose(found.rising, number(row["rising"]), absolute: 0.05)
    expectClose(found.falling, number(row["falling"]), absolute: 0.05)
  }
}
