// Units and literals: what does not go together is said with both sides, and what was meant.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct UnitTests {
  @Test(arguments: [
    ("x = 5% + <1>3m</1>", "F0209", nil), ("x = 3m - <1>5%</1>", "F0209", nil),
    ("x = 2004-12 + <1>3</1>", "F0209", "3m"), ("x = 2004-12-31 - <1>3</1>", "F0209", "3d"),
    ("x = 12m + <1>3</1>", "F0209", "3m"), ("x = 2004Q4 + <1>1</1>", "F0209", "1q"),
    ("x = 12m + <1>10min</1>", "F0209", "10m"), ("x = 2004-12 + <1>10min</1>", "F0209", "10m"),
    ("x = 12m > <1>10min</1>", "F0209", "10m"), ("w = 10min\nx = 12m - <1>w</1>", "F0209", "10m"),
    ("x = 12m > <1>3</1>", "F0209", nil),
    ("x = 2004-12 == <1>2004-12-31</1>", "F0205", "month(2004-12-31)"),
    ("x = \"a\" + <1>3</1>", "F0205", nil), ("x = -<1>\"a\"</1>", "F0205", nil),
    ("x = 2004-01..<1>5</1>", "F0209", nil), ("x = 2004-01..2004-12 by <1>2</1>", "F0209", nil),
    ("p | where month >= <1>2004</1>", "F0205", "month >= 2004-01"),
    ("p | where month > <1>2004</1>", "F0205", "month > 2004-12"),
    ("p | where month <= <1>2004</1>", "F0205", "month <= 2004-12"),
    ("p | where month == <1>2004</1>", "F0205", "month in 2004-01..2004-12"),
    ("p | where month in <1>1990..1999</1>", "F0205", "month in 1990-01..1999-12"),
    ("p | where month == <1>2004-12-31</1>", "F0205", "month(2004-12-31)"),
    ("p | where exchange == <1>3</1>", "F0205", "\"3\""),
    ("p | where size in <1>3</1>", "F0201", nil),
    ("p | winsorize ret, tails: <1>5</1>", "F0209", "5bps"),
    ("p | winsorize ret, tails: <1>3m</1>", "F0209", nil),
    ("p | where lag(ret, <1>1</1>) > 0", "F0209", "1m"),
    ("p | where lag(ret, <1>10min</1>) > 0", "F0209", "10m"),
    ("p | where lag(ret, <1>5d</1>) > 0", "F0209", nil),
    ("p | where lag(ret, <1>-1m</1>) > 0", "F0203", "1m"),
    ("synth wait: <1>10m</1>", "F0209", "10min"), ("synth wait: <1>10</1>", "F0209", "10s"),
    ("load \"x.csv\", keys: [permno, month], known: {size: <1>6</1>}", "F0209", "6m"),
    ("load \"x.csv\", keys: [permno, month], known: {<1>sise</1>: 6m}", "F0101", "size"),
    ("p[<1>2004</1>]", "F0201", "2004-01..2004-12"),
    ("p[<1>1990..1999</1>]", "F0201", "1990-01..1999-12"), ("p[<1>3m</1>]", "F0201", nil),
    ("p | setup target: ret | split train: <1>..2004</1>", "F0201", "..2004-12"),
    ("p[<1>1950-01..1960-12</1>]", "F0405", nil), ("p[<1>2020Q1</1>]", "F0405", nil),
    ("p[<1>2004-12..2004-01</1>]", "F0405", nil), ("p[1999-01.., <1>cusip</1>: 3]", "F0101", nil),
    (
      "p | setup target: ret | split train: ..2000-12, valid: 2001-01..2002-12, test: <1>2011-01..</1>",
      "F0405", nil
    ),
    (
      "p | setup target: ret | split train: ..2000-12, valid: <1>2000-12..2002-12</1>, test: 2003-01..",
      "F0302", nil
    ),
  ])
  func wrongUnitIsNamed(_ marked: String, _ code: String, _ replacement: String?) {
    let source = MarkedSource(CheckerTests.load + marked)
    let diagnostics = CheckerTests.check(source.text)
    #expect(diagnostics.map(\.code.rawValue) == [code])
    #expect(diagnostics.first?.span == source[1])
    #expect(diagnostics.first?.fixes.first?.edits.last?.replacement == replacement)
  }

  @Test(arguments: [
    "12y / 3m == 48", "5% * 3 > 1%", "5% / 2% > 1", "3 * 12m", "2004-12 + 3m == 2005-03",
    "2004-12-31 - 5d < 2005-01-01", "30bps + 1 > 0", "90s + 10min > 1h", "2004Q4 + 1q",
    "12m > 3q", "5 in [1, 2]", "\"a\" + \"b\"", "p | winsorize ret, tails: 0.01",
    "p | where lag(ret, 1q) > 0", "p | where cusip == \"00000010\"", "p | where cusip in [\"a\"]",
    "p | where (ret > 0) == 1", "synth wait: 90s", "p[1999-01..2005-12]",
    "p[2020-01.., allow: empty]",
    "x = p[2020-01..] catch 3", "x = load \"none.csv\" catch 3", "p[permno: 10107]",
    "p | setup target: ret | split train: ..2000-12, valid: 2001-01..2002-12, test: 2003-01..",
    "p | setup target: lead(ret, 12m) | split train: ..2000-12, valid: 2001-01..2002-12, test: 2011-06..",
    "w = p[2004Q1]", "p[2004-01..2004-12-31]", "w = 2004-01..2004-12\np[w]",
    "w = 10\np | where lag(ret, 1m) > $w",
  ])
  func whatFitsPasses(_ text: String) {
    #expect(CheckerTests.check(CheckerTests.load + text).map(\.message) == [])
  }

  @Test func ratioArithmeticKeepsItsUnit() {
    func type(_ text: String) -> Type { CheckerTests.checked(text).result }
    #expect(type("5% * 3") == .ratio && type("3 * 5%") == .ratio && type("5% / 2") == .ratio)
    #expect(type("5% / 2%") == .number && type("12y / 3m") == .number && type("5% + 1%") == .ratio)
    #expect(type("5% * 5%") == .number && type("2004-12 - 2004-01") == .duration)
  }

  @Test func bothSidesAreShown() {
    let rendered = Renderer().render(CheckerTests.check("x = 2004-12 + 3"))
    #expect(
      rendered == """
        error[F0209]: `+` does not fit a month and an int
          ┌─ t.fq:1:15
          │
        1 │ x = 2004-12 + 3
          │               ^ this is an int
          │     ─────── this is a month
          │
          help: write `2004-12 + 3m`                                             [fix 1]

        """)
  }
}
