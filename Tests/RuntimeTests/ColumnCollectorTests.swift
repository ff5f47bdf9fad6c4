// Columns of typed files as columns of a table: keys, months as numbers, infinite values.

import Testing

@testable import FactorRuntime

@Suite struct ColumnCollectorTests {
  private func table(
    _ columns: [(String, [Double])], _ change: (inout CSVOptions) -> Void = { _ in }
  ) throws -> CSVTable {
    var options = CSVOptions()
    change(&options)
    return try ColumnCollector(format: "test", names: columns.map(\.0), options: options)
      .table(columns.map { CollectedColumn(.numbers($0.1)) }, notes: [])
  }

  @Test func numbersOfFirmsAreTextWithoutAPoint() throws {
    let table = try table([("permno", [10107, .nan]), ("x", [1, 2])])
    #expect(table.columns[0].text(at: 0) == "10107" && table.columns[0].text(at: 1) == nil)
    #expect(table.columns[1].numbers == [1, 2])
  }

  @Test func monthsAndDaysAsNumbersAreDates() throws {
    let months = try table([("yyyymm", [200411, .nan])]) { $0.dateColumns = ["yyyymm"] }
    guard case .months(let found) = months.columns[0].values else {
      Issue.record("no months")
      return
    }
    #expect(found == [Period(index: 2004 * 12 + 10), .missing])
    let days = try table([("date", [20041130])]) { $0.dateColumns = ["date"] }
    guard case .dates(let day) = days.columns[0].values else { return }
    #expect(day == [CalendarDate(year: 2004, month: 11, day: 30)])
  }

  @Test func whatIsNoDateIsLocated() {
    #expect(
      throws: CSVError.badValue(
        line: 2, column: 1, field: "date", value: "20041399", expected: "a date like 20041231")
    ) { try table([("date", [20041130, 20041399])]) { $0.dateColumns = ["date"] } }
    #expect(throws: CSVError.duplicateColumn(name: "x", columns: [1, 2])) {
      try table([("x", [1]), ("x", [2])])
    }
    #expect(throws: CSVError.headerOnly(columns: 1)) { try table([("x", [])]) }
  }

  @Test func infiniteValuesAreCounted() throws {
    let table = try table([("x", [1, .infinity, -.infinity])])
    #expect(table.columns[0].missingCount == 2)
    #expect(table.notes == ["x: 2 infinite or undefined values made missing"])
  }
}
