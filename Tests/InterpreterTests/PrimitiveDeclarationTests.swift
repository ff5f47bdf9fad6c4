// Declarations check themselves: one small validator each, over every primitive and model.

import FactorLang
import FactorRuntime
import Models
import Testing

@testable import Interpreter

@Suite struct PrimitiveDeclarationTests {
  static let signatures = StandardCatalog.standard.primitives.map(\.signature)

  @Test func namesAreUnique() {
    let names = Self.signatures.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: signatures.map(\.name)) func declarationIsWellFormed(name: String) throws {
    let signature = try #require(StandardCatalog.standard.signature(named: name))
    #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || "._".contains($0) })
    #expect(signature.summary.hasSuffix("."))
    #expect(signature.summary.first?.isUppercase == true)
    #expect(!signature.resultSentence.isEmpty)
    #expect(!signature.examples.isEmpty)
    for parameter in signature.parameters {
      #expect(!parameter.sentence.isEmpty, "\(name) \(parameter.name)")
      for choice in parameter.choices ?? [] { #expect(!choice.sentence.isEmpty) }
    }
  }

  @Test(arguments: signatures.map(\.name)) func examplesRun(name: String) throws {
    let folder = try TemporaryFolder()
    let toy = try ToyPanel.panel().panel
    try CSVWriter.write(toy, to: folder.path + "/toy.csv")
    try DurableWrite.replace(
      folder.path + "/market.csv", with: "date,mkt\n2020-01,1.5\n2020-02,-0.5\n")
    try DurableWrite.replace(
      folder.path + "/french.csv",
      with: "Prose.\n\n,MKT,SMB\n202001, 1.50,-99.99\n202002,-0.50, 0.25\n202003, 0.10, 0.20\n")
    let list =
      "[[\"7200000\",\"2\",\"3\",\"2\",\"3\",\"5\",\"12\"],[\"3600000\",\"1\",\"2\",\"1\",\"2\",\"4\",\"7\"]]"
    try DurableWrite.replace(
      folder.path + "/candles.json",
      with: "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"symbol\":\"BTCUSDT\",\"list\":\(list)}}"
    )
    for example in try #require(StandardCatalog.standard.signature(named: name)).examples {
      let code = ["out.csv", "model.fqm"].reduce(example.code) { code, file in
        code.replacing("\"\(file)\"", with: "\"\(folder.path)/\(file)\"")
      }
      let result = run(code, folder: folder.path)
      #expect(result.status == .done, "\(code): \(result.diagnostics.map(\.message))")
      let isSilent = ["save", "pause", "hint", "expect", "lesson", "try"].contains(name)
      #expect(isSilent || !result.values.isEmpty, "\(code) shows nothing")
    }
  }

  @Test func everyNameHasAPage() {
    for signature in Self.signatures {
      let page = HelpPage.page(for: signature.name, catalog: .standard) ?? []
      #expect(page.contains { $0.contains(signature.summary) })
    }
    for card in Registry.cards {
      let page = HelpPage.page(for: card.name, catalog: .standard) ?? []
      #expect(page.contains { $0.contains(card.reference) })
    }
  }

  @Test func searchFindsByWords() {
    #expect(PageSearch.lines("autoencoder", catalog: .standard).count >= 2)
    #expect(PageSearch.lines("nosuchword", catalog: .standard).isEmpty)
  }
}
