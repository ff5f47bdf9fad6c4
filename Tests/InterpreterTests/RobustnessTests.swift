// Firms a model has not seen: choices of firms, halves, and what is scored on them.

import FactorLang
import FactorRuntime
import Models
import TestSupport
import Testing

@testable import Interpreter

@Suite struct RobustnessTests {
  static let task =
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\n"
  static let options = "k: 1, seeds: 2, epochs: 3"

  private func table(_ text: String) throws -> Table {
    let result = run(Self.task + text)
    guard case .table(let table)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no table")
    }
    return table
  }

  // AT-16.
  @Test func noFirmLeftOutIsTheModelItself() throws {
    for seen in ["true", "false"] {
      let found = try table(
        "t | missing_stocks ca1, m: [0], holdout_in_x: \(seen), \(Self.options)")
      let base = run(
        Self.task + "e = t | fit ca1, \(Self.options) | evaluate on: test\n[e.rank_ic, e.icir]")
      guard case .list(let scores)? = base.values.last else { return }
      #expect(found.column("rank_ic")?.numbers?[0] == Double(scores[0]))
      #expect(found.column("icir")?.numbers?[0] == Double(scores[1]))
    }
  }

  @Test func choicesAreNestedAndDependOnNothingButSeedAndDraw() {
    let firms = (0..<60).map { Int32($0) }
    let small = MissingStocks.firms(firms, count: 10, draw: 2, seed: 5)
    let large = MissingStocks.firms(firms, count: 30, draw: 2, seed: 5)
    #expect(small.count == 10 && large.count == 30 && small.isSubset(of: large))
    #expect(small != MissingStocks.firms(firms, count: 10, draw: 3, seed: 5))
    #expect(small != MissingStocks.firms(firms, count: 10, draw: 2, seed: 6))
    #expect(MissingStocks.firms(firms, count: 0, draw: 0, seed: 1).isEmpty)
  }

  @Test func returnsOfFirmsLeftOutMayStayUnseen() throws {
    let setup = """
      w = synth world: r_dyn, firms: 30, months: 60, chars: 4
      u = w | setup target: ret, features: $w.chars | split thirds

      """
    let seen = try table(setup + "u | missing_stocks ca1, m: [12], draws: 2, \(Self.options)")
    let unseen = try table(
      setup + "u | missing_stocks ca1, m: [12], draws: 2, holdout_in_x: false, \(Self.options)")
    #expect(
      seen.column("rank_ic")?.numbers?[0].isFinite == true
        && seen.column("rank_ic")?.numbers != unseen.column("rank_ic")?.numbers)
  }

  @Test func halvesAreDisjointAndCover() throws {
    let names = ["7", "10", "101", "3002"]
    #expect(OddEven.isOdd(names) == [true, false, true, false])
    #expect(OddEven.isOdd(["A", "B", "12"]) == [true, false, true])
    let task = try SimulatedPanel.task(firms: 11, months: 40, characteristics: 3)
    let odd = OddEven.isOdd(task.index.assetNames)
    let halves = try [true, false].map { side in
      try task.keepingSplit(
        task.returns.indices.filter { odd[Int(task.index.assets[$0])] == side })
    }
    let sets = halves.map { Set($0.index.assetNames) }
    #expect(sets[0].isDisjoint(with: sets[1]))
    #expect(sets[0].union(sets[1]) == Set(task.index.assetNames))
    #expect(halves[0].returns.count + halves[1].returns.count == task.returns.count)
    #expect(halves.allSatisfy { $0.split == task.split })
  }

  @Test func eachCellIsAFitOnOneHalfScoredOnAHalf() throws {
    let found = try table("t | odd_even ca1, \(Self.options)")
    #expect(
      found.count == 12 && found.columnNames.suffix(2) == ["fitted on odd", "fitted on even"])
    // The same by hand: fitted on odd firms, scored on even ones, total R2.
    guard case .task(let task)? = run(Self.task).session.environment["t"] else { return }
    let isOdd = OddEven.isOdd(task.task.index.assetNames)
    let halves = try [true, false].map { side in
      try task.task.keepingSplit(
        task.task.returns.indices.filter { isOdd[Int(task.task.index.assets[$0])] == side })
    }
    let model = try #require(Registry.card("ca1")).model([
      "k": .integer(1), "seeds": .integer(2), "epochs": .integer(3),
    ]).fit(halves[0], FitContext(seed: 1))
    let rows = halves[1].rows(try halves[1].requireSplit().test)
    let total = try #require(try model.predict(halves[1], budget: Budget()).total)
    let score = 100 * RSquared(halves[1].returns[rows], fits: total[rows]).value
    let cell = try #require(found.column("fitted on odd")).value(at: 1)
    #expect(String(cell) == NumberFormat.fixed(score, decimals: 2))
  }

  @Test(arguments: [
    ("t | missing_stocks ca1, m: [5], k: 1", "F0203"),
    ("t | missing_stocks ca1, m: [500], k: 1", "F0405"),
    ("t | missing_stocks ca1, m: [], k: 1", "F0107"),
    ("t | missing_stocks cax", "F0204"), ("t | odd_even ca1, kk: 1", "F0105"),
    ("toy | odd_even ca1", "F0210"),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.task + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }
}
