// Compares statistics with numbers made elsewhere; each folder of Tests/Parity says how.

import FactorRuntime
import TestSupport
import Testing

@Suite struct RuntimeParityTests {
  private static func table(_ name: String, root: String = #filePath) throws -> CSVTable {
    let tests = root.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
      .joined(separator: "/")
    return try CSVReader.read(path: tests + "/Parity/" + name)
  }

  private func numbers(_ table: CSVTable, _ name: String) throws -> [Double] {
    let position = try #require(table.position(name))
    return try #require(table.columns[position].numbers)
  }

  @Test func crossSectionsAgree() throws {
    let data = try Self.table("cross-section/data.csv")
    let expected = try Self.table("cross-section/expected.csv")
    let panel = try PanelReader.panel(from: data, asset: "id", date: "date").panel
    let (x, offsets) = (try panel.numbers("x"), panel.index.offsets)
    expectClose(
      CrossSection.rankNormalized(x, offsets: offsets), try numbers(expected, "rank"),
      absolute: 1e-15)
    expectClose(
      CrossSection.winsorized(x, offsets: offsets, lower: 0.05, upper: 0.95),
      try numbers(expected, "winsorized"), absolute: 1e-14)
    let turnover = Turnover.series(
      weights: try panel.numbers("weight"), returns: try panel.numbers("ret"),
      index: panel.index, months: Array(panel.index.months.indices))
    let wanted = try numbers(expected, "turnover")
    expectClose(turnover, offsets.dropLast().map { wanted[$0] }, absolute: 1e-13)
  }

  @Test func leastSquaresAgree() throws {
    let data = try Self.table("least-squares/data.csv")
    let expected = try Self.table("least-squares/expected.csv")
    let columns = try ["x1", "x2", "x3"].map { try numbers(data, $0) }
    let x = Matrix((0..<data.rowCount).map { row in [1] + columns.map { $0[row] } })
    let fit = try LeastSquares(x, try numbers(data, "y"))
    expectClose(fit.coefficients, try numbers(expected, "coefficient"), relative: 1e-10)
    expectClose(fit.standardErrors, try numbers(expected, "standard_error"), relative: 1e-9)
  }

  @Test func managedPortfoliosAndRankCorrelationsAgree() throws {
    let data = try Self.table("managed/data.csv")
    let expected = try Self.table("managed/expected.csv")
    let months = try numbers(data, "month")
    let columns = try (1...4).map { try numbers(data, "c\($0)") }
    let returns = try numbers(data, "ret")
    let starts = months.indices.filter { $0 == 0 || months[$0] != months[$0 - 1] }
    let offsets = starts + [months.count]
    let portfolios = try ManagedPortfolios(
      characteristics: months.indices.flatMap { row in columns.map { Float($0[row]) } }, count: 4,
      offsets: offsets, ridge: 0)
    #expect(portfolios.warnings.isEmpty)
    let found = try portfolios.returns(returns)
    let slopes = try (1...5).map { try numbers(expected, "x\($0)") }
    let correlations = try numbers(expected, "spearman")
    for t in starts.indices {
      expectClose(Array(found.row(t)), slopes.map { $0[t] }, absolute: 1e-13, "month \(t)")
      // Pairs with a missing part do not count.
      let rows = offsets[t]..<offsets[t + 1]
      let known = rows.map { columns[1][$0] < 0.7 ? returns[$0] : .nan }
      expectClose(
        Correlation.spearman(Array(columns[0][rows]), known), correlations[t], absolute: 1e-14)
    }
  }
}
