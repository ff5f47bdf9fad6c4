// The checker: one complaint for one cause, at its place, and silence where nothing is certain.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct CheckerTests {
  static func check(_ text: String) -> [Diagnostic] { checked(text).diagnostics }

  static func checked(_ text: String, asModule: Bool = false) -> CheckedProgram {
    let program = Parser.parse(Source(name: "t.fq", text: text))
    return Checker.check(
      program, catalog: FakeCatalog(), files: FakeFiles(), modules: FakeModules(),
      asModule: asModule)
  }

  static let load = "p = load \"x.csv\", keys: [permno, month]\n"

  @Test(arguments: [
    ("p | where <1>rett</1> > 0", "F0101"), ("p | winsorize ret, <1>sise</1>", "F0101"),
    ("x = <1>nothing_here</1>", "F0102"), ("xs = <1>[mom, bm, describe]</1>", "F0102"),
    ("p | <1>wher</1> ret > 0", "F0103"), ("k = 5\np | where size > <1>k</1>", "F0104"),
    ("p | deciles ret, <1>tie</1>: apart", "F0105"),
    ("p | deciles ret, ties: <1>aparte</1>", "F0204"),
    ("p.<1>entitees</1>", "F0106"), ("x = p.<1>rett</1>", "F0106"), ("p | <1>where</1>", "F0107"),
    ("p | describe <1>3</1>", "F0108"), ("p | where ret > <1>$ret</1>", "F0111"),
    ("p | winsorize ret, tails: <1>\"a\"</1>", "F0201"),
    ("p | winsorize ret, tails: <1>60%</1>", "F0203"),
    ("p | winsorize ret, tails: 1%, <1>tails</1>: 2%", "F0109"),
    ("p | where ret <1>==</1> na", "F0202"),
    ("p.ret | <1>deciles</1> ret", "F0210"),
    ("p | setup target: ret | <1>winsorize</1> ret", "F0210"),
    ("p | where size<1> = </1>3", "F0013"), ("p | where ret > 0, <1>size</1>", "F0206"),
    ("p | setup target: ret | fit cvra, k<1> = </1>5", "F0110"),
    ("p | setup target: ret | fit cvra, k: <1>99</1>", "F0203"),
    ("p | setup target: ret | fit cvra, k: <1>2.5</1>", "F0201"),
    ("p | setup target: ret | fit pca, <1>epochs</1>: 5", "F0105"),
    ("p | setup target: ret | fit <1>pcaa</1>", "F0204"),
    ("x = 2004-12 + <1>3</1>", "F0209"), ("x = 2004-12 == <1>2004-12-31</1>", "F0205"),
    ("x = 5% + <1>3m</1>", "F0209"), ("x = <1>3</1>(1)", "F0207"),
    ("x = if <1>3</1> then 1 else 2", "F0206"),
    ("fn f(a) = a\nf(1, <1>2</1>)", "F0108"), ("fn f(a) = a\n<1>f</1>()", "F0107"),
    ("fn f(a) = <1>b</1>", "F0102"), ("param k: <1>itn</1> = 5", "F0112"),
    ("param k: int = <1>\"a\"</1>", "F0201"),
    ("q = load <1>\"nowhere.csv\"</1>", "F0501"),
    ("q = load \"x.csv\", keys: [permno, <1>mnth</1>]", "F0101"),
    ("p | select ret | where <1>size</1> > 0", "F0101"),
    ("p | select ret, except: \"ret\" | where <1>ret</1> > 0", "F0101"),
    ("p | derive a = <1>b</1>, b = ret", "F0101"),
    ("p | summarise m = mean(ret), by: month | where <1>ret</1> > 0", "F0101"),
    ("p | select <1>rett</1> | where rett > 0", "F0101"), ("p | derive <1>month</1> = 3", "F0015"),
    ("p | where lag(<1>rett</1>, 1m) > 0", "F0101"), ("p | where <1>xs.rnk</1>(ret) > 0", "F0102"),
    ("p | where lag(ret, <1>1</1>) > 0", "F0209"), ("x = <1>$cutt</1>", "F0102"),
    ("p | where <1>ret == ret</1>", "L0107"), ("<1>describe</1>", "F0211"),
  ])
  func oneCauseGivesOneComplaint(_ marked: String, _ code: String) {
    let source = MarkedSource(Self.load + marked)
    let diagnostics = Self.check(source.text)
    #expect(diagnostics.map(\.code.rawValue) == [code])
    #expect(diagnostics.first?.span == source[1])
  }

  @Test(arguments: [
    "p | derive a = ret * 2, b = a + 1 | where b > 0 | select b | describe",
    "chars = [\"ret\", \"size\"]\np | select $chars | winsorize $chars, tails: 1% | where size > 1",
    "k = 1%\np | where abs(ret) < $k and month in 1990-01..1999-12",
    "p | where exchange in [\"NYSE\"] and size is not na",
    "p | deciles ret, within: month, ties: apart | where decile == 1",
    "m = p | setup target: lead(ret, 1m), features: [size] | fit cvra, k: 5, epochs: 10\nm.best | describe",
    "p | setup target: ret | fit cvra, k: 4 / 2", "fn f(x) = log(x)\np | derive a = f(ret)",
    "param data: path = \"no.csv\"\nq = load data\nq | where anything > 1",
    "save p, \"out.csv\"\nq = load \"out.csv\"", "p | where nyse", "pause",
    "p | plot.line mean(ret), title: \"{1:.2}\"",
    "for x in 1..3 { x + 1 }", "p[1990-01..2000-12].ret", "x = {a: 1}\nx.a + 1",
    "use \"a.fq\" as prep\nprep.firms | winsorize bm | where zz > 1 | setup target: q, features: $prep.chars",
    "2004-12 + 3m == 2005-03", "12y / 3m == 48", "30bps == 0.30%", "size = 5\nx = size + 1",
    "describe p",
    "describe p.ret", "p\n| describe", "sq = x -> x * x\nsq(2)", "p | where (x -> x > 0)(ret)",
  ])
  func whatIsRightPasses(_ text: String) {
    #expect(Self.check(Self.load + text).map(\.message) == [])
  }

  @Test func typesAndInflowsAreKept() {
    let marked = MarkedSource(
      Self.load + "m = p | <1>where</1> month > 2000-01 | setup target: ret | <2>fit</2> pca")
    let checked = Checker.check(
      Parser.parse(marked.text), catalog: FakeCatalog(), files: FakeFiles())
    #expect(checked.bindings["m"] == .model)
    #expect(
      checked.inflows[marked[1]]?.schema?.names == [
        "permno", "month", "ret", "size", "exchange", "cusip",
      ])
    #expect(checked.inflows[marked[2]]?.plainName == "task")
    #expect(checked.isRunnable)
  }

  @Test func scopeIsCarriedFromCellToCell() {
    let first = Checker.check(
      Parser.parse(Self.load + "p"), catalog: FakeCatalog(), files: FakeFiles())
    let second = Checker.check(
      Parser.parse("| where rett > 0", name: "fq>"), catalog: FakeCatalog(), scope: first.scope)
    #expect(second.diagnostics.map(\.code) == [.unknownColumn])
  }
}
