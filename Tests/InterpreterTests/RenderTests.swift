// `fq render`: notebooks as pages, by their bytes, their files and their refusals.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct RenderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fq(_ words: String...) -> Int32 {
    CommandLineTool.run(
      words.map { $0.contains(".") && !$0.contains("=") ? path($0) : $0 } + ["--quiet"])
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }
  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }
  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private static let script = """
    #!/usr/bin/env fq
    fq 1
    ## Small and large firms: what `size` tells. See [the manual](docs/reports.md), *please*.
    ##
    ## - an item with **weight**
    ## - 2 * 3 * 4 and a_b_c

    seed 7

    #%% First
    ## A table:
    t = toy | summarise average = mean(ret), n = count(), by: month
    t # a remark
    #%% Second
    t | plot.line average, title: "Average <return>"
    say "done"

    """

  @Test func aPageHasTitleContentsProseCodeTablesAndPictures() throws {
    _ = try folder.write("a.fq", Self.script)
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    for part in [
      "<title>Small and large firms</title>", "<h1>Small and large firms</h1>",
      "<p>What <code>size</code> tells. See <a href=\"docs/reports.md\" rel=\"noopener\">the manual</a>, <em>please</em>.</p>",
      "<li>an item with <strong>weight</strong></li>", "<li>2 * 3 * 4 and a_b_c</li>",
      "<li><a href=\"#first\">First</a></li>", "<h2 id=\"second\">Second</h2>",
      "<span class=\"verb\">summarise</span>", "<span class=\"comment\"># a remark</span>",
      "<th>average</th>", "<td>30</td>", "… 12 of 24 rows not shown", "<svg xmlns",
      "Average &lt;return&gt;",
      "<pre class=\"shown\">done</pre>", "<dt>seed</dt><dd>7</dd>", "<dd>no file was read</dd>",
    ] { #expect(page.contains(part), "\(part)") }
    // The interpreter's line and the edition say nothing to a reader.
    #expect(!page.contains("env fq") && !page.contains(">1</span>\n"))
    // Nothing to fetch, nothing to run.
    #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"))
  }

  @Test func aSecondRunGivesTheSameBytes() throws {
    _ = try folder.write("a.fq", Self.script)
    #expect(fq("render", "a.fq", "-o", "one.html") == 0)
    #expect(fq("render", "a.fq", "-o", "two.html") == 0)
    #expect(try read("one.html") == read("two.html"))
    #expect(fq("render", "a.fq", "-o", "one.md") == 0)
    #expect(fq("render", "a.fq", "--to", "md") == 0)
    let (one, two) = (try read("one.md"), try read("a.md"))
    #expect(one.replacing("one_files", with: "a_files") == two)
  }

  @Test func markdownHasFencesTablesAndPicturesBeside() throws {
    _ = try folder.write("a.fq", Self.script)
    #expect(fq("render", "a.fq", "--to", "md") == 0)
    let page = try read("a.md")
    for part in [
      "# Small and large firms\n", "- [First](#first)\n- [Second](#second)\n", "## First\n",
      "What `size` tells. See [the manual](<docs/reports.md>), *please*.",
      "- 2 \\* 3 \\* 4 and a_b_c", "```fq\nt | plot.line average",
      "| month | average | n |\n| --- | ---: | ---: |\n",
      "![Average \\<return>](<a_files/figure-1.svg>)", "```text\ndone\n```",
    ] { #expect(page.contains(part), "\(part)") }
    let picture = try read("a_files/figure-1.svg")
    #expect(picture.hasPrefix("<svg") && picture.contains("Average &lt;return&gt;"))
    #expect(try names() == ["a.fq", "a.md", "a_files"])
  }

  @Test func recordedOutputsAreComparedFirst() throws {
    let file = try folder.write("a.fq", "x = 1 + 1\nx\n#> 3\nshow x\n#> 2\n")
    #expect(fq("render", "a.fq") == 1)
    #expect(try names() == ["a.fq"])
    #expect(fq("run", "--update", "a.fq") == 0)
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    #expect(page.contains("<pre class=\"shown\">2</pre>") && !page.contains("#&gt;"))
    #expect(
      try String(contentsOfFile: file, encoding: .utf8) == "x = 1 + 1\nx\n#> 2\nshow x\n#> 2\n")
  }

  @Test func differencesHaveTheirPlaceAndTheCommand() {
    let source = Source(name: "a.fq", text: "x = 1 + 1\nx\n#> 3\n")
    let result = Notebook.runForPage(source, in: Session()) { _, _ in }
    #expect(result.differences.count == 1)
    let text = Renderer().render(result.differences[0])
    #expect(text.contains("a.fq:2:1") && text.contains("fq run --update a.fq"))
  }

  @Test func aScriptThatFailsHasNoPage() throws {
    _ = try folder.write("a.fq", "x = [1, 2]\nx[5]\n")
    _ = try folder.write("b.fq", "nothing_of_that_name\n")
    _ = try folder.write("c.fq", "assert 1 == 2\n")
    #expect(fq("render", "a.fq") == 1)
    #expect(fq("render", "b.fq") == 2)
    #expect(fq("render", "c.fq") == 3)
    #expect(try names() == ["a.fq", "b.fq", "c.fq"])
  }

  @Test func whatShowWasToldHoldsForPages() throws {
    _ = try folder.write(
      "a.fq", "show toy, full: true\nshow toy, rows: 3\ntoy | show sideways: true, rows: 1\n")
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    #expect(page.contains("<th class=\"l\">firms with a value</th>"))
    #expect(page.contains("… 710 of 713 rows not shown"))
    #expect(page.contains("row 1 of 713\n  date  2000-01  key\n"))
  }

  // A page about an error: the file says that it fails, and how.
  @Test func aRecordedFailureIsShown() throws {
    _ = try folder.write("a.fq", "x = [1, 2]\nx[5]\nsay \"never\"\n")
    #expect(fq("run", "--update", "a.fq") == 0)
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    #expect(page.contains("<pre class=\"message error\"><span class=\"error\">error["))
    #expect(page.contains("<span class=\"primaryMark\">^"))
    #expect(
      page.components(separatedBy: "<span").count == page.components(separatedBy: "</span>").count)
    #expect(fq("render", "a.fq", "--to", "md") == 0)
    #expect(try read("a.md").contains("```text\nerror["))
  }

  @Test func warningsAreShownBesideOutputs() throws {
    _ = try folder.write("a.fq", "toy | where size == size | summarise n = count()\n")
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    #expect(page.contains("<pre class=\"message warning\">") && page.contains("<td>713</td>"))
  }

  @Test(arguments: [
    ["render"], ["render", "none.fq"], ["render", "a.fq", "--to", "pdf"],
    ["render", "a.fq", "-o", "a.pdf"], ["render", "a.fq", "-o", "page."],
    ["render", "a.fq", "--to", "md", "-o", "b.html"], ["render", "a.fq", "-o"],
    ["render", "a.fq", "--to"], ["render", "a.fq", "-o", "no/folder/b.html"],
    ["render", "a.fq", "kk=3"], ["run", "a.fq", "-o", "b.html"], ["a.fq", "--to", "md"],
  ])
  func wrongCommandLinesAreRefused(_ words: [String]) throws {
    _ = try folder.write("a.fq", "1 + 1\n")
    let given = words.map { $0.hasSuffix("fq") || $0.contains("/") ? path($0) : $0 }
    #expect(CommandLineTool.run(given + ["--quiet"]) == 2)
    #expect(try names() == ["a.fq"])
  }

  @Test func foldersAndDevicesInTheWayAreSaid() throws {
    _ = try folder.write("a.fq", "toy | plot.line mean(ret), by: month\nt = 1\nt\n")
    try FileManager.default.createDirectory(
      atPath: path("d.html"), withIntermediateDirectories: true)
    #expect(fq("render", "a.fq", "-o", "d.html") == 2)
    // A file where the folder of the pictures must be.
    _ = try folder.write("a_files", "")
    _ = try folder.write("p.fq", "toy | summarise m = mean(ret), by: month | plot.line m\n")
    _ = try folder.write("p_files", "")
    #expect(fq("render", "p.fq", "--to", "md") == 2)
    #expect(!(try names()).contains("p.md"))
  }

  @Test func parametersAreSaid() throws {
    _ = try folder.write("a.fq", "param k: int = 2 ## how often\nk * 10\n")
    #expect(fq("render", "a.fq", "k=4") == 0)
    let page = try read("a.html")
    #expect(page.contains("<pre class=\"shown\">40</pre>") && page.contains("<dd>k=4</dd>"))
    // What documents a parameter stays with it.
    #expect(page.contains("<span class=\"prose\">## how often</span>"))
  }

  @Test func dataAndModulesHaveFingerprints() throws {
    _ = try folder.write("d.csv", "firm,month,ret\nA,2020-01,0.1\nB,2020-01,0.2\n")
    _ = try folder.write("m.fq", "p = load \"d.csv\", keys: [month, firm]\n")
    _ = try folder.write("a.fq", "use \"m.fq\" as m\nm.p\n")
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    #expect(page.contains("<dt>module m.fq</dt>") && page.contains("<dt>data d.csv</dt>"))
    #expect(page.contains(" · 2 rows · 2 firms · 2020-01..2020-01</dd>"))
    #expect(!page.contains(folder.path))
  }

  @Test func hostileTextIsOnlyText() throws {
    let evil =
      "<script>alert(\\\"1\\\")</script>\u{202E}\u{7F}&amp; [x](javascript:y) `|` ![a](http://b)"
    _ = try folder.write(
      "a.fq",
      """
      ## <script>alert(1)</script>: *<b>* `</code>` [x](javascript:alert(1)) [y](//evil) [z](data:text/html,x)
      #%% </h2><script>
      t = panel(firm: ["\(evil)", "B"], month: 2020-01, bm: [1, 2])
      t
      t | top 2, by: bm | plot.bars bm, by: firm, title: "\(evil)"
      say "\(evil)"
      # </pre><script>
      """)
    _ = fq("run", "--update", "a.fq")
    #expect(fq("render", "a.fq") == 0)
    let page = try read("a.html")
    for bad in [
      "<script", "javascript:alert(1)\"", "href=\"//", "href=\"data", "<b>", "\u{202E}", "\u{7F}",
    ] {
      #expect(!page.contains(bad), "\(bad)")
    }
    #expect(page.contains("&lt;script&gt;"))
    #expect(fq("render", "a.fq", "--to", "md") == 0)
    let text = try read("a.md")
    let outside = Self.outsideFences(text)
    // A bracket that data or prose opened is escaped, so that nothing of it is a link or a picture.
    for bad in ["<script", "[x](javascript", "[y](//", "[z](data", "[a](http", "<b>"] {
      #expect(outside.replacing("\\\(bad)", with: "").contains(bad) == false, "\(bad)")
    }
    #expect(!text.contains("\u{202E}"))
    #expect(!(try read("a_files/figure-1.svg")).contains("<script"))
  }

  private static func outsideFences(_ text: String) -> String {
    var isInside = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      if line.hasPrefix("```") {
        isInside.toggle()
        return false
      }
      return !isInside
    }.joined(separator: "\n")
  }
}

