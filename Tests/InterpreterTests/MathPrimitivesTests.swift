// Statistics of lists, columns and groups: what is missing on one side counts on neither.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct MathPrimitivesTests {
  @Test func weightsCountWhereTheirValuesDo() {
    #expect(run("mean([1, 2, 6], weight: [1, 1, 2])").shown == "3.75")
    #expect(run("mean([1, na, 6], weight: [1, 5, 1])").shown == "3.5")
    #expect(run("mean([1, 2, 6], weight: [1, na, 1])").shown == "3.5")
    #expect(run("mean([1, 2], weight: [0, 0])").shown == "na")
    #expect(run("mean([1, 2])").shown == "1.5")
  }

  @Test func weightsAreAsManyAndNoneIsNegative() {
    #expect(run("mean([1, 2], weight: [1])").codes == ["F0201"])
    #expect(run("mean([1, 2], weight: [1, -1])").codes == ["F0203"])
  }

  // A return that is missing takes its weight with it, which a ratio of sums forgets.
  @Test func groupsHaveTheirOwnWeights() throws {
    let text = """
      p = panel(id: ["A", "B", "C", "A", "B", "C"], month: [2015-01, 2015-01, 2015-01, 2015-02, 2015-02, 2015-02],
        ret: [1%, 3%, na, 2%, na, -4%], me: [1, 3, 10, 1, 3, 1])
      p | summarise vw = mean(ret, weight: me), biased = sum(ret * me) / sum(me), by: month
      """
    let result = run(text)
    let table = try #require(
      result.values.last.flatMap { TableFlow($0)?.table }, "\(result.diagnostics.map(\.message))")
    let vw = try #require(table.column("vw"))
    #expect(
      vw.unit == .ratio
        && vw.numbers.map { abs($0[0] - 0.025) < 1e-15 && abs($0[1] + 0.01) < 1e-15 } == true)
    #expect(table.column("biased")?.numbers.map { $0[0] < 0.01 } == true)
    let all = run(
      text.split(separator: "\n").dropLast().joined(separator: "\n") + "\nmean(p.ret, weight: p.me)"
    )
    #expect(all.shown == "0.01333")
  }

  @Test func aMeanByWeightsStandsInEveryRowAndIsKnownAtTheEnd() {
    #expect(run("toy | derive m = mean(ret, weight: exp(size)) | deciles m").codes == ["F0301"])
  }
}
