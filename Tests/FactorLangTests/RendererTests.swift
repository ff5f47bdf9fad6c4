// Rendered messages compared as a whole, plain and decorated, short and JSON.

import Testing

@testable import FactorLang

@Suite struct RendererTests {
  private func rendered(_ text: String, name: String) -> String {
    let program = Parser.parse(Source(name: name, text: text))
    let checked = Checker.check(program, catalog: FakeCatalog(), files: FakeFiles())
    return Renderer().render(checked.diagnostics)
  }

  @Test func unknownColumn() {
    let text = """
      p = load "x.csv", keys: [permno, month]
        | derive mom = ts.compound(lag(ret, 1m), 11m),
                 vol = abs(ret)
        | winsorize ret, momm, vol, tails: 1%
      """
    #expect(
      rendered(text, name: "prep.fq") == """
        error[F0101]: this panel has no column `momm`
          ┌─ prep.fq:4:20
          │
        2 │   | derive mom = ts.compound(lag(ret, 1m), 11m),
          │            ─── a column with a similar name is defined here
          ·
        4 │   | winsorize ret, momm, vol, tails: 1%
          │                    ^^^^ not a column at this stage
          │
          help: use `mom`                                                        [fix 1]
          note: columns here: permno month ret size exchange … and 3 more  (.type it)

        """)
  }

  @Test func lookAhead() {
    let source = Source(
      name: "signals.fq",
      text: String(repeating: "\n", count: 10)
        + "| derive next = lead(ret, 1m)\n\n\n| deciles next, within: month")
    let diagnostic = Diagnostic(
      .lookAhead, "`next` is not known yet when this ranking is made",
      at: Label(source, Span(52, 56), "sorting uses it at t"),
      secondary: [Label(source, Span(19, 23), "known one month later (t+1m)")],
      reason:
        "sorting on next month's return and then holding that month looks profitable by construction",
      helps: [
        Help("to predict it, make it the target:   setup target: lead(ret, 1m)"),
        Help(
          "to use last month's return instead:  deciles lag(ret, 1m), within: month",
          replace: Span(52, 56), in: source, with: "lag(ret, 1m)"),
      ])
    #expect(
      Renderer().render(diagnostic) == """
        error[F0301]: `next` is not known yet when this ranking is made
           ┌─ signals.fq:14:11
           │
        11 │ | derive next = lead(ret, 1m)
           │          ──── known one month later (t+1m)
           ·
        14 │ | deciles next, within: month
           │           ^^^^ sorting uses it at t
           │
           = sorting on next month's return and then holding that month looks profitable by construction
           help: to predict it, make it the target:   setup target: lead(ret, 1m)
           help: to use last month's return instead:  deciles lag(ret, 1m), within: month  [fix 1]

        """)
  }

  @Test func sentencesAreBrokenForANarrowScreen() {
    let source = Source(name: "a.fq", text: "deciles next")
    let diagnostic = Diagnostic(
      .lookAhead, "`next` is not known yet when this ranking is made",
      at: Label(source, Span(8, 12), ""),
      reason: "holding that month looks profitable by construction",
      helps: [
        Help(
          "to use last month's return instead:  lag(ret, 1m)", replace: Span(8, 12), in: source,
          with: "x")
      ],
      notes: ["short", "a note of more words than one line of it has room for"])
    #expect(
      Renderer().render(diagnostic, width: 40) == """
        error[F0301]: `next` is not known yet
          when this ranking is made
          ┌─ a.fq:1:9
          │
        1 │ deciles next
          │         ^^^^
          │
          = holding that month looks profitable
            by construction
          help: to use last month's return
                instead:  lag(ret, 1m)  [fix 1]
          note: short
          note: a note of more words than one
                line of it has room for

        """)
  }

  @Test func wrongInflow() {
    let text = "p = load \"x.csv\"\np.ret\n| deciles ret, within: month"
    #expect(
      rendered(text, name: "deciles.fq") == """
        error[F0210]: `deciles` works on a panel, but a list flows in
          ┌─ deciles.fq:3:3
          │
        2 │ p.ret
          │ ───── list of ratios (the column, without its firms and months)
        3 │ | deciles ret, within: month
          │   ^^^^^^^ accepts: panel
          │
          help: keep the panel:  p | deciles ret, within: month                  [fix 1]

        """)
  }

  @Test func impossibleMonth() {
    #expect(
      rendered("p[1990-01..2004-13]", name: "fq>") == """
        error[F0003]: `2004-13` is not a month
          ┌─ fq>:1:12
          │
        1 │ p[1990-01..2004-13]
          │            ^^^^^^^ months run from 01 to 12
          │
          help: the year's end is `2004-12`                                      [fix 1]
          help: for the subtraction write `2004 - 13`, with spaces

        """)
  }

  @Test func variableAsColumn() {
    let text = "p = load \"x.csv\"\nk = 250mn\np | where size > k"
    #expect(
      rendered(text, name: "fq>") == """
        error[F0104]: `k` is not a column; it is a variable
          ┌─ fq>:3:18
          │
        3 │ p | where size > k
          │                  ^ inside `where`, a bare name means a column
          │
          help: use `$k`  (currently 250mn)                                      [fix 1]

        """)
  }

  @Test func decoratorSurroundsParts() throws {
    let decorator = Decorator { style in
      style == .error ? ("<e>", "</e>") : style == .primaryMark ? ("<p>", "</p>") : ("", "")
    }
    let first = try #require(Parser.parse("x = )").diagnostics.first)
    let text = Renderer(decorator).render(first)
    #expect(text.hasPrefix("<e>error[F0010]</e>: expected a value, found `)`\n"))
    #expect(text.contains("<p>^ a value belongs here</p>"))
    #expect(Renderer().short(first) == "fq>:1:5: error[F0010]: expected a value, found `)`")
  }

  @Test func jsonHasTheDocumentedShape() throws {
    let first = try #require(Parser.parse("2004-13").diagnostics.first)
    #expect(
      first.json == #"{"code":"F0003","severity":"error","message":"`2004-13` is not a month","#
        + #""spans":[{"file":"fq>","start":[1,1],"end":[1,8],"role":"primary","label":"months run from 01 to 12"}],"#
        + #""fixes":[{"title":"the year's end is `2004-12`","edits":[{"range":[[1,1],[1,8]],"#
        + #""text":"2004-12"}],"certain":true}],"data":null}"#)
  }

  @Test func longLinesAreClippedAndControlsNeutralised() throws {
    let text = String(repeating: "a + ", count: 100) + "\u{1B}[31m\t= 3 日本"
    let first = try #require(Parser.parse(text).diagnostics.first)
    let lines = Renderer().render(first).split(separator: "\n")
    #expect(lines.allSatisfy { CharacterWidth.of(String($0)) <= 180 })
    #expect(!lines.joined().contains("\u{1B}"))
    let wide = try #require(Parser.parse("x = \"日本\" )").diagnostics.first)
    #expect(Renderer().render(wide).contains("\n  │            ^ expected the end of the line\n"))
  }

  @Test func everyCodeHasATitle() {
    for code in Code.allCases { #expect(code.title != code.rawValue) }
  }

  @Test(arguments: [
    ("momm", "mom"), ("wher", "where"), ("RET", "ret"), ("xyz", nil), ("rankk", "rank"),
    ("c5", nil), ("mom12n", "mom12m"),
  ])
  func suggestionsAreConfident(_ name: String, _ nearest: String?) {
    #expect(
      Suggestion.nearest(to: name, among: ["mom", "where", "ret", "rank", "c1", "mom12m"])
        == nearest)
  }
}
