// Windows that roll: their months, what fits see of them, warm starts, and stacks of forecasts.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct RollingTests {
  static let task = "t = toy | setup target: ret, features: [size, mom]\n"
  static let windows = task + "ws = t | rolling train: 12m, valid: 3m, test: 3m, from: 2001-04\n"
  static let body =
    "fit ca1, k: 1, seeds: 2, epochs: 3, valid: w.valid, start: w.previous | predict w.test"

  private func panel(_ result: RunResult, _ name: String) throws -> Panel {
    guard case .panel(let value)? = result.session.environment[name] else {
      Issue.record("\(name): \(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no panel")
    }
    return value.panel
  }

  @Test func windowsFollowOneAnother() throws {
    let result = run(Self.windows + "ws | each { w -> w.name }\nws")
    #expect(
      ValueText.short(try #require(result.values.first))
        == "[\"2001-04..2001-06\", \"2001-07..2001-09\", \"2001-10..2001-12\"]")
    guard case .list(let windows)? = result.values.last, case .record(let last) = windows[2],
      case .task(let train)? = last["train"]
    else {
      Issue.record("windows are records of tasks")
      return
    }
    let data = train.cut
    let split = try data.requireSplit()
    #expect(data.index.months.first?.description == "2000-07")
    #expect(data.index.months[split.valid.lowerBound].description == "2001-07")
    #expect(data.index.months[split.test.lowerBound].description == "2001-10")
  }

  @Test func expandingWindowsTrainFromTheStart() throws {
    let result = run(
      Self.task + "ws = t | rolling train: 12m, valid: 3m, test: 3m, expanding: true\nws")
    guard case .list(let windows)? = result.values.last, case .record(let last) = windows[2],
      case .task(let train)? = last["train"]
    else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    let data = train.cut
    let split = try data.requireSplit()
    #expect(windows.count == 3 && data.index.months[0].description == "2000-01")
    #expect(split.train.count == 18 && split.valid.count == 3 && split.test.count == 3)
  }

  // First test month, windows, and the lengths of the last window's blocks.
  @Test(arguments: [
    ("gkx", "2010-01", 3, [240, 144, 12]), ("cvra_roll", "1995-01", 18, [264, 120, 12]),
    ("cvra_monthly", "1995-01", 216, [275, 120, 1]), ("fvtc", "2008-01", 5, [325, 59, 12]),
  ]) func designsOfTheLiterature(design: String, first: String, count: Int, lengths: [Int]) throws {
    let result = run(
      """
      w = synth world: r_dyn, firms: 10, months: 396, chars: 3
      ws = w | setup target: ret, features: $w.chars | rolling \(design)
      ws
      """)
    guard case .list(let windows)? = result.values.last, case .record(let last)? = windows.last,
      case .record(let start)? = windows.first, case .task(let test)? = start["test"],
      case .task(let train)? = last["train"]
    else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(windows.count == count)
    let split = try test.cut.requireSplit()
    #expect(test.cut.index.months[split.test.lowerBound].description == first)
    let end = try train.cut.requireSplit()
    #expect([end.train.count, end.valid.count, end.test.count] == lengths)
  }

  @Test func forecastsAreThoseOfFitsOnTheWindowAlone() throws {
    let result = run(
      Self.windows + """
        oos = ws | each { w -> w.train | fit ca1, k: 1, seeds: 2, epochs: 3, valid: w.valid | predict w.test } | stack
        own = toy[2000-01..2001-06] | setup target: ret, features: [size, mom]
        own = own | split train: ..2000-12, valid: 2001-01..2001-03, test: 2001-04..
        alone = own | fit ca1, k: 1, seeds: 2, epochs: 3 | predict on: test
        """)
    let (all, alone) = (try panel(result, "oos"), try panel(result, "alone"))
    #expect(all.index.months.map(\.description).first == "2001-04" && all.monthCount == 9)
    let found = try all.numbers("predicted").prefix(alone.count)
    #expect(try Array(found) == alone.numbers("predicted"))
  }

  // The other reading of the CVRA paper: validation months tune, then all months before the forecast are trained on.
  @Test func windowsMayBeRefittedOnAllMonthsBeforeTheForecast() throws {
    func text(_ change: String) -> String {
      """
      p = toy | derive r = \(change)
      ws = p | setup target: r, features: [size, mom] | rolling train: 12m, valid: 3m, test: 3m, from: 2001-04
      fn both(w, all) { w.train | fit ca1, k: 1, seeds: 2, epochs: 3, valid: w.valid, refit_on_all: all | predict w.test }
      oos = ws | each { w -> both(w, true) } | stack
      tuned = ws | each { w -> both(w, false) } | stack
      """
    }
    let result = run(text("ret"))
    let (all, tuned) = (try panel(result, "oos"), try panel(result, "tuned"))
    let forecast = try all.numbers("predicted")
    #expect(try forecast != tuned.numbers("predicted"))
    #expect(result.ledger.filter { $0.line.stage == "refit" }.count == 3)
    // Returns of the last test months are not known to any forecast of a month.
    let other = run(text("if month >= 2001-10 then -ret else ret"))
    let moved = try panel(other, "oos")
    #expect(try moved.numbers("realised") != all.numbers("realised"))
    let last = try all.index.lowerBound(#require(Period(year: 2001, month: 11)))
    let early = 0..<all.index.offsets[last]
    #expect(try Array(moved.numbers("predicted")[early]) == Array(forecast[early]))
  }

  @Test func eachFitStartsFromTheWindowBefore() throws {
    let result = run(
      Self.windows + """
        warm = ws | each { w -> w.train | \(Self.body) } | stack
        cold = ws | each { w -> w.train | fit ca1, k: 1, seeds: 2, epochs: 3, valid: w.valid | predict w.test } | stack
        starts = ws | each { w -> { w.train | fit ca1, k: 1, seeds: 2, epochs: 3; w.previous is na } }
        starts
        """)
    let (warm, cold) = (try panel(result, "warm"), try panel(result, "cold"))
    let (x, y) = (try warm.numbers("predicted"), try cold.numbers("predicted"))
    let first = warm.index.rows(ofMonthAt: 0)
    #expect(Array(x[first]) == Array(y[first]))
    #expect(x != y)
    #expect(result.shown == "[true, false, false]")
  }

  // The forecasts of a window read nothing that comes after its months.
  @Test func laterReturnsChangeNoEarlierWindow() throws {
    let rest =
      " | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 3m, test: 3m, from: 2001-04 | each { w -> w.train | \(Self.body) } | stack"
    let result = run(
      "a = toy\(rest)\nb = toy | derive ret = if month >= 2001-10 then -2 * ret else ret\(rest)"
        .replacing("ret | setup", with: "ret | setup"))
    let (a, b) = (try panel(result, "a"), try panel(result, "b"))
    let months = a.index.rowMonths
    let border = try #require(Period(year: 2001, month: 10))
    let (x, y) = (try a.numbers("predicted"), try b.numbers("predicted"))
    for row in months.indices where months[row] <= border { #expect(x[row] == y[row]) }
    #expect(x != y)
  }

  @Test func aFailureNamesItsItemOrBecomesAnError() throws {
    let failing = "ws | each { w -> if w.name == \"2001-07..2001-09\" then 1 / \"a\" else 2 }"
    var result = run(Self.windows + failing)
    #expect(result.status != .done)
    result = run(
      Self.windows + "x = ws | each { w -> w.train | fit ca1, k: 9, seeds: 2, epochs: 2 }")
    #expect(result.codes == ["F0408"])
    #expect(result.diagnostics[0].notes.contains("in item 1 of 3, 2001-04..2001-06"))
    result = run(
      """
      x = 1..3 | each { k -> toy[2000-01..2000-03] | top k, by: na(k) }
      """)
    #expect(result.status != .done)
    result = run(
      Self.windows + """
        ks = [1, 9]
        ms = ks | each { k -> toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: k, seeds: 2, epochs: 2 | predict on: test }, failures: ok
        out = stack(ms)
        out
        """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(result.notes.contains { $0.contains("item 2 of 2 failed") })
    #expect(try panel(result, "out").monthCount == 8)
  }

  @Test func monthsAreNotForecastTwice() {
    let result = run(
      Self.windows
        + "m = ws[1].train | fit ca1, k: 1, seeds: 2, epochs: 2\np = m | predict on: test\n[p, p] | stack"
    )
    #expect(result.codes.first == "F0403", "\(result.diagnostics.map(\.message))")
  }

  @Test func informationCoefficientIsTheOneOfEvaluate() throws {
    let result = run(
      Self.task + """
        m = t | split thirds | fit ca1, k: 1, seeds: 2, epochs: 3
        i = m | predict on: test | ic predicted, against: realised
        [mean(i.ic), (m | evaluate on: test).rank_ic]
        """)
    guard case .list(let pair)? = result.values.last, pair.count == 2 else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(abs((Double(pair[0]) ?? 1) - (Double(pair[1]) ?? 2)) < 1e-12)
  }

  @Test func windowsOverTimeWorkOnTables() {
    let result = run("toy | ic size, against: ret | plot.line ts.mean(ic, 3m), zero: true")
    guard case .plot(let plot)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(plot.scene.yRange.lowerBound <= 0 && plot.scene.series[0].xs.count == 24)
  }

  @Test(arguments: [
    ("t | rolling train: 12m, valid: 3m, test: 3m, from: 2000-06", "F0405"),
    ("t | rolling train: 12m, valid: 3m, test: 3m, refit: 1m", "F0203"),
    ("t | rolling train: 30m, valid: 3m, test: 3m", "F0405"),
    ("t | rolling train: 9000y, valid: 3m, test: 3m", "F0203"),
    ("t | rolling train: 12m, valid: 3m", "F0107"), ("t | rolling gkx", "F0405"),
    ("t | rolling gkx, train: 12m, valid: 3m, test: 1m", "F0108"), ("t | rolling", "F0107"),
    ("t | split thirds | fit ca1, k: 1, seeds: 2, epochs: 2, valid: 1990-01..1991-01", "F0405"),
    ("toy | ic ret, against: ret", "F0301"), ("1..3 | each 5", "F0201"),
    (
      "m = t | split thirds | fit ca1, k: 1, seeds: 2, epochs: 2\nt | split thirds | fit ca1, k: 2, seeds: 2, start: m",
      "F0601"
    ),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.task + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }
}
