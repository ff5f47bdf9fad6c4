// Tables as documents: shown with `table as:` and written by the ending of a file.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct TableDocumentVerbTests {
  static let grid = """
    t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds
    g = t | sweep [ca0, ca1], k: 1..2, seeds: 2, epochs: 2

    """

  @Test func gridsKeepTheirHeader() throws {
    let result = run(
      Self.grid + "g | table r2_total, sharpe_net, rows: model, cols: k, on: test, as: latex")
    let lines = try #require(result.values.last).display(DisplayOptions())
    #expect(
      lines.contains {
        $0.hasPrefix("\\caption{toy $\\cdot$ test 2001-05..2001-12") && $0.contains("2 seeds")
      }, "\(lines)")
    #expect(lines.contains { $0.contains("net of 30bps a side") })
    #expect(lines.filter { $0 == "\\midrule" }.count == 2)
  }

  @Test func endingsSayTheFormat() throws {
    let folder = try TemporaryFolder()
    let text = """
      x = toy | summarise average = mean(ret), by: month | top 2, by: average
      save x, "\(folder.path)/x.md"
      save x, "\(folder.path)/x.tex"
      x | table as: markdown
      x | table as: csv
      """
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    func lines(_ name: String) throws -> [String] {
      String(decoding: try FileSystem.read(folder.path + "/" + name), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
    let shown = result.values.suffix(2).map { $0.display(DisplayOptions()) }
    #expect(try lines("x.md") == shown[0])
    #expect(try lines("x.tex").contains("\\begin{tabular}{lr}"))
    #expect(shown[1].first == "month,average" && shown[1].count == 3)
  }

  @Test func scoresAreATableToo() throws {
    let result = run(
      Self.grid
        + "m = t | fit ca0, k: 1, seeds: 2, epochs: 2\nm | evaluate on: test | table as: latex")
    let lines = try #require(result.values.last).display(DisplayOptions())
    #expect(lines.contains { $0.hasPrefix("Sharpe long-short, net & ") }, "\(lines)")
    let caption = try #require(lines.first { $0.hasPrefix("\\caption") })
    for word in ["2001-05..2001-12", "2 seeds from 1", "net of 30bps a side"] {
      #expect(caption.contains(word))
    }
  }

  @Test func onlyTablesAreWrittenSo() {
    #expect(run("save 5, \"/tmp/never.tex\"").codes == ["F0201"])
  }
}
