// Every example of the manual of models runs without a complaint.

import FactorLang
import FactorRuntime
import Models
import Testing

@testable import Interpreter

@Suite struct ModelManualTests {
  @Test(arguments: Registry.cards.map(\.name)) func theExampleFitsAndScores(name: String) throws {
    let card = try #require(Registry.card(name))
    let source = Source(name: "manual.fq", text: ModelPage.example(card) + "\n")
    let result = Notebook.run(source, in: { Session(SessionOptions()) })
    let lines = result.text.split(separator: "\n")
    let complaints = lines.filter { $0.hasPrefix("#! error") || $0.hasPrefix("#! warning") }
    #expect(complaints.isEmpty, "\(result.text)")
    #expect(lines.contains { $0.contains("R2") })
  }
}
