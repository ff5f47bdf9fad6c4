// Tests of paths with stars.

import FactorRuntime
import TestSupport
import Testing

@Suite struct FilePatternTests {
  @Test func starsStandForAnyPartOfAName() throws {
    let folder = try ScratchFolder()
    for name in ["AAPL.csv", "ABB.csv", "ABB.txt", ".hidden.csv", "B.A.csv"] {
      try DurableWrite.replace(folder.path + "/" + name, with: "x")
    }
    func names(_ pattern: String) throws -> [String] {
      try FilePattern.files(folder.path + "/" + pattern).map(FilePattern.stem)
    }
    #expect(try names("*.csv") == ["AAPL", "ABB", "B"])
    #expect(try names("A*L.csv") == ["AAPL"])
    #expect(try names("A*B*") == ["ABB", "ABB"])
    #expect(try names("ABB.csv") == ["ABB"])
    #expect(throws: FileError.notFound(path: folder.path + "/C*")) { try names("C*") }
  }
}
