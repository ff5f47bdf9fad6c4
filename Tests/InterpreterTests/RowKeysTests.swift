// Rows told apart by number: against keys written out, between tables, with missing values, and stopped.

import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct RowKeysTests {
  private static let days = [0, 31, -1].map { CalendarDate(days: Int32($0)) }

  private static func table(_ random: inout RandomStream, rows: Int) -> Table {
    func picks(_ limit: Int) -> [Int] { (0..<rows).map { _ in random.below(limit) } }
    let texts: [String?] = ["a", "na", "", nil, "nan"]
    let numbers = [0.0, -0.0, .nan, 1, 0.1 + 0.2, 0.3]
    return Table(columns: [
      ("text", Column(text: picks(texts.count).map { texts[$0] })),
      ("number", Column(numbers: picks(numbers.count).map { numbers[$0] })),
      ("day", Column(.dates(picks(days.count).map { days[$0] }))),
    ])
  }

  /// A row's values, a missing one equal to itself and zero equal to minus zero.
  private static func written(_ table: Table, _ names: [String], _ row: Int) -> [String?] {
    names.map { name in
      guard let column = table.column(name), !column.isMissing(at: row) else { return nil }
      if let numbers = column.numbers { return "\(numbers[row] + 0)" }
      return column.key(at: row)
    }
  }

  @Test(arguments: [["text"], ["number"], ["day", "text"], ["number", "text", "day"]])
  func equalRowsHaveEqualNumbers(_ names: [String]) throws {
    var random = RandomStream(seed: 11, purpose: .example)
    var keys = RowKeys(names, Budget())
    var seen: [[String?]: Int] = [:]
    // The second table goes on where the first one ended.
    for rows in [0, 1, 40, 300] {
      let table = Self.table(&random, rows: rows)
      let numbers = try keys.numbers(of: table)
      for row in 0..<rows {
        let key = Self.written(table, names, row)
        #expect(numbers[row] == seen[key, default: seen.count], "\(key)")
        seen[key] = numbers[row]
      }
    }
  }

  @Test func aColumnThatIsNotThereIsNamed() {
    var keys = RowKeys(["nowhere"], Budget())
    #expect(throws: PanelError.self) {
      try keys.numbers(of: Table(columns: [("x", Column(numbers: [1]))]))
    }
  }

  @Test func askedToStopItStops() {
    let budget = Budget()
    budget.cancel()
    var keys = RowKeys(["x"], budget)
    #expect(throws: BudgetError.cancelled) {
      try keys.numbers(of: Table(columns: [("x", Column(numbers: [1, 2]))]))
    }
  }

  @Test func aJoinTellsWhichKeyIsThereTwice() {
    let result = run(
      "a = toy | summarise n = count(), by: [month, id]\ntoy | join ([a, a] | stack), on: [id, month]"
    )
    #expect(result.codes == ["F0403"])
    #expect(
      result.diagnostics.first?.message == "the table to join has two rows for 1, 2000-01")
  }

  @Test func aMissingKeyFindsNoPartner() {
    let text = """
      a = [{k: "x", v: 1}, {k: na, v: 2}, {k: "y", v: 3}]
      b = [{k: "y", w: 5}, {k: na, w: 6}]
      (a | join b, on: k).w
      """
    #expect(run(text).shown == "[na, na, 5]")
  }

  /// The month of a day, or the day of a month, is on both sides and the same: it stays one column.
  @Test func timesThatAgreeAreOneColumn() {
    let other = "other = toy | derive past = lag(ret, 1m) | select past\n"
    for keys in ["[id, month]", "[id, date]"] {
      let result = run(other + "q = toy | join other, on: \(keys)\nq.columns")
      #expect(result.shown == "[\"ret\", \"size\", \"mom\", \"past\"]")
    }
    let late = "late = [{id: \"1\", month: 2000-02, date: 2000-01-31}]\n"
    let result = run(late + "toy | join late, on: [id, month]")
    #expect(result.diagnostics.first?.message == "both tables have a column `date`")
  }

  @Test func theTableThatLacksTheKeyIsNamed() {
    let result = run("toy | join (toy | summarise m = mean(ret), by: month), on: id")
    #expect(
      result.diagnostics.first?.message == "the table to join has no column `id`, only `month`, `m`"
    )
  }
}
