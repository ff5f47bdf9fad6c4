// Sorts and trades: what they decide alone is said.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct TradingTests {
  // What the sort and the trade leave to the reader is said where it happens.
  @Test func portfoliosSayWhatTheyDecideAlone() {
    let tied = run("toy | derive flat = 1 | deciles flat")
    #expect(tied.notes.contains { $0.contains("fill a decile or more") }, "\(tied.notes)")
    let held = run(
      "toy | derive gone = if size > 5 then na else ret | deciles size | portfolio returns: gone")
    #expect(held.notes.contains { $0.contains("without a return in `gone`") }, "\(held.notes)")
    let constant = run("toy | derive flat = 1 | ic flat, against: ret")
    let table = constant.values.last.flatMap { TableFlow($0)?.table }
    #expect(table?.notes.first?.contains("one value for all firms") == true)
  }

  @Test func rowsWithoutASignalAreCountedWhereTheySort() {
    let result = run("toy | derive s = if size > 5 then na else size | deciles s")
    guard case .panel(let panel)? = result.values.last else { return #expect(Bool(false)) }
    let without = (try? panel.panel.numbers("decile"))?.count(where: \.isNaN) ?? 0
    #expect(without > 0)
    #expect(result.ledger.last?.detail.contains("\(without) rows without it in none") == true)
    #expect(run("toy | deciles size").ledger.last?.detail.contains("without it") == false)
  }

  @Test func monthsThatAreMissingInBetweenAreSaid() {
    let gap =
      "toy | where month < 2000-05 or month > 2000-06 | deciles size | portfolio returns: ret"
    #expect(
      run(gap).notes.contains { $0.contains("2 months between the first and the last are missing") }
    )
    #expect(run("toy | deciles size | portfolio returns: ret").notes.isEmpty)
  }

  @Test func lagsThatFindNothingSaySo() {
    let moved = run("toy | where month == 2000-01 | publish annual: mom")
    #expect(moved.notes.contains { $0.contains("`mom` has no value left") }, "\(moved.notes)")
  }
}
