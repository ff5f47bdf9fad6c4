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
}
