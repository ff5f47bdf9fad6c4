// What the declarations of the primitives let the checker see: mistakes are refused before anything
// runs, and what passes the check runs.

import FactorLang
import Testing

@testable import Interpreter

@Suite struct CheckBeforeRunTests {
  @Test(arguments: [
    // The future.
    ("toy | where lead(ret, 1m) > 0", "F0301"), ("toy | deciles lead(ret, 1m)", "F0301"),
    ("toy | derive n = lead(ret, 1m) | rank_normalize n", "F0301"),
    ("toy | derive n = lead(ret, 1m) | winsorize n", "F0301"),
    ("toy | derive n = xs.rank(lead(ret, 1m)) | deciles n", "F0301"),
    ("toy | where size > mean(lead(ret, 1m))", "F0301"),
    ("toy | setup target: ret, features: [ret]", "F0301"),
    ("toy | where ret > 0 | setup target: ret, features: [size]", "F0301"),
    ("toy | deciles ret | portfolio returns: ret", "F0301"),
    ("w = synth world: r_dyn\nw | setup target: ret, features: [c1, ret]", "F0301"),
    (
      "panel(firm: [\"A\", \"B\"], month: 2020-01, r: [1, 2]) | setup target: r, features: [r]",
      "F0301"
    ),
    // Units.
    ("toy | derive y = lag(ret, 10min)", "F0209"), ("toy | derive y = lag(ret, 3)", "F0209"),
    ("toy | winsorize ret, tails: 5", "F0209"), ("toy | where month >= 2001", "F0205"),
    ("toy | deciles size | portfolio returns: ret | costs 30", "F0209"), ("toy[2000]", "F0201"),
    // Kinds of columns.
    ("toy | rank_normalize id", "F0201"), ("toy | deciles id", "F0201"),
    ("toy | setup target: id, features: [size]", "F0201"), ("toy | plot.histogram id", "F0201"),
    ("toy | setup target: ret, features: [id]", "F0201"), ("toy | where size", "F0206"),
    // Schemas.
    ("w = synth world: r_dyn, chars: 4\nw | rank_normalize c5", "F0101"),
    ("toy | describe | plot.bars meann", "F0101"), ("(toy | describe).kinds", "F0106"),
    ("toy | select size | rank_normalize mom", "F0101"),
    ("panel(firm: [\"A\"], month: 2020-01, r: [1]) | where rr > 0", "F0101"),
    ("x = 5\nx.k", "F0106"), ("toy | portfolio returns: ret", "F0101"),
    ("toy | deciles size | portfolio", "F0101"), ("ts.mean(toy.ret, 3m)", "F0201"),
    ("toy | setup target: ret, features: [size] | split 70/30", "F0204"),
    ("toy | setup target: ret, features: [size] | split 1 + 1 | fit ca1, k: 1", "F0204"),
    ("toy | derive m = ts.mean(ret, 20000m)", "F0203"), ("toy | table ret, digits: 40", "F0203"),
    ("toy | summarise m = mean(ret), by: month | order_by mm", "F0101"),
    // Ranges and blocks.
    ("toy[1985-01..1986-12]", "F0405"), ("toy | rank_normalize size, to: 0..5", "F0203"),
    ("toy | plot.histogram ret, bins: 900", "F0203"), ("show 1/3, digits: 40", "F0203"),
    (
      "toy | setup target: ret, features: [size] | split train: ..1999-12, valid: 2000-01..2000-06, test: 2000-07..",
      "F0405"
    ),
    (
      "toy | setup target: ret, features: [size] | split train: ..2000-12, valid: 2000-12.., test: 2001-07..",
      "F0302"
    ),
    ("toy | setup target: ret, features: [size] | split", "F0107"),
    ("toy | setup target: ret, features: [size] | split train: ..2000-12", "F0107"),
    ("toy | setup target: ret, features: [size] | split thirds, train: ..2000-12", "F0108"),
    ("toy | setup target: ret", "F0107"), ("lag(toy.ret, 1m)", "F0201"),
    ("load \"no such file.csv\"", "F0501"),
  ])
  func mistakeIsSeenBeforeTheRun(text: String, code: String) {
    let result = run(text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
    #expect(result.status == .refused && result.ledger.isEmpty)
  }

  @Test(arguments: [
    "toy | where month >= 2001-01 and id == \"3\"", "toy | deciles size > 3, small: skip",
    "toy | describe",
    "toy | derive n = lead(ret, 1m) | describe", "toy[id: 1] | plot.line ret",
    "toy | derive d = month(month) | where d > 2000-03 | setup target: ret, features: [size]",
    "p = panel(firm: [\"A\", \"B\"], date: 2020-01, r: [1, 2])\np | where month >= 2020-01",
    "toy | setup target: lead(ret, 1m), features: [ret] | split train: ..2000-12, valid: 2001-01..2001-06, test: 2001-07..2002-12",
    "w = synth world: r_dyn, firms: 20, months: 60, chars: 4\nw | setup target: ret, features: $w.chars",
    "abs(-3) + log(2)", "mean(toy.ret) < 1", "toy[2000-01] | where abs(ret) > 0 | select ret",
    "(toy | describe).mean", "x = toy[1985-01..] catch 3\nx", "[1, 2][1]", "show 5",
  ])
  func whatPassesRuns(text: String) {
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
  }

  @Test func usesOfTheFutureAreMarked() {
    #expect(run("toy | derive n = lead(ret, 1m) | describe").notes == ["uses the future: n (t+1m)"])
    let plot = run("toy[id: 1] | plot.line lead(ret, 2m)")
    #expect(plot.notes == ["uses the future: lead(ret, 2m) (t+2m)"])
    #expect(run("toy | describe").notes.isEmpty)
  }

  @Test func whatTheCheckCannotSeeTheRunRefuses() {
    let text = "n = for i in [1] { toy | derive f = lead(ret, 1m) }\n"
    #expect(run(text + "n[1] | deciles f").codes.first == "F0301")
    #expect(run(text + "n[1] | rank_normalize f").codes.first == "F0301")
    #expect(run(text + "n[1] | winsorize f").codes.first == "F0301")
  }

  @Test func warningsDoNotRefuse() {
    let result = run("toy | where ret == ret")
    #expect(result.codes == ["L0107"] && result.status == .done)
  }

  @Test func knowledgeIsKeptFromCellToCell() {
    let session = Session()
    _ = run("p = toy | derive next = lead(ret, 1m)", in: session)
    let result = run("p | deciles next", in: session)
    #expect(result.codes == ["F0301"] && result.status == .refused)
  }

  /// The first fix or advice for a mistake.
  private func advice(_ text: String) -> String? {
    Session().check(Source(name: "t", text: text)).diagnostics.first?.helps.first?.text
  }

  @Test func severalValuesStandInBracketsWhereAnOptionTakesThem() {
    #expect(
      advice("toy | regress ret, on: size, mom")
        == "several stand in brackets:  on: [size, mom]")
    let task = "toy | setup target: ret, features: [size, mom] | split thirds | "
    #expect(advice(task + "fit ca1, k: 1, 2")?.contains("brackets") == false)
    #expect(advice(task + "fit ca1, k: 1, hidden: 4, 8")?.contains("brackets") != true)
  }

