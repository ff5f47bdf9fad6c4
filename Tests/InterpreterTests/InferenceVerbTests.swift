// Verbs of inference beyond series: panels with effects and clusters, draws of blocks, wide tables.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct InferenceVerbTests {
  @Test func effectsAndClustersAreSaid() throws {
    let result = run(
      "toy | regress ret, on: [size, mom], effects: [id, month], cluster: [id, month]")
    guard case .table(let table)? = result.values.last else { throw Missing() }
    let text = table.notes.joined(separator: "\n")
    for part in [
      "R2 within", "effects taken out: id 30 · month 24", "clustered by id (30) and month (24)",
      "23 degrees",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  /// With effects of firms, what is constant in a firm is left out and said.
  @Test func whatEffectsExplainIsLeftOut() {
    let result = run(
      "p = toy | derive half = if id < \"15\" then 1 else 0\np | regress ret, on: [half, mom], effects: id"
    )
    #expect(result.status == .done)
    #expect(result.notes.contains { $0.contains("`half` says nothing") })
  }

  // What effects leave sums to zero in their clusters, and a constant would look as certain as one likes.
  @Test func aConstantBesideEffectsHasNoClusteredErrors() throws {
    func errors(_ options: String) throws -> (numbers: [Double], notes: [String]) {
      let result = run("toy | regress ret, on: [size, mom], \(options)")
      let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
      return (try #require(table.column("se")?.numbers), result.notes)
    }
    let both = try errors("effects: [id, month], cluster: id")
    #expect(both.numbers[0].isNaN && both.numbers[1].isFinite && both.numbers[2].isFinite)
    #expect(both.notes.contains { $0.contains("nothing of the constant") })
    #expect(try errors("cluster: id").numbers.allSatisfy(\.isFinite))
    #expect(try errors("effects: id, se: white").numbers.allSatisfy(\.isFinite))
  }

  @Test func lagsOfTheRuleAreThoseOfAllTerms() throws {
    let result = run("toy | fama_macbeth ret, on: [size, mom], se: r")
    let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
    #expect(table.notes.joined().contains(" lags of the 1994 rule"), "\(table.notes)")
    #expect(Regression.errorWords(of: []) == "errors: ols, equal variance")
  }

  // Portfolios that follow from each other have no joint test, and no figure of it.
  @Test func noJointTestHasNoFigures() throws {
    let text =
      "w = toy | summarise m = mean(ret), a = mean(size), b = mean(mom), by: month | derive c = a + b\n"
    let result = run(text + "(w | alphas w, of: [\"a\", \"b\", \"c\"], on: [\"m\"]).test")
    let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
    #expect(table.column("sharpe_of_alphas")?.numbers?[0].isNaN == true)
  }

  @Test func errorsThatDoNotGoTogetherAreRefused() {
    #expect(run("toy | regress ret, on: mom, cluster: id, se: white").codes == ["F0105"])
    #expect(run("toy | regress ret, on: mom, effects: id, lags: 3").codes == ["F0401"])
    #expect(run("toy | regress ret, on: mom, cluster: [id, month, size]").codes == ["F0108"])
    #expect(run("toy | derive w = -1 | regress ret, on: mom, weight: w").codes == ["F0203"])
    #expect(run("toy[2000-03] | regress ret, on: mom, cluster: month").codes == ["F0405"])
  }

  /// One draw is the same whatever the number of draws, and a seed is a seed.
  @Test func drawsAreRepeatable() throws {
    let series = "m = toy | summarise m = mean(ret), by: month\n"
    let verb = "bootstrap a = mean(m), s = mean(m) / std(m), draws: 200, block: 3"
    #expect(run(series + "(m | \(verb)).se").shown == run(series + "(m | \(verb)).se").shown)
    #expect(
      run(series + "(m | \(verb), seed: 2).se").shown != run(series + "(m | \(verb)).se").shown)
    #expect(run(series + "m | bootstrap a = mean(m), block: 13").codes == ["F0203"])
    #expect(run(series + "m | bootstrap a = m").codes == ["F0201"])
  }

  /// Of independent numbers the error of a mean is known.
  @Test func theErrorOfAMeanIsThatOfTheory() throws {
    let text = """
      d = panel(id: "A", date: 2020-01-01..2021-12-31, x: for i in 1..731 { mod(i * 7919, 1009) / 1009 })
      b = d | bootstrap m = mean(x), draws: 2000, block: 1
      abs(list(b.se)[1] * sqrt(731) / std(d.x) - 1) < 0.05
      """
    #expect(run(text).shown == "true")
  }

  @Test func aLongTableBecomesWide() {
    let text = """
      p = panel(id: ["A", "B", "A"], month: [2020-01, 2020-01, 2020-02], x: [1, 2, 3])
      w = p | pivot x, rows: month, cols: id

      """
    #expect(run(text + "w.B").shown == "[2, na]")
    #expect(run(text + "p | pivot x, rows: id, cols: id").codes == ["F0403"])
    #expect(run("toy | pivot ret, rows: month, cols: month").codes == ["F0403"])
  }
}

private struct Missing: Error {}
