// Completion at a marked cursor.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct CompleterTests {
  static func complete(_ marked: String) -> (Completion, Span) {
    let source = MarkedSource("p = load \"x.csv\", keys: [permno, month]\nk = 3\n" + marked)
    let completer = Completer(
      catalog: FakeCatalog(), files: FakeFiles(), modules: FakeModules())
    return (completer.complete(source.text, at: source[1].end), source[1])
  }

  @Test(arguments: [
    ("p | <1>wh</1>", "where"), ("p | where <1>re</1>", "ret"),
    ("p | where ret > 0 | <1>dec</1>", "deciles"),
    ("p | deciles ret, <1>ti</1>", "ties:"), ("p | deciles ret, ties: <1>to</1>", "together"),
    ("p | where size > <1>$</1>", "$k"), ("x = <1>p</1>", "p"), ("p.<1>re</1>", "ret"),
    ("p.<1>ent</1>", "entities"), ("p | plot.<1>li</1>", "line"), ("<1>lo</1>", "load"),
    ("p | derive q = ret | where <1>q</1>", "q"), ("p | setup target: <1>si</1>", "size"),
    ("p | setup target: ret | fit <1>cv</1>", "cvra"),
    ("p | setup target: ret | fit cvra, <1>ep</1>", "epochs:"),
    ("p | where xs.<1>ra</1>", "rank"), ("z = (p | sel<1/>", "select"), ("x = <1>no</1>", "not"),
    ("use \"prep.fq\" as v\nv.<1>fi</1>", "firms"),
    ("use \"prep.fq\" as v\np | v.<1>bi</1>", "big"),
    ("use \"prep.fq\" as v\nv.firms | v.big | where <1>si</1>", "size"),
    ("use \"prep.fq\" as v\np | winsorize $v.<1>ch</1>", "chars"),
    ("p | derive next = lead(ret, 1m) | deciles <1>ne</1>", "next"),
  ])
  func candidatesAreFound(_ marked: String, _ wanted: String) {
    let (completion, span) = Self.complete(marked)
    let texts = completion.candidates.map(\.text)
    #expect(texts.contains(wanted), "\(texts)")
    if !span.isEmpty { #expect(completion.range == span) }
  }

  @Test func verbsFitWhatFlowsIn() {
    let texts = Self.complete("p | setup target: ret | <1/>").0.candidates.map(\.text)
    #expect(texts.contains("fit") && !texts.contains("winsorize"))
  }

  @Test func optionsComeOnceAModelIsChosenOrALetterTyped() {
    func kinds(_ marked: String) -> Set<Candidate.Kind> {
      Set(Self.complete("p | setup target: ret | " + marked).0.candidates.map(\.kind))
    }
    #expect(kinds("fit <1/>") == [.choice])
    #expect(kinds("fit cvra, <1/>").contains(.option))
    #expect(kinds("fit <1>m</1>") == [.option])
  }

  @Test func nothingInsideTextAndComments() {
    #expect(Self.complete("x = \"wh<1/>").0.candidates.isEmpty)
    #expect(Self.complete("x # wh<1/>").0.candidates.isEmpty)
  }

  @Test(arguments: SamplePrograms.all)
  func everyCursorIsSurvived(_ text: String) {
    let completer = Completer(catalog: FakeCatalog())
    for cursor in stride(from: 0, through: text.utf8.count, by: 7) {
      _ = completer.complete(text, at: cursor)
    }
  }
}