@Suite struct ProseMarkupTests {
  @Test(arguments: [
    ("plain", [Inline.text("plain")]),
    ("a `b*c` d", [.text("a "), .code("b*c"), .text(" d")]),
    ("*so* and **so**", [.emphasis("so"), .text(" and "), .strong("so")]),
    ("2 * x * y", [.text("2 * x * y")]), ("2*x*y", [.text("2*x*y")]), ("**", [.text("**")]),
    ("a `b", [.text("a `b")]), ("snake_case_name", [.text("snake_case_name")]),
    ("[a](b.md)", [.link("a", address: "b.md")]), ("[0, 1](x y)", [.text("[0, 1](x y)")]),
    ("p[2000-01] (and more)", [.text("p[2000-01] (and more)")]), ("", []),
  ])
  func marksCountInPairs(_ text: String, _ inlines: [Inline]) {
    #expect(ProseMarkup.inlines(text) == inlines)
  }

  @Test func addressesAreOfTheWebOrRelative() {
    for good in ["https://a.b/c?d=e", "http://a", "mailto:x@y.z", "b.md", "#top", "a/b:c", "../x"] {
      #expect(ProseMarkup.isAddress(good), "\(good)")
    }
    for bad in [
      "javascript:x", "JavaScript:x", "data:x", "//host", "vbscript:x", "a b", "", "x\"y",
      "\\\\host", "java\tscript:x",
    ] {
      #expect(!ProseMarkup.isAddress(bad), "\(bad)")
    }
  }

