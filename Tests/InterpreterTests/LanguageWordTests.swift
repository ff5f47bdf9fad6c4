// Every word of the language has a page, and what the pages show runs.

import FactorLang
import Testing

@testable import Interpreter

@Suite struct LanguageWordTests {
  private static let words =
    TokenKind.spellings.values.filter { $0.first?.isLetter == true } + TokenKind.softKeywords

  @Test(arguments: words) func eachWordHasAPage(word: String) throws {
    let page = try #require(HelpPage.page(for: word, catalog: .standard))
    #expect(page.count > 2 && page.allSatisfy { !$0.hasPrefix(" ") || $0.hasPrefix("  ") })
    #expect(!PageSearch.lines(word, catalog: .standard).isEmpty)
  }

  @Test(arguments: LanguageWord.all.compactMap(\.example)) func eachExampleRuns(example: String) {
    let events = EventList()
    let session = Session()
    session.jobs = Jobs { _ in }
    let status = session.run(Source(name: "page", text: example), to: events)
    #expect(status == .done, "\(events.all)")
  }
}
