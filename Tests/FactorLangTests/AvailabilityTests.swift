// No look-ahead: where a column that is known later may stand, and what is said where it may not.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct AvailabilityTests {
  static let load =
    "p = load \"x.csv\", keys: [permno, month], known: {ret: 0m, else: -1m}\n"
    + "q = p | derive next = lead(ret, 1m)\n"

  @Test(arguments: [
    // What acts on the present refuses the future.
    "q | where <1>next</1> > 0", "q | rank_normalize size, <1>next</1>",
    "q | winsorize <1>next</1>",
    "q | deciles <1>next</1>", "q | deciles <1>lead(ret, 1m)</1>",
    "q | deciles ret | portfolio weight: <1>next</1>",
    "q | deciles 2 * <1>next</1> + size", "q | deciles if <1>next</1> > 0 then 1 else 2",
    "q | deciles <1>next</1> ?? 0", "q | deciles mean(<1>lead(ret, 1m)</1>)",
    "q | where size > mean(<1>next</1>)", "q | where not (<1>next</1> > 0)",
    "q | where <1>next</1> is not na", "q | where size in [1, <1>next</1>]",
    "q | derive a = next, b = abs(a) | deciles <1>b</1>",
    "q | derive far = lead(next, 1q) | where <1>lag(far, 3m)</1> > 0",
    "h = 2m\nq | where <1>lead(ret, $h)</1> > 0",
    "load \"x.csv\", keys: [permno, month], known: {size: 6m} | deciles <1>size</1>",
    "c = [\"size\", \"next\"]\nq | rank_normalize <1>$c</1>",
    "fn f(x) = x | deciles next\nf(q)", "q | select next | where <1>next</1> > 0",
    "q[1999-01..] | deciles <1>next</1>",
    // Features and choices of rows must be known a period before the target.
    "q | setup target: ret, features: [size, <1>ret</1>]",
    "q | setup target: ret, features: <1>next</1>",
    "q | setup target: size, features: [<1>cusip</1>]",
    "q | where ret > 0 | setup target: <1>ret</1>, features: [size]",
    "load \"x.csv\", keys: [permno, month] | setup target: ret, features: [<1>size</1>]",
    // A return is not earned by what it decided.
    "q | deciles ret | portfolio returns: <1>ret</1>",
  ])
  func futureIsRefused(_ marked: String) {
    let source = MarkedSource(Self.load + marked)
    let diagnostics = CheckerTests.check(source.text)
    #expect(diagnostics.map(\.code) == [.lookAhead])
    if source.count > 0 { #expect(diagnostics.first?.span == source[1]) }
  }

  @Test(arguments: [
    "q | setup target: next, features: [ret, size]",
    "q | setup target: lead(ret, 3m), features: [ret]",
    "q | setup target: ret, features: [size]", "q | describe", "q | plot.line mean(next)",
    "q | deciles lag(next, 1m)", "q | deciles lag(next, 1q)", "q | where lag(ret, 1m) > 0",
    "q | where month >= 2000-01 | setup target: ret, features: [size]",
    "q | where size > 0 | setup target: ret, features: [size]",
    "q | derive old = lag(ret, 1m) | setup target: ret, features: [old]",
    "q | derive one = 1 | setup target: ret, features: [one]",
    "q | deciles size | portfolio returns: ret", "q | derive b = lead(next, 1m)",
    // What cannot be told is left to the run.
    "q | deciles $z ?? 0\nz = 3", "fn g(d) = q | deciles lag(next, $d)",
    "fn f(x) = x\nq | deciles f(next)", "q | where (x -> x > 0)(next)",
    "param o: duration = 1m\nq | deciles lag(next, $o)",
    "r = load \"x.csv\", keys: [permno, month], known: {size: 0m, ret: 1m}\nr | deciles size",
  ])
  func whatWasKnownPasses(_ text: String) {
    let codes = CheckerTests.check(Self.load + text).map(\.code)
    #expect(!codes.contains(.lookAhead))
  }

  @Test func messageShowsWhereAndHow() throws {
    let text = """
      p = load "x.csv", keys: [permno, month]
        | derive next = lead(ret, 1m)
        | where size > 0
      p | deciles next, within: month
      """
    let diagnostics = CheckerTests.check(text)
    let rendered = Renderer().render(diagnostics)
    #expect(
      rendered == """
        error[F0301]: `next` is not known yet when this ranking is made
          ┌─ t.fq:4:13
          │
        2 │   | derive next = lead(ret, 1m)
          │            ──── known one month later (t+1m)
          ·
        4 │ p | deciles next, within: month
          │             ^^^^ sorting uses it at t
          │
          = sorting on next month's return and then holding that month looks profitable by construction
          help: to predict it, make it the target:   setup target: lead(ret, 1m)
          help: to use last month's return instead:  deciles lag(ret, 1m), within: month  [fix 1]

        """)
    let fix = try #require(diagnostics.first?.fixes.first)
    #expect(fix.edits.map(\.replacement) == ["lag(ret, 1m)"])
  }

  @Test func namesOfColumnsAreDerivedFirst() throws {
    let text =
      "p = load \"x.csv\"\nq = p | derive next = lead(ret, 1m)\nq | rank_normalize size, next"
    let fix = try #require(CheckerTests.check(text).first?.fixes.first)
    var bytes = Array(text.utf8)
    for edit in fix.edits.reversed() {
      let span = edit.location.span
      bytes.replaceSubrange(span.start..<span.end, with: Array(edit.replacement.utf8))
    }
    let repaired = String(decoding: bytes, as: UTF8.self)
    #expect(
      repaired.hasSuffix("q | derive ret_before = lag(ret, 1m) | rank_normalize size, ret_before"))
    #expect(CheckerTests.check(repaired).isEmpty)
  }

  @Test func featuresSayWhenTheyAreKnown() throws {
    let text = Self.load + "q | setup target: ret, features: [size, next]"
    let first = try #require(CheckerTests.check(text).first)
    #expect(first.message == "`next` is not known yet when `ret` must be forecast")
    #expect(
      first.secondary.map(\.text) == ["known one month later (t+1m)", "the target, known at t"])
    #expect(
      first.helps.count == 2 && first.fixes.first?.edits.first?.replacement == "lead(ret, 2m)")
  }
}
