// Pages of the notebooks in Tests/Golden/pages, byte for byte as they are stored beside them.
//
// FQ_GOLDEN=update writes them anew; open the page and read the difference before you commit it.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Golden/pages").path

private func notebooks() -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasSuffix(".fq") }.map { String($0.dropLast(3)) }.sorted()
}

@Suite struct PageTests {
  @Test func thereAreNotebooks() { #expect(!notebooks().isEmpty) }

  @Test(arguments: notebooks()) func thePageIsTheStoredOne(name: String) throws {
    let source = Source(name: "\(name).fq", bytes: try FileSystem.read("\(folder)/\(name).fq"))
    let session = Session()
    let result = Notebook.runForPage(source, in: session) { _, _ in }
    #expect(result.differences.isEmpty)
    let page = NotebookPage(
      Notebook(source), name: source.name, outputs: result.outputs,
      facts: PageFacts.all(Notebook(source), session, RunLog(), []))
    let markdown = PageMarkdown(page, folder: "\(name)_files")
    let files =
      [("\(name).html", PageHTML(page: page).text), ("\(name).md", markdown.text)]
      + markdown.pictures.map { ("\(name)_files/\($0.name)", $0.text) }
    for (file, text) in files {
      let path = "\(folder)/\(file)"
      if FileSystem.environment("FQ_GOLDEN") == "update" {
        try FileSystem.makeFolders("\(folder)/\(name)_files")
        try DurableWrite.replace(path, with: text)
      } else {
        #expect(String(decoding: try FileSystem.read(path), as: UTF8.self) == text, "\(file)")
      }
    }
  }
}
