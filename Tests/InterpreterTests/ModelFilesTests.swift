// Models saved and opened through the language.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct ModelFilesTests {
  static let fit =
    "t = toy | setup target: ret, features: [size, mom] | split thirds\n"
    + "m = t | fit ca1, k: 1, seeds: 2, epochs: 3\n"

  @Test func openedModelScoresLikeTheSavedOne() throws {
    let folder = try TemporaryFolder()
    let result = run(
      Self.fit + """
        save m, "\(folder.path)/m.fqm"
        o = open "\(folder.path)/m.fqm"
        (o | evaluate t).r2_pred == (m | evaluate t).r2_pred
        """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(result.shown == "true")
    guard case .model(let opened)? = result.session.environment["o"] else {
      Issue.record("open gives a model")
      return
    }
    #expect(opened.recipe.target == "ret" && opened.recipe.features == ["size", "mom"])
    #expect(opened.recipe.blocks.map(\.first.description) == ["2000-01", "2000-09", "2001-05"])
  }

  @Test func anOpenedModelFindsItsObservedFactors() throws {
    let folder = try TemporaryFolder()
    let result = run(
      """
      w = synth world: drifting_beta, firms: 12, months: 120
      t = w | setup target: ret, factors: [mkt, smb] | split thirds
      m = t | fit kalman, init: 20, skip: 5
      save m, "\(folder.path)/m.fqm"
      o = open "\(folder.path)/m.fqm"
      a = w | predict m
      b = w | predict o
      [max(abs(a.pred - b.pred)), (o | evaluate t).r2_total - (m | evaluate t).r2_total]
      """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(result.shown == "[0, 0]")
    guard case .model(let opened)? = result.session.environment["o"] else {
      Issue.record("open gives a model")
      return
    }
    #expect(opened.recipe.factors == ["mkt", "smb"] && opened.recipe.features.isEmpty)
  }

  // R7. A file keeps what it says when it is opened and saved again.
  @Test func r7AModelFileCarriesSeedDigestAndVersion() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (folder.path + "/m.fqm", folder.path + "/n.fqm")
    #expect(
      run(Self.fit + "save m, \"\(first)\"\nsave open(\"\(first)\"), \"\(second)\"").status == .done
    )
    func facts(_ path: String) throws -> (seed: String?, made: JSON?) {
      let all = JSON.object(try Container(decoding: FileSystem.read(path)).facts)
      return (all["summary"]?["seed"]?.text, all["made"])
    }
    let found = try facts(first)
    #expect(found.seed.flatMap { UInt64($0) } != nil)
    #expect(found.made?["fq"]?.text == CommandLineTool.version)
    #expect(found.made?["kernels"]?.text == Kernels.chosen.name)
    #expect(found.made?["data"]?.text?.count == 64)
    #expect(try facts(second).made == found.made)
  }

  @Test func anOpenedModelAsksForATask() throws {
    let folder = try TemporaryFolder()
    let result = run(
      Self.fit + "save m, \"\(folder.path)/m.fqm\"\nopen(\"\(folder.path)/m.fqm\") | evaluate")
    #expect(result.codes == ["F0107"])
  }

  @Test func whatIsNoModelIsRefusedWithItsReason() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("text.fqm", "not a model")
    var result = run("open \"\(text)\"")
    #expect(result.codes == ["F0503"])
    #expect(result.diagnostics.first?.message.contains("is no file of fq") == true)
    result = run("open \"\(folder.path)/none.fqm\"")
    #expect(result.codes == ["F0501"])
    _ = run(Self.fit + "save m, \"\(folder.path)/m.fqm\"")
    var bytes = try FileSystem.read(folder.path + "/m.fqm")
    bytes[bytes.count - 6] ^= 1
    try DurableWrite.replace(folder.path + "/bad.fqm", with: bytes)
    result = run("open \"\(folder.path)/bad.fqm\"")
    #expect(result.codes == ["F0503"])
    #expect(result.diagnostics.first?.message.contains("member1.head.tuned") == true)
    try DurableWrite.replace(folder.path + "/cut.fqm", with: Array(bytes[..<(bytes.count / 2)]))
    result = run("open \"\(folder.path)/cut.fqm\"")
    #expect(result.diagnostics.first?.message.contains("ends too early") == true)
  }

  @Test func onlyModelsAreSavedAsModels() throws {
    let folder = try TemporaryFolder()
    #expect(run("save toy, \"\(folder.path)/m.fqm\"").codes == ["F0201"])
  }
}
