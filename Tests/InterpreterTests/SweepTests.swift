// Sweeps: every cell is the fit it stands for, failures are rows, choices are made on validation.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct SweepTests {
  static let setup =
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\n"
  static let grid = setup + "g = t | sweep [ca0, ca1], k: 1..2, seeds: 2, epochs: 3\n"

  private func sweep(_ result: RunResult, _ name: String = "g") throws -> SweepValue {
    guard case .sweep(let sweep)? = result.session.environment[name] else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no sweep")
    }
    return sweep
  }

  @Test func everyCellIsTheFitOfItsOptions() throws {
    let result = run(
      Self.grid + "m = t | fit ca1, k: 2, seeds: 2, epochs: 3\ne = m | evaluate on: test")
    let grid = try sweep(result)
    #expect(grid.cells.map(\.model) == ["ca0", "ca0", "ca1", "ca1"])
    #expect(grid.cells.map { ValueText.short($0.options[0].value) } == ["1", "2", "1", "2"])
    guard case .evaluation(let alone)? = result.session.environment["e"] else { return }
    let cell = try #require(grid.cells.last?.scores[.test])
    #expect(SweepScore.r2_pred.read(cell) == SweepScore.r2_pred.read(alone))
    #expect(cell.totalStocks == alone.totalStocks)
    for score in [SweepScore.r2_total_managed, .r2_pred_managed, .sharpe_long] {
      #expect(score.read(cell) == score.read(alone) && score.read(cell).isFinite)
    }
    #expect(SweepScore.sharpe.read(cell) == SweepScore.sharpe.read(alone))
  }

  @Test func gridShowsTheEnsembleAndTheSpreadOfSeeds() throws {
    let result = run(Self.grid + "g | table r2_pred, sharpe, rows: model, cols: k, on: test")
    let grid = try sweep(result)
    let lines = try #require(result.values.last).display(DisplayOptions())
    #expect(
      lines[0] == "toy · test 2001-05..2001-12 · 8 months · ensemble of 2 seeds ± sd between seeds")
    #expect(lines[1] == "predictive R2, %")
    let values = (grid.cells[0].seedScores[.test] ?? []).map(SweepScore.r2_pred.read)
    let own = try #require(grid.cells[0].scores[.test].map(SweepScore.r2_pred.read))
    let sd = abs(values[0] - values[1]) / 2.0.squareRoot()
    let text =
      NumberFormat.fixed(100 * own, decimals: 2) + " ± "
      + NumberFormat.fixed(100 * sd, decimals: 2)
    #expect(lines[4].contains(text), "\(lines)")
    #expect(lines.contains("Sharpe ratio of decile 10 less decile 1, × √12, gross"))
  }

  @Test func theBestCellIsChosenOnValidation() throws {
    let result = run(
      Self.grid + """
        b = g | top 1, by: r2_pred
        [b.name, b.k, b.r2_pred]
        b.model
        """)
    let (grid, best) = (try sweep(result), try sweep(result, "b"))
    let scores = grid.cells.map { $0.scores[.valid].map(SweepScore.r2_pred.read) ?? .nan }
    let place = try #require(scores.indices.max { scores[$0] < scores[$1] })
    #expect(best.cells[0].model == grid.cells[place].model && best.cells.count == 1)
    guard case .model? = result.values.last else {
      Issue.record("best.model is a model")
      return
    }
  }

  @Test func choosingOnTestDrawsAWarning() {
    #expect(run(Self.grid + "g | top 1, by: sharpe, on: test").codes == ["L0310"])
    #expect(run(Self.grid + "g | top 1, by: sharpe, on: valid").codes.isEmpty)
  }

  @Test func aFailingCellIsARowAndIsCounted() throws {
    let failing = Self.setup + "g = t | sweep ca1, k: [1, 5], seeds: 2, epochs: 2"
    var result = run(failing)
    #expect(result.status == .done)
    #expect(result.session.failedCells == 1)
    let grid = try sweep(result)
    #expect(grid.cells.map { $0.why == nil } == [true, false])
    #expect(grid.cells[1].why?.contains("5 factors") == true)
    result = run(failing + ", failures: ok")
    #expect(result.session.failedCells == 0)
    result = run(failing + "\n(g | top 1, by: r2_pred).k")
    #expect(result.shown == "1")
  }

  @Test func optionsOfOneModelLeaveOthersAlone() throws {
    let result = run(
      Self.setup
        + "g = t | sweep [ca0, cvra], k: 1, seeds: 2, epochs: 2, posterior: [amortized, exact]")
    let grid = try sweep(result)
    #expect(grid.cells.map(\.model) == ["ca0", "cvra", "cvra"])
    #expect(grid.table().columnNames.prefix(3) == ["model", "k", "posterior"])
  }

  @Test(arguments: [
    ("t | sweep [ca0, cax], k: 1", "F0204"), ("t | sweep ca0, k: 0..2", "F0203"),
    ("t | sweep ca0, epochs: 1..100000", "F0203"), ("t | sweep ca0, kk: 1", "F0105"),
    ("toy | sweep ca0", "F0210"),
    ("g | table sharp, rows: model, cols: k", "F0101"),
    ("toy | top 1, by: ret, on: valid", "F0105"),
    ("g | table sharpe, cols: k", "F0107"), ("g | plot.line sharpe, x: k", "F0403"),
    ("g | plot.line sharpe, by: model", "F0107"),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.grid + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }

  @Test func linesRunAlongAnOptionByModel() throws {
    let result = run(Self.grid + "g | plot.line sharpe, x: k, by: model, on: test, title: \"T\"")
    guard case .plot(let plot)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(plot.scene.series.map(\.name) == ["ca0", "ca1"])
    #expect(plot.scene.series[0].xs == [0, 1])
    #expect(plot.scene.axis == .categories(["1", "2"]))
    let grid = try sweep(result)
    #expect(
      plot.scene.series[1].ys[1]
        == SweepScore.sharpe.read(try #require(grid.cells[3].scores[.test])))
  }

  @Test func anInterruptedSweepKeepsItsCells() throws {
    final class Interrupter: EventSink {
      let budget: Budget
      init(_ budget: Budget) { self.budget = budget }
      func send(_ event: Event) {
        if case .progress(let stage, _) = event, stage.hasPrefix("cell 3") { budget.cancel() }
      }
    }
    let session = Session()
    let sink = Interrupter(session.budget)
    let status = session.run(Source(name: "a", text: Self.grid), to: sink)
    #expect(status == .interrupted)
    guard case .sweep(let kept)? = session.environment["g"] else {
      Issue.record("nothing was kept")
      return
    }
    #expect(kept.cells.count == 2)
  }

  @Test func anOrdinaryTableBecomesAGrid() throws {
    let result = run(
      """
      t = toy | derive large = size > 0 | summarise n = count(), by: [month, large]
      g = t | table n, rows: month, cols: large
      g
      """)
    guard case .table(let grid)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(
      grid.columnNames == ["figure", "month", "large false", "large true"] && grid.count == 24)
  }
}
