// `instrument_test`: which rows it has, what its title says, and what it refuses.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct InstrumentTableTests {
  private static let setup = """
    t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds
    a = t | fit ipca, k: 1, intercept: true
    b = t | fit ipca, k: 1

    """

  private func table(_ text: String) throws -> Table {
    let result = run(Self.setup + text)
    guard case .table(let table)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no table")
    }
    return table
  }

  private func names(_ table: Table) -> [String] {
    guard let column = table.column("of") else { return [] }
    return (0..<table.count).map { ValueText.short(column.value(at: $0)) }
  }

  @Test func everythingIsTestedWhereNothingIsNamed() throws {
    #expect(names(try table("a | instrument_test draws: 10")) == ["intercept", "size", "mom"])
    #expect(names(try table("b | instrument_test draws: 10")) == ["size", "mom"])
    let one = try table("b | instrument_test of: [\"mom\"], draws: 10")
    #expect(names(one) == ["mom"])
    let p = try #require(one.column("p")?.numbers)
    #expect((0...1).contains(p[0]))
  }

  @Test func theTitleSaysDrawsSeedAndSample() throws {
    let found = try table("seed 4\na | instrument_test of: [\"size\"], draws: 12")
    #expect(
      found.title
        == "ipca · bootstrap tests · 12 draws from seed 4 · 2000-01..2000-08 · 8 months · 234 rows")
    let other = try table("a | instrument_test of: [\"size\"], draws: 12")
    #expect(found.column("statistic")?.numbers == other.column("statistic")?.numbers)
  }

  @Test(arguments: [
    ("b | instrument_test of: [\"sise\"], draws: 10", "F0101"),
    ("b | instrument_test of: [\"intercept\"], draws: 10", "F0601"),
    ("b | instrument_test of: [], draws: 10", "F0201"),
    ("b | instrument_test draws: 3", "F0203"),
    ("(t | fit pca, k: 1) | instrument_test draws: 10", "F0201"),
  ]) func whatCannotBeTestedIsRefused(text: String, code: String) {
    #expect(run(Self.setup + text).codes == [code])
  }
}