  @Test func aColonWhereAColumnIsDefinedIsMended() {
    #expect(advice("toy | summarise m: mean(ret)") == "a column is defined with `=`:  m = …")
    #expect(advice("toy | summarise m = mean(ret), bye: id") == "use `by`")
  }

  // What people type who come from pandas, R or the shell.
  @Test(arguments: [
    ("toy.head()", "a name alone shows its first and last rows; more of them:  show …, rows: 20"),
    ("toy.shape", "how large it is say `.rows` and `.columns`"),
    ("toy.firms", "`.entities` counts firms"),
    ("toy | top 5 by ret", "an option has a comma before it and a colon:  by:"),
    ("toy | order_by ret desc", "an option has a comma before it and a colon:  descending: true"),
    ("toy.std", "functions take values:  std(p.ret)"),
    ("toy.query", "verbs follow a bar:  p | where …"),
    ("toy[\"A\"]", "months stand without quotes:  2000-01"),
    ("toy | deciles size | portfolio returns: ret | costs 30 bps", "a unit touches its number"),
    ("toy | derive l = lag(ret)", "for example:  toy | derive other = lag(ret, 1m)"),
    ("toy | lag ret", "inside a verb, as in:  p | derive x = lag(…)"),
    ("toy | corr ret, mom", "use `correlate`"),
    ("toy | regress ret ~ mom", "a regression names its sides:  regress y, on: [a, b]"),
    ("compare toy, toy", "several flow in as a list:  [toy, toy] | compare"),
    (
      "toy | plot ret",
      "plots are named by their kind:  plot.line, plot.bars, plot.histogram, plot.scatter"
    ),
  ])
  func mistakesOfOtherLanguagesAreAnswered(_ text: String, _ first: String) {
    #expect(advice(text) == first)
  }

  @Test func aUnitApartFromItsNumberIsMended() throws {
    let text = "toy | derive l = lag(ret, 1 month)"
    let found = try #require(Session().check(Source(name: "t", text: text)).diagnostics.first)
    let fix = try #require(found.fixes.first)
    #expect(fix.edits.map(\.replacement) == ["m"])
  }

  // What a table brings is not always known before it is there.
  @Test func columnsThatOnlyTheRunKnowsAreNotRefused() {
    let components =
      "c = toy | summarise a = mean(ret), b = mean(size), by: month | components 1\n"
      + "toy | join c, on: month | derive z = pc1 | describe"
    let loadings =
      "m = toy | setup target: ret, features: [size, mom] | split thirds | fit ipca, k: 1\n"
      + "toy | rename firm = id | merge (m | loadings on: test) | derive z = f1 | describe"
    for text in [components, loadings] {
      let result = run(text)
      #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    }
    #expect(
      run("a = toy | summarise n = count(), by: month\ntoy | join a, on: month | derive z = nn")
        .codes == ["F0101"])
  }

  @Test func whatOtherLanguagesWriteIsSaidAsItIsHere() {
    func helps(_ text: String) -> String {
      run(text).diagnostics.flatMap { $0.helps.map(\.text) }.joined(separator: " / ")
    }
    #expect(helps("toy | select -ret").contains("leave it out:  except: ret"))
    #expect(
      helps("toy | rank_normalize all").contains("feats = (p | select except: [ret]).columns"))
    #expect(helps("toy.chars").contains("then  $feats"))
    #expect(helps("df = pd.read_csv(\"panel.csv\")").contains("p = load \"panel.csv\""))
    #expect(helps("toy | derive l = ret.shift(1)").contains("lag(x, 1m)"))
    #expect(helps("fq teach").contains("typed outside"))
    let bars = helps("toy | deciles size | plot.bars ret, by: decile")
    #expect(
      bars.contains("summarise average = mean(ret), by: decile | plot.bars average, by: decile"))
    let feats =
      "feats = (toy | select except: [ret]).columns\ntoy | rank_normalize $feats | describe"
    #expect(run(feats).status == .done)
  }
}