  @Test func paragraphsAndItems() {
    #expect(
      ProseMarkup.blocks(["a", "b", "", "- c", "d", "- e"]) == [
        .paragraph([.text("a b")]), .list([[.text("c d")], [.text("e")]]),
      ])
  }

  @Test(arguments: [
    ("## One: two three.\n## More.\n", "One"), ("## Is it so? Yes.\n", "Is it so?"),
    ("## Version 1.5 is out. Good.\n", "Version 1.5 is out"), ("fq 1\n1\n", "Some file 2"),
    ("#%% Cell\n## Prose.\n", "Some file 2"), ("## - item\n", "Some file 2"),
    ("## A `code` first. X\n", "Some file 2"),
  ])
  func titles(_ text: String, _ title: String) {
    let source = Source(name: "x/some_file2.fq", text: text)
    let page = NotebookPage(Notebook(source), name: source.name, outputs: [], facts: [])
    #expect(page.title == title)
    #expect(page.file == "some_file2.fq")
  }

  @Test func placesAreNamedAsOnGitHub() {
    let source = Source(
      name: "a.fq", text: "## Same. More.\n#%% Same\n1\n#%% Two, words!\n#%% Same\n2\n#%% ?\n3\n")
    let page = NotebookPage(Notebook(source), name: source.name, outputs: [], facts: [])
    #expect(page.titled.map(\.anchor) == ["same-1", "two-words", "same-2", "section"])
  }
}
