// The grammar as a table of trees, faults with their places, and verdicts.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct ParserTests {
  @Test(arguments: [
    ("-2^2", "(- (^ 2 2))"), ("2^3^2", "(^ 2 (^ 3 2))"), ("2^-1", "(^ 2 (- 1))"),
    ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"), ("a or b and not c", "(or a (and b (not c)))"),
    ("a ?? b or c", "(?? a (or b c))"), ("a < b <= c", "(cmp a < b <= c)"),
    ("x not in [1, 2,]", "(cmp x not in [1 2])"), ("x is na", "(missing x)"),
    ("x is not na and y", "(and (present x) y)"), ("not x in y", "(not (cmp x in y))"),
    ("1..10 by 2", "(.. 1 10 by 2)"), ("..2012-04", "(.. _ 2012m4)"), ("-1..1", "(.. (- 1) 1)"),
    ("x -1", "(- x 1)"), ("p.ret", "(. p ret)"), ("p[2005-01..]", "(at p (.. 2005m1 _))"),
    ("p[1999-12, permno: 1]", "(at p 1999m12 permno:1)"), ("f(a, b: 1)", "(call f a b:1)"),
    ("{k: 5, name: \"c\"}", "{k:5 name:'c'}"), ("{..r, k: 6}", "{..r k:6}"), ("{}", "{}"),
    ("{ x = 1\n x + 1 }", "(block (= x 1) (+ x 1))"), ("x -> x + 1", "(fn [x] (+ x 1))"),
    ("(a, b) -> a", "(fn [a b] a)"), ("() -> 1", "(fn [] 1)"), ("(a) + 1", "(+ <a> 1)"),
    ("if a then b else c", "(if a b c)"), ("if a\n then b\n else c", "(if a b c)"),
    ("for i in x { i }", "(for i x (block i))"), ("x catch 0", "(catch x 0)"),
    ("x catch e -> e.code", "(catch x e (. e code))"), ("it.best", "(. it best)"),
    ("$prep.chars", "(. $prep chars)"), ("a\n- b", "a (- b)"), ("a +\n b", "(+ a b)"),
  ])
  func expressionsParse(_ text: String, _ tree: String) {
    #expect(TreePrinter.print(text) == tree)
  }

  @Test(arguments: [
    ("x = 1;", "(= x 1);"), ("a; b", "a; b"), ("fq 1\nx", "x"), ("bg x = y", "bg (= x y)"),
    ("load \"x\", keys: [a]", "cmd:(load 'x' keys:[a])"), ("describe p", "cmd:(describe p)"),
    ("save out, \"f.csv\"", "cmd:(save out 'f.csv')"), ("show it", "cmd:(show it)"),
    ("synth world: r_dyn, firms: 200", "cmd:(synth world:r_dyn firms:200)"),
    ("p | where price >= 1 | describe", "p | (where (cmp price >= 1)) | (describe)"),
    ("p |> describe", "p | (describe)"), ("| describe", "last | (describe)"),
    ("p\n  | a\n  | b", "p | (a) | (b)"), ("p | where (a) and (b)", "p | (where (and <a> <b>))"),
    ("p | f(a, b) | g", "p | (f a b) | (g)"), ("p | plot.line x, y: k", "p | (plot.line x y:k)"),
    ("p | derive a = 1,\n  b = a", "p | (derive a=1 b=a)"),
    ("p | fill na: keep", "p | (fill na:keep)"),
    (
      "p | split train: ..2012-04, test: 2016-05..",
      "p | (split train:(.. _ 2012m4) test:(.. 2016m5 _))"
    ),
    ("p | join (m | factors t), on: month", "p | (join <m | (factors t)> on:month)"),
    ("param k: int = 5 in 1..10", "(param k:int 5 in (.. 1 10))"), ("seed 42", "(seed 42)"),
    ("fn f(a, b: num = 2) -> num = a", "(fn f [a b:num=2] a)"), ("seed = 3", "(= seed 3)"),
    ("fn f(a) { a }", "(fn f [a] (block a))"), ("use \"a.fq\" as b", "(use a.fq as b)"),
    ("use {a, b} from \"c.fq\"", "(use c.fq [a b])"),
    ("assert x > 1, \"no\"", "(assert (cmp x > 1) 'no')"),
    ("assert unique(p, a)", "(assert (call unique p a))"), ("pause", "pause"),
    ("p | each { w -> w.a | fit x }", "p | (each (block [w] (. w a) | (fit x)))"),
  ])
  func statementsParse(_ text: String, _ tree: String) {
    #expect(TreePrinter.print(text) == tree)
  }

  @Test(arguments: [
    ("p | where<1>(</1>a > 1) and b", "F0012"), ("if a <1>=</1> 1 then b else c", "F0013"),
    ("assert a <1>=</1> 1", "F0013"), ("x<1>:</1> 5", "F0014"), ("<1>p.x</1> = 3", "F0015"),
    ("x = <1>(</1>1 + 2\ny = 1", "F0011"), ("a b<1/>", ""), ("p | select a <1>b</1>", "F0010"),
    ("x = 1 <1>2</1>", "F0020"), ("x = <1>)</1>", "F0010"), ("fq <1>9</1>\n", "F0018"),
    ("p[1990-01..<1>2004-13</1>]", "F0003"), ("x = [1, <1>|</1> 2]", "F0010"),
    ("x = { y = 1 <1>}</1>", "F0017"),
  ])
  func faultsHaveTheirPlace(_ marked: String, _ code: String) {
    let source = MarkedSource(marked)
    let diagnostics = Parser.parse(source.text).diagnostics
    #expect(diagnostics.map(\.code.rawValue) == (code.isEmpty ? [] : [code]))
    if !code.isEmpty { #expect(diagnostics.first?.span == source[1]) }
  }

  @Test func severalFaultsAreReportedAndTheRestIsParsed() {
    let program = Parser.parse("a = )\nb = 1\np | where | = | take 3\nc = ]\nd = 2")
    #expect(program.diagnostics.count == 3)
    #expect(program.statements.map(TreePrinter.print).contains("(= d 2)"))
    #expect(program.verdict == .invalid)
  }

  @Test func cellsHoldTitlesProseAndStatements() {
    let program = Parser.parse(SamplePrograms.lesson)
    #expect(program.cells.map(\.title) == [nil, "Why rank-normalise?", "Your turn"])
    #expect(program.cells.map(\.statements.count) == [0, 4, 4])
    #expect(program.cells[1].prose.count == 1 && program.cells[2].prose.count == 1)
    #expect(program.edition == 1)
    let open = Parser.parse("x = (1\n#%% Next\ny = 2")
    #expect(open.cells.last?.statements.count == 1)
    #expect(open.verdict == .invalid)
  }

  @Test func parametersKeepTheirWords() {
    let program = Parser.parse("param k: int = 5   ## number of factors\nparam j = 1")
    #expect(program.statements.map(\.documentation) == ["number of factors", nil])
  }

  @Test(arguments: [
    ("p |", Verdict.incomplete), ("p | where a,", .incomplete), ("x = (1", .incomplete),
    ("x = ", .incomplete), ("if a then b", .incomplete), ("\"abc", .incomplete),
    ("1 +", .incomplete),
    ("{ x", .incomplete), ("a and not", .incomplete), ("\"\"\"\nabc\n", .incomplete),
    ("p | where", .complete), ("x = 2005-01..", .complete), ("", .complete), ("# note", .complete),
    ("\"abc\n", .invalid), ("x = )", .invalid), ("a ) (", .invalid), ("a = (1 ) )", .invalid),
    ("\"{x", .incomplete), ("x is", .incomplete), ("p | plot.", .incomplete),
    ("fn f(", .incomplete),
  ])
  func verdictsAreRight(_ text: String, _ verdict: Verdict) {
    #expect(Parser.parse(text).verdict == verdict)
  }

  @Test(arguments: SamplePrograms.all)
  func everyPrefixIsCompleteOrIncomplete(_ text: String) {
    let source = Source(name: "t", text: text)
    #expect(Parser.parse(source).diagnostics.map(\.message) == [])
    #expect(Parser.parse(source).verdict == .complete)
    for token in Lexer.tokenize(source).tokens {
      let prefix = Source(name: "t", bytes: Array(source.bytes[..<token.end]))
      // A declaration's or module's own words may need the next one to be understood.
      let verdict = Parser.parse(prefix).verdict
      #expect(verdict != .invalid, "after \(source.text(Span(max(0, token.end - 30), token.end)))")
    }
  }

  @Test func spansCoverWhatTheyName() {
    let marked = MarkedSource("x = <1>p | <2>where <3>a > <4>1</4></3></2></1>")
    let program = Parser.parse(marked.text)
    var spans: [Span] = []
    program.walk { node in
      spans.append(node.span)
      return true
    }
    for number in 1...4 { #expect(spans.contains(marked[number])) }
  }
}
