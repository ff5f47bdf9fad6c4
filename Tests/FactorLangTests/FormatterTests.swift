// The canonical layout, case by case; that nothing is lost is shown over many programs elsewhere.

import Testing

@testable import FactorLang

@Suite struct FormatterTests {
  private func format(_ text: String, aliases: [String: String] = [:]) -> String {
    let program = Parser.parse(text)
    #expect(program.diagnostics.isEmpty, "\(text)")
    return Formatter.format(program, aliases: aliases)
  }

  @Test(arguments: [
    ("x=1+2*3", "x = 1 + 2 * 3"), ("x = a-1", "x = a - 1"), ("x = a -1", "x = a - 1"),
    ("x = - 1", "x = -1"), ("x = 2 ^ - 1", "x = 2^-1"), ("x = a--1", "x = a - -1"),
    ("x = - 2004-12", "x = - 2004-12"), ("x = 1 .. 6", "x = 1..6"),
    ("x = 1..6 by  2", "x = 1..6 by 2"),
    ("x = 2005-01 ..", "x = 2005-01.."), ("x = 1 ..<6", "x = 1..<6"),
    ("x = [.. 5,1.. ]", "x = [..5, 1..]"),
    ("f( a,b:1 ,c = 2 )", "f(a, b: 1, c = 2)"), ("x = {a:1,..r , in:2}", "x = {a: 1, ..r, in: 2}"),
    ("x = {w->w+1}", "x = { w -> w + 1 }"), ("x = {}", "x = {}"), ("x = { }", "x = {}"),
    ("fn f (a:num,b:num=2)->num=a", "fn f(a: num, b: num = 2) -> num = a"),
    ("a  =  1 ;b=2", "a = 1; b = 2"), ("p|where(a)|>take 5", "p | where(a) | take 5"),
    ("p | where (a>1)and(b>2)", "p | where (a > 1) and (b > 2)"), ("p | take -5", "p | take -5"),
    ("p | take ..5", "p | take ..5"), ("x = a . b[ 1 ]", "x = a.b[1]"),
    ("x = a.in(1)", "x = a.in(1)"),
    ("x = not(a)in(b)", "x = not (a) in (b)"),
    ("x = if a then(b)else-c", "x = if a then (b) else -c"),
    ("x = a??b   catch e->c", "x = a ?? b catch e -> c"), ("x = a is   not na", "x = a is not na"),
    ("use{a,b}from \"x\"", "use {a, b} from \"x\""),
    ("param k:int=5 in 1..10", "param k: int = 5 in 1..10"),
    ("x = for i , j in 1..3{i}", "x = for i, j in 1..3 { i }"),
    ("x = 1_000.50mn", "x = 1_000.50mn"),
    ("x = r\"a  b\"", "x = r\"a  b\""),
    ("x = \"{ k :.2} a  {f(a,b)}\"", "x = \"{ k :.2} a  {f(a,b)}\""),
    ("x = ((1))", "x = ((1))"), ("|where x", "| where x"), ("x = 1.. == y", "x = 1.. == y"),
  ])
  func oneLineHasOneSpelling(_ text: String, _ formatted: String) {
    #expect(format(text) == formatted + "\n")
    #expect(format(formatted) == formatted + "\n")
  }

