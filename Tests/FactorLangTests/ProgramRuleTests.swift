// Rules of whole programs: modules, functions, parameters, names given twice, lints; and what is
// known of columns through all of them.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct ProgramRuleTests {
  static let declarations: [(String, String)] = [
    // Parameters of the script.
    ("param k: int = <1>50</1> in 1..10", "F0203"),
    ("param k = <1>2010-01</1> in 1990-01..1999-12", "F0203"),
    ("param k: string = <1>\"c\"</1> in [\"a\", \"b\"]", "F0203"),
    ("param k: int = 5 in <1>2</1>", "F0201"),
    ("param k: int = 5 in <1>\"a\"..\"b\"</1>", "F0201"), ("param k: int = <1>2.5</1>", "F0201"),
    ("param k: duration = <1>3</1>", "F0201"),
    ("assert <1>3</1>", "F0206"), ("assert <1>p.ret > 0</1>", "F0206"),
    ("assert true, <1>3</1>", "F0201"),
    // Functions.
    ("fn f(x) = <1>f</1>(x)", "F0208"), ("fn f(x) = x | <1>f</1>", "F0208"),
    ("fn f(x) = for y in x { <1>f</1>(y) }", "F0208"),
    ("fn f(x) = <1>g</1>(x)\nfn g(x) = x", "F0102"),
    ("fn f(a, <1>a</1>) = 1", "F0213"), ("fn f(a) -> <1>int</1> = \"x\"", "F0201"),
    ("fn f(a: int = <1>\"x\"</1>) = a", "F0201"),
    ("fn f(p) = p | where <1>rett</1> > 0\nf(p)", "F0101"),
    ("fn f(p) = p | derive z = ret\nf(p) | where <1>zz</1> > 0", "F0101"),
    ("fn f(p: panel) = p\n3 | <1>f</1>", "F0210"), ("fn f(k: int) = k\nf(<1>\"a\"</1>)", "F0201"),
    ("fn f(p, c) = p | select $c\nf(p, [\"ret\"]) | where <1>size</1> > 0", "F0101"),
    ("fn g(p) = p | select ret\nfn f(p) = g(p) | where <1>size</1> > 0\nf(p)", "F0101"),
  ]

  static let modules: [(String, String)] = [
    // Modules.
    ("use <1>\"none.fq\"</1>", "F0121"), ("use <1>\"bad.fq\"</1>", "F0121"),
    ("use <1>\"circle.fq\"</1> as c", "F0120"),
    ("use {<1>charss</1>} from \"prep.fq\"", "F0123"),
    ("use \"prep.fq\" as v\nv.<1>firm</1>", "F0123"),
    ("use \"prep.fq\" as v\nv.<1>haf</1>(2)", "F0123"),
    ("use \"prep.fq\" as v\np | v.<1>bigg</1>", "F0123"),
    ("use \"prep.fq\"\nprep.firms | where <1>rett</1> > 0", "F0101"),
    ("use \"prep.fq\" as v\nv.half(<1>\"a\"</1>)", "F0201"),
    ("use \"prep.fq\" as v\n<1>v.half</1>()", "F0107"),
    ("use \"prep.fq\" as v\np | v.big <1>most</1>: 3", "F0105"),
    ("use \"prep.fq\" as v\nv.firms | v.big | where <1>sizee</1> > 0", "F0101"),
    ("use \"prep.fq\" as v\nv.firms | select $v.chars | where <1>ret</1> > 0", "F0101"),
    ("use {chars, firms} from \"prep.fq\"\nfirms | select $chars | where <1>ret</1> > 0", "F0101"),
    ("use \"prep.fq\" as v\nv.firms | select ret | winsorize <1>$v.chars</1>", "F0101"),
    ("use \"prep.fq\" as v\n<1>v</1>(2)", "F0207"),
    ("use \"outer.fq\"\nouter.twice(2)\nouter.<1>inner</1>", "F0123"),
  ]

  static let names: [(String, String)] = [
    // Names given twice.
    ("p | winsorize ret, <1>ret</1>", "F0213"), ("x = {a: 1, <1>a</1>: 2}", "F0213"),
    ("p | derive a = 1, <1>a</1> = 2", "F0213"),
    ("c = [\"ret\"]\np | select $c, <1>ret</1>", "F0213"),
    ("(a, <1>a</1>) -> a", "F0213"),
    // What can be gone through.
    ("for x in <1>3</1> { x }", "F0212"), ("for x in <1>1..</1> { x }", "F0212"),
    ("for x in <1>p</1> { x }", "F0212"), ("for x in [1] { x.<1>z</1> }", "F0106"),
    // Members.
    ("r = {a: 1}\nr.<1>b</1>", "F0106"), ("p.<1>siz</1>", "F0106"),
    ("e = 3 catch e -> e.<1>cod</1>", "F0106"),
    ("w = synth chars: 4\nw | where <1>c5</1> > 0", "F0101"),
    ("w = synth\nw | select $w.chars | where <1>ret</1> > 0", "F0101"),
    ("p | setup target: ret | fit cvra, k: <1>$big</1>\nbig = 3", "F0102"),
    ("big = 99\np | setup target: ret | fit cvra, k: <1>big</1>", "F0203"),
    // Lints.
    ("<1>where</1> = 5", "L0103"), ("fn <1>describe</1>(x) = x", "L0103"),
    ("p | derive a = (<1>ret</1> -> ret + 1)(size)", "L0106"),
    ("p | top 3, by: ret, on: <1>test</1>", "L0310"),
    ("p | setup target: ret | fit cvra, seeds: <1>1</1>", "L0312"),
    ("p | setup target: ret, features: [<1>lag(ret, 1m)</1>]", "F0201"),
    ("[1, 2] | <1>deciles</1> ret", "F0210"),
  ]

  @Test(arguments: declarations + modules + names)
  func ruleIsKept(_ marked: String, _ code: String) {
    let source = MarkedSource(CheckerTests.load + marked)
    let diagnostics = CheckerTests.check(source.text)
    #expect(diagnostics.map(\.code.rawValue) == [code], "\(diagnostics.map(\.message))")
    #expect(diagnostics.first?.span == source[1])
  }

  @Test(arguments: [
    "param k: int = 5 in 1..10", "param m = 1995-01 in 1990-01..1999-12",
    "param k: ratio = 30 in 1..50",
    "param d: duration = 1y in [3m, 12m]", "fn f(x) = x\nfn g(x) = f(f(x))\ng(3)",
    "fn f(p) = p | derive z = ret\nf(p) | where z > 0", "fn f(p) = p | where anything > 0",
    "fn f(p, c = [\"ret\"]) = p | select $c\nf(p) | where ret > 0\nf(p, c: [\"size\"]) | where size > 0",
    "use \"prep.fq\" as v\nv.firms | v.big least: 3 | where size > 0\nv.half(2) + 1",
    "use {half, chars} from \"prep.fq\"\nhalf(2)\np | winsorize $chars",
    "use \"a.fq\"\na.x.y | where z > 0",
    "use \"prep.fq\" as v\nh = v.half\nh(2)", "use \"prep.fq\" as v\np | where abs(ret) < $v.cut",
    "fn where(x) = 3\nwhere(2)", "for x in [1, 2] { x + 1 }", "for x in p.ret { x }",
    "for m in 1990-01..1990-12 { p[m] }",
    "w = synth chars: 4\nw | winsorize $w.chars | where c4 > 0",
    "r = {..{a: 1}, a: 2}\nr.a + 1", "x = [1][5] catch e -> e.code", "deciles = 3\np | deciles ret",
    "p | top 3, by: ret, on: valid", "p | setup target: ret | fit cvra, seeds: 5",
    "mean = 3\nmean + 1",
    "x = if true then 1 else 2\nx + 1", "x = na ?? 5\nx + 1",
  ])
  func whatIsRightPasses(_ text: String) {
    let diagnostics = CheckerTests.check(CheckerTests.load + text)
    #expect(diagnostics.filter(\.isError).map(\.message) == [])
  }

  @Test(arguments: [
    ("<1>save</1> p, \"out.csv\"", "F0122"), ("p | <1>plot.line</1> ret", "F0122"),
    ("x = p | <1>plot.line</1> ret", "F0122"),
  ])
  func modulesDoNotAct(_ marked: String, _ code: String) {
    let source = MarkedSource(CheckerTests.load + marked)
    let checked = CheckerTests.checked(source.text, asModule: true)
    #expect(checked.diagnostics.map(\.code.rawValue) == [code])
    #expect(checked.diagnostics.first?.span == source[1])
    #expect(CheckerTests.check(source.text).isEmpty)
  }

  @Test func modulesDoNotActThroughFunctions() {
    let text = CheckerTests.load + "fn draw(q) = q | plot.line ret\n"
    #expect(
      CheckerTests.checked(text + "draw(p)", asModule: true).diagnostics.map(\.code) == [
        .moduleEffect
      ])
    #expect(CheckerTests.check(text + "draw(p)").isEmpty)
  }

  @Test func modulesMayDefineWhatActs() {
    let text = CheckerTests.load + "fn draw(q) = q | plot.line ret\np | describe\n3 + 4"
    #expect(CheckerTests.checked(text, asModule: true).diagnostics.isEmpty)
  }

  @Test func mistakeInABodyNamesTheCall() throws {
    let marked = MarkedSource(
      CheckerTests.load + "fn f(q) = q | where <1>rett</1> > 0\nz = <2>f</2>(p)\ny = f(p)")
    let diagnostics = CheckerTests.check(marked.text)
    #expect(diagnostics.map(\.span) == [marked[1]])
    #expect(diagnostics.first?.secondary.last?.location.span == marked[2])
    #expect(diagnostics.first?.secondary.last?.text == "called here")
  }

  @Test func refusedModuleShowsItsOwnMistake() throws {
    let first = try #require(CheckerTests.check("use \"bad.fq\"").first)
    #expect(first.message == "`bad.fq` cannot be used: nothing is named `nothing_here`")
    #expect(first.secondary.first?.location.source.name == "bad.fq")
    #expect(Renderer().render(first).contains("├─ bad.fq:1:5"))
  }

  @Test func lintsDoNotStopAProgram() {
    let checked = CheckerTests.checked(CheckerTests.load + "where = 5")
    #expect(checked.isRunnable && checked.diagnostics.map(\.severity) == [.warning])
  }
}
