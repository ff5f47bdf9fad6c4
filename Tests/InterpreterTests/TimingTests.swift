// No look-ahead by the back door: what a row's being there tells of the months to come.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct TimingTests {
  /// Characteristics known a month before the return of their row.
  private static let known = "k = toy | derive size = lag(size, 1m), mom = lag(mom, 1m)\n"

  // A lead of rows that were chosen is there only where they are chosen again.
  @Test(arguments: [
    "toy | where ret > 0 | setup target: lead(ret, 1m), features: [size]",
    "toy | where ret > 0 | derive nx = lead(ret, 1m) | setup target: nx, features: [size]",
    "toy | where ret > 0 | derive nx = lead(ret, 1m) | ic size, against: nx",
    "toy | where ret > 0 | ic size, against: lead(ret, 1m)",
    "toy | where ret > 0 | derive nx = lead(ret, 1m) | topk size, k: 3, drop: 3, returns: nx",
    "toy | where ret > 0 | derive nx = lead(ret, 1m) | deciles size, small: skip | portfolio returns: nx",
    "toy | where ret > 0 | tearsheet size, returns: lead(ret, 1m)",
    "toy | where ret > 0 | sorts size, returns: lead(ret, 1m), groups: 3",
    "toy | where ret > 0 | fama_macbeth lead(ret, 1m), on: size",
    "fn later(x) = lead(x, 1m)\ntoy | where ret > 0 | derive nx = later(ret) | ic size, against: nx",
  ])
  func rowsAreNotChosenBeforeTheirLeads(text: String) {
    let result = run(text)
    #expect(result.codes == ["F0301"], "\(result.codes)")
    #expect(result.diagnostics.first?.message.contains("from later ones") == true)
  }

  @Test(arguments: [
    "toy | derive nx = lead(ret, 1m) | where ret > 0 | ic size, against: nx",
    "toy | derive nx = lead(ret, 1m) | where size > 0 | setup target: nx, features: [size]",
    "toy | where month >= 2000-06 | setup target: lead(ret, 1m), features: [size]",
    "toy | where id != \"1\" | derive nx = lead(ret, 1m) | ic size, against: nx",
    "toy | derive before = lag(size, 1m) | where before > 0 | setup target: lead(ret, 1m), features: [size]",
    "toy | where ret > 0 | derive nx = lead(ret, 1m) | describe",
  ])
  func whatTellsNothingOfLaterMonthsIsAccepted(text: String) {
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
  }

  @Test func correlationsHeedHowRowsWereChosen() {
    let chosen = run(Self.known + "k | where ret > 0 | ic mom, against: ret")
    #expect(chosen.codes == ["F0301"], "\(chosen.codes)")
    #expect(run(Self.known + "k | where size > 0 | ic mom, against: ret").status == .done)
  }

  // The correlation of a month with the next one's returns is known with these.
  @Test func aTableOfCorrelationsIsKnownWithItsReturns() throws {
    let result = run("toy | ic size, against: lead(ret, 1m)")
    let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
    #expect(table.column("ic")?.known == 1 && table.column("firms")?.known == 1)
    let used = run(
      "s = toy | ic size, against: lead(ret, 1m)\ntoy | join s, on: month | where ic > 0")
    #expect(used.codes == ["F0301"], "\(used.codes)")
  }

  @Test(arguments: ["month", "id", "1"])
  func whoIsThereLaterIsNotKnownBefore(value: String) {
    let result = run(
      "toy | derive one = 1 | where lead(\(value == "1" ? "one" : value), 2m) is not na")
    #expect(result.codes == ["F0301"], "\(result.codes)")
  }

  // The choice of rows goes along, whichever way they come back.
  @Test(arguments: [
    "k | merge g | where s2 is not na | ic mom, against: ret",
    "k | merge g | derive f = if s2 is na then 0 else 1 | deciles f, ties: together, small: skip | portfolio returns: ret",
    "k | join (g | order_by s2 | select date, id, s2), on: [date, id] | where s2 is not na | ic mom, against: ret",
    "k | join (g | summarise n = count(), by: [month, id]), on: [month, id] | where n > 0 | ic mom, against: ret",
  ])
  func chosenRowsStayChosen(text: String) {
    let result = run(Self.known + "g = k | where ret > 0 | derive s2 = size | select s2\n" + text)
    #expect(result.codes == ["F0301"], "\(result.codes) \(result.diagnostics.map(\.message))")
  }

  // What one split calls test another may have fitted on.
  @Test func monthsThatWereFittedOnAreSaidWhateverATaskCallsThem() throws {
    let text = """
      t = toy | setup target: ret, features: [size, mom]
      m = t | split train: ..2001-06, valid: 2001-07..2001-08, test: 2001-09.. | fit ca0, k: 1, seeds: 1, epochs: 2
      other = t | split thirds

      """
    let words = "4 of 8 months were fitted or chosen on"
    #expect(run(text + "m | predict other, on: test").notes.contains(words))
    let scored = run(text + "e = m | evaluate other, on: test")
    guard case .evaluation(let scores)? = scored.session.environment["e"] else {
      Issue.record("no scores: \(scored.diagnostics.map(\.message))")
      return
    }
    #expect(scores.notes.contains(words), "\(scores.notes)")
    for own in ["m | predict on: test", "m | predict on: train", "m | loadings on: test"] {
      #expect(!run(text + own).notes.contains { $0.contains("fitted or chosen") }, "\(own)")
    }
  }
}