  @Test(arguments: SamplePrograms.all)
  func exampleScriptsKeepTheirLines(_ text: String) {
    let lines = format(text).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count >= text.split(separator: "\n", omittingEmptySubsequences: false).count)
  }

  @Test func stagesStandOnTheirOwnLinesOnceBroken() {
    #expect(format("p | a | b\n| c 1") == "p | a\n  | b\n  | c 1\n")
    #expect(format("p\n   |> a|b") == "p\n  | a\n  | b\n")
    #expect(format("p |\n a |\n b") == "p\n  | a\n  | b\n")
    #expect(format("p | # why\n a") == "p |  # why\n  a\n")
    #expect(format("x = p | a | b") == "x = p | a | b\n")
    #expect(format("x = (p\n| a)") == "x = (p\n    | a)\n")
  }

  @Test func argumentsKeepTheirBreaksAndAlign() {
    let aligned = """
      firms = p
        | derive bm  = log(book),
                 mom = lag(ret, 1m)
      toy = panel(firm:  ["A"],
                  month: 2020-01)

      """
    #expect(format(aligned) == aligned)
    let loose = """
      firms = p
         | derive bm  = log(book),
                mom = lag(ret,1m)
      toy = panel(firm: ["A"],
                   month:   2020-01)

      """
    #expect(format(loose) == aligned)
    let hanging = "x = load \"a\",\n  keys: [a,\n    b]\ny = [\n  1,\n  2,\n]\n"
    #expect(format(hanging) == hanging)
    #expect(format("y = [ 1,\n 2\n ]") == "y = [1,\n  2\n]\n")
  }

  @Test func blocksIndentTheirStatements() {
    #expect(format("fn f(x) {\ny = x\n   y\n}") == "fn f(x) {\n  y = x\n  y\n}\n")
    #expect(format("a = p | each {w->\n w\n}") == "a = p | each { w ->\n  w\n}\n")
  }

  @Test func commentsAndLinesOfNotebooksAreKept() {
    let text = """
      #!/usr/bin/env fq

      ##   prose
      x = 1 # one
      #> 1 \u{20}
        #! 1-2 wrong



      #%% Cell
        # own line
      f(a,   ## why
        # inside
        b)
      # last
      """
    let expected = """
      #!/usr/bin/env fq

      ##   prose
      x = 1  # one
      #> 1 \u{20}
      #! 1-2 wrong

      #%% Cell
      # own line
      f(a,  ## why
        # inside
        b)
      # last

      """
    #expect(format(text) == expected)
    #expect(format(expected) == expected)
  }

  @Test func aRecordedDiagnosticNeverBecomesAShebang() {
    #expect(format("  #! a\n1") == "\n#! a\n1\n")
    #expect(format("\n#! a\n1") == "\n#! a\n1\n")
  }

  @Test func lineEndsAndBlankLinesAreOne() {
    #expect(format("\r\n\n a = 1\r\n\r\n\r\n b = 2 # x \r\n\n\n") == "a = 1\n\nb = 2  # x\n")
    #expect(format("x = [\n\n1,\n\n\n2\n\n]") == "x = [\n  1,\n\n  2\n]\n")
    #expect(format("") == "" && format("\n\n") == "" && format("# a") == "# a\n")
  }

  @Test func stringsOverSeveralLinesStayAsTheyAre() {
    let text = "s = \"\"\"\n   a  {x\n    + 1}\n   \"\"\"\nt = 1\n"
    #expect(format(text) == text)
  }

  @Test func aliasesAreExpandedWhereTheyAreCalled() {
    let aliases = ["ts_rank": "ts.rank", "delta": "ts.change"]
    #expect(
      format("x = ts_rank(a,12m) + ts_rank", aliases: aliases) == "x = ts.rank(a, 12m) + ts_rank\n")
    #expect(
      format("delta = 1\ny = delta(x) + ts_rank(y, 2m)", aliases: aliases)
        == "delta = 1\ny = delta(x) + ts.rank(y, 2m)\n")
    #expect(format("f = delta -> delta(1)", aliases: aliases) == "f = delta -> delta(1)\n")
  }

  @Test func aLineOfAnyLengthIsFormattedInOneGo() {
    let text = "x = [" + String(repeating: "f(a, (b)), ", count: 10_000) + "1]\n"
    let clock = ContinuousClock()
    var formatted = ""
    let time = clock.measure { formatted = format(text) }
    #expect(formatted == text && time < .seconds(10))
  }

  @Test func programsWithFaultsAreLeftAlone() {
    let program = Parser.parse("x  =  (1")
    #expect(Formatter.formatted(program) == nil && Formatter.format(program) == "x  =  (1")
  }
}
