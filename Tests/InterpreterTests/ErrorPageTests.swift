// Every code has a page, and the programs on the pages do what the pages say.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

private struct PageExample: Sendable, CustomTestStringConvertible {
  let page: ErrorPage
  var testDescription: String { page.code.rawValue }
}

@Suite struct ErrorPageTests {
  private static let examples = ErrorPage.all.filter { $0.wrong != nil }.map(PageExample.init)

  @Test func everyCodeHasOnePageInOrder() {
    #expect(ErrorPage.all.map(\.code) == Code.allCases)
    for page in ErrorPage.all { #expect(page.meaning.hasSuffix("."), "\(page.code.rawValue)") }
  }

  private func codes(_ program: String) -> [Code] {
    let events = EventList()
    _ = Batch.run(Source(name: "page.fq", text: program), in: Session(), to: events)
    return events.all.compactMap { event in
      if case .diagnostic(let diagnostic) = event { return diagnostic.code }
      return nil
    }
  }

  @Test(arguments: examples) private func theWrongProgramDrawsTheCode(example: PageExample) {
    #expect(codes(example.page.wrong ?? "").contains(example.page.code))
  }

  @Test(arguments: examples) private func theRightProgramIsSilent(example: PageExample) {
    guard let right = example.page.right else { return }
    #expect(codes(right).isEmpty)
  }
}
