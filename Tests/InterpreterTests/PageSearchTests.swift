// Pages found by words of fq and of other languages, the nearest first.

import FactorLang
import FactorRuntime
import Models
import Testing

@testable import Interpreter

@Suite struct PageSearchTests {
  private func names(_ words: String) -> [String] {
    PageSearch.lines(words, catalog: .standard).filter { !$0.hasPrefix(" ") }.map {
      String($0.prefix { $0 != " " })
    }
  }

  @Test(arguments: [
    ("groupby", "summarise"), ("shift", "lag"), ("information coefficient", "ic"), ("IC", "ic"),
    ("save picture", "save"), ("newey west", "regress"), ("dropna", "where"), ("head", "show"),
    ("average by month", "ts.mean"), ("filter rows", "where"), ("winsor", "winsorize"),
    ("sharpe", "sharpe"), ("value_counts", "summarise"), ("rank", "rank_normalize"),
  ])
  func whatIsMeantIsAmongTheFirst(_ words: String, _ name: String) {
    #expect(names(words).prefix(3).contains(name), "\(names(words))")
  }

  /// Letters within a word are not the word.
  @Test func wordsBeginWhereWordsBegin() {
    #expect(!names("ic").contains("publish"))
    #expect(names("no_such_word").isEmpty)
  }

  @Test func ifNoPageHasAllWordsThoseWithMostAreShown() {
    let lines = PageSearch.lines("summarise nonsense", catalog: .standard)
    #expect(lines.first == "no page has all of these words; with some of them:")
    #expect(lines.dropFirst().first?.hasPrefix("summarise ") == true)
  }

  @Test func linesFitAndEveryWordLeadsSomewhere() {
    let known = Set(
      StandardCatalog.standard.names + Registry.cards.map(\.name) + Statistic.all.map(\.name))
    for word in ForeignWords.words {
      let pages = ForeignWords.pages(for: word)
      #expect(pages.allSatisfy(known.contains), "\(word)")
      #expect(names(word).contains(pages[0]), "\(word)")
    }
    let lines = PageSearch.lines("a", catalog: .standard)
    #expect(lines.allSatisfy { TextWidth.of($0) <= 80 })
  }

  @Test(arguments: [
    ("toy | summarise mean(ret), by: month", "mean = mean(ret)"),
    ("toy | setup target: lead(ret, 1m), features: size, mom", "[size, mom]"),
  ])
  func anArgumentTooManyIsPutWhereItBelongs(_ text: String, _ repair: String) {
    let help = run(text).diagnostics.first?.helps.first
    #expect(help?.fix?.edits.first?.replacement == repair)
    let source = Source(name: "test.fq", text: text)
    let mended = help?.fix.flatMap { REPL.applied($0, to: source) } ?? ""
    #expect(run(mended).status == .done, "\(mended)")
  }

  /// A slip in a name is a slip, and a column that is there is not written over.
  @Test func aNearNameComesFirstAndNoColumnIsLost() {
    for (text, near) in [
      ("toy | derive a = ts.men(ret, 3m)", "ts.mean"), ("plot.lne toy", "plot.line"),
    ] {
      #expect(run(text).diagnostics.first?.helps.first?.text == "use `\(near)`")
    }
    let help = run("toy | derive ret * 2").diagnostics.first?.helps.first
    #expect(help?.fix?.edits.first?.replacement == "x = ret * 2")
  }

  @Test func methodsAndForeignVerbsAreExplained() {
    let method = run("toy.describe()").diagnostics.first?.helps.first?.text ?? ""
    #expect(method.contains("toy | describe"))
    #expect(run("toy | head").diagnostics.first?.helps.first?.text.contains("rows: 20") == true)
    #expect(run("toy | sort ret").diagnostics.first?.helps.first?.text.contains("order_by") == true)
  }
}
