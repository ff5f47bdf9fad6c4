// Verbs on tables with a row a period: what lies between the rows.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct SeriesPrimitivesTests {
  @Test func shapesOfSharesAreNoShares() {
    let skew = run("toy | summarise s = skew(ret), v = std(ret)")
    let shape = skew.values.last.flatMap { TableFlow($0)?.table }
    #expect(shape?.column("s")?.unit == .plain && shape?.column("v")?.unit == .ratio)
  }

  // What lies between rows is no row, and no lead reaches over it as if it were.
  @Test func tablesKnowTheCalendar() throws {
    func numbers(_ text: String, _ file: String) throws -> (values: [Double], notes: [String]) {
      let folder = try TemporaryFolder()
      let path = try folder.write("s.csv", file)
      let result = run("s = series \"\(path)\"\n" + text)
      #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
      let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
      return (table.columns.compactMap { $0.column.numbers?.last }, table.notes)
    }
    let months = ["2001-01", "2001-02", "2001-06", "2001-07", "2002-01", "2002-02", "2002-03"]
    let a = [0.01, 0.03, -0.02, 0.05, -0.01, 0.02, 0],
      b = [0.02, -0.01, 0.04, 0, 0.03, 0.01, -0.02]
    let gapped = "month,a,b\n" + months.indices.map { "\(months[$0]),\(a[$0]),\(b[$0])\n" }.joined()
    let leads = try numbers(
      "s | correlate s, leads: 1..1 | where series == \"a\" and with == \"b\"", gapped)
    // Pairs a month apart: 2001-01, 2001-06, 2002-01 and 2002-02.
    #expect(leads.values.last == 4)
    let whole = try numbers("s | performance of: [\"a\"]", gapped)
    #expect(
      whole.notes.contains { $0.contains("8 months between the first and the last are missing") })
    let quarters = (0..<8).map { "200\(1 + $0 / 4)-\(["03", "06", "09", "12"][$0 % 4]),0.01\n" }
    let year = try numbers("s | performance", "month,r\n" + quarters.joined())
    #expect(year.notes[0].contains("every 3 months, 4 a year") && year.notes.count == 1)
    #expect(abs((year.values.first { $0 > 0.02 && $0 < 1 } ?? 0) - 0.04060401) < 1e-8)
  }
}
