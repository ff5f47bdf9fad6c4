// Rows between a loading network and a factor head: what they hold, the likelihood they give, their gradients.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct LoadingRowsTests {
  /// Outputs of a network for some firms, with returns, drawn.
  private struct Outputs {
    static let (firms, width) = (7, 16)
    let columns: LoadingColumns
    var values: [Double]
    let returns: [Double]

    init(_ columns: LoadingColumns) {
      self.columns = columns
      var stream = RandomStream(seed: 4, purpose: .example)
      values = (0..<(Self.firms * Self.width)).map { _ in stream.normal() }
      returns = (0..<Self.firms).map { _ in stream.normal() }
    }

    func rows() throws -> LoadingRows<Double> {
      try #require(LoadingRows<Double>(columns, outputWidth: Self.width, rows: Self.firms))
    }
  }

  private static let own = LoadingColumns(factors: 3, hasVariance: true)

  @Test func plainOutputsNeedNoRows() {
    #expect(LoadingRows<Double>(LoadingColumns(factors: 3), outputWidth: 16, rows: 4) == nil)
    #expect(LoadingColumns(factors: 3).outputs == 3)
    #expect(Self.own.outputs == 4)
    #expect(LoadingColumns(factors: 3, heads: 5).outputs == 15)
  }

  @Test func aVarianceStartsAtOneAndStaysAboveItsFloor() {
    expectClose(StockVariance.value(StockVariance.start), 1, absolute: 1e-12)
    #expect(StockVariance.value(-800) == StockVariance.floor)
    expectClose(StockVariance.value(800), 800.001, absolute: 1e-9)
    for x in [-30.0, -2, 0.3, 25] {
      let difference = (StockVariance.value(x + 1e-5) - StockVariance.value(x - 1e-5)) / 2e-5
      expectClose(StockVariance.slope(x), difference, absolute: 1e-8)
    }
  }

  @Test func rowsAreDividedByTheirDeviation() throws {
    let (outputs, k) = (Outputs(Self.own), 3)
    let rows = try outputs.rows()
    let sum = rows.read(0..<Outputs.firms, outputs.values, returns: outputs.returns)
    var logs = 0.0
    for i in 0..<Outputs.firms {
      let out = Array(outputs.values[(i * Outputs.width)...].prefix(k + 1))
      let variance = StockVariance.value(out[k])
      logs += Elementary.log(variance)
      for j in 0..<k {
        expectClose(
          rows.rows[i * rows.width + j], out[j] / variance.squareRoot(), absolute: 1e-14)
      }
      expectClose(
        rows.rows[i * rows.width + k], outputs.returns[i] / variance.squareRoot(), absolute: 1e-14)
    }
    expectClose(sum, logs, absolute: 1e-12)
    rows.describe(0..<Outputs.firms, outputs.values)
    #expect(rows.rows[1] == outputs.values[1])
    expectClose(rows.rows[k], StockVariance.value(outputs.values[k]), absolute: 1e-14)
  }

  @Test func headsAreAveraged() throws {
    let outputs = Outputs(LoadingColumns(factors: 2, heads: 3))
    let rows = try outputs.rows()
    _ = rows.read(0..<Outputs.firms, outputs.values, returns: outputs.returns)
    for i in 0..<Outputs.firms {
      for k in 0..<2 {
        let mean = (0..<3).reduce(0) { $0 + outputs.values[i * Outputs.width + $1 * 2 + k] } / 3
        expectClose(rows.rows[i * rows.width + k], mean, absolute: 1e-14)
      }
      #expect(rows.rows[i * rows.width + 2] == outputs.returns[i])
    }
  }

  // Any function of rows and of the sum of log variances.
  @Test(arguments: [LoadingColumns(factors: 3, hasVariance: true), .init(factors: 2, heads: 3)])
  func gradientsReachEveryOutput(columns: LoadingColumns) throws {
    var outputs = Outputs(columns)
    let rows = try outputs.rows()
    var stream = RandomStream(seed: 9, purpose: .example)
    let count = Outputs.firms * rows.width
    let taste = (0..<count).map { $0 % rows.width <= columns.factors ? stream.normal() : 0 }
    func value() -> Double {
      let logs = rows.read(0..<Outputs.firms, outputs.values, returns: outputs.returns)
      return (0..<count).reduce(0.7 * logs) { $0 + taste[$1] * rows.rows[$1] * rows.rows[$1] }
    }
    _ = value()
    for i in 0..<count { rows.slopes[i] = 2 * taste[i] * rows.rows[i] }
    var found = [Double](repeating: 3, count: outputs.values.count)
    rows.send(0..<Outputs.firms, outputs.values, logVariance: 0.7, into: &found)
    for i in found.indices {
      let start = outputs.values[i]
      outputs.values[i] = start + 1e-5
      let above = value()
      outputs.values[i] = start - 1e-5
      let below = value()
      outputs.values[i] = start
      expectClose(found[i], (above - below) / 2e-5, absolute: 1e-8)
    }
  }

  // AT: -log N(y; B m_p, B V_p B' + diag(s2)), the dense way.
  @Test func exactPosteriorWithStockVariancesIsTheDenseDensity() throws {
    let (k, outputs) = (2, Outputs(LoadingColumns(factors: 2, hasVariance: true)))
    let rows = try outputs.rows()
    let options = FactorNetworkOptions(
      factors: k, hidden: 1, predictorHidden: 1, posterior: .exact, prior: .var1, idio: .net)
    let head = RecurrentFactorHead<Double>(
      options: options, inputs: [], meanFirms: Double(Outputs.firms))
    let (mean, logVariance) = ([0.3, -0.2], [0.4, -0.9])
    head.parameters.fill(head.tensors.priorMean) { row, _ in mean[row] }
    head.parameters.fill(head.tensors.priorLogVariance) { row, _ in logVariance[row] }
    let statistics = LoadingStatistics<Double>(
      factors: k, width: rows.width, slots: 1, movesReturns: true)
    let logs = rows.read(0..<Outputs.firms, outputs.values, returns: outputs.returns)
    statistics.sum(piece: 0, rows: Outputs.firms, rows.rows, logVariance: logs)
    statistics.combine(slot: 0, pieces: 0..<1)
    let tape = Tape()
    head.loadParameters(on: tape)
    let loss = head.loss(
      MonthView(
        month: 0, firms: Outputs.firms, statistics: statistics[0], loadings: rows.rows,
        width: rows.width), on: tape
    ).scalar
    let n = Outputs.firms
    func loading(_ i: Int, _ j: Int) -> Double { outputs.values[i * Outputs.width + j] }
    var covariance = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n {
        covariance[i, j] = (0..<k).reduce(0) {
          $0 + loading(i, $1) * loading(j, $1) * Elementary.exp(logVariance[$1])
        }
      }
      covariance[i, i] += StockVariance.value(loading(i, k))
    }
    let lower = try Cholesky(covariance).lower
    var (solved, quadratic, logDeterminant) = ([Double](), 0.0, 0.0)
    for i in 0..<n {
      var x = outputs.returns[i] - (0..<k).reduce(0) { $0 + loading(i, $1) * mean[$1] }
      for j in 0..<i { x -= lower[i, j] * solved[j] }
      solved.append(x / lower[i, i])
      quadratic += solved[i] * solved[i]
      logDeterminant += 2 * Elementary.log(lower[i, i])
    }
    let dense = 0.5 * (Double(n) * Elementary.log(2 * Double.pi) + logDeterminant + quadratic)
    expectClose(loss, dense / Double(n), absolute: 1e-12)
  }
}

@Suite struct StockVarianceTests {
  /// Returns without factors worth having, whose deviation depends on the first characteristic.
  private func task(seed: UInt64) throws -> (task: FactorTask, variances: [Double]) {
    let (firms, months, width) = (60, 80, 3)
    var stream = RandomStream(seed: seed, purpose: .example)
    let start = try #require(Period(year: 2000, month: 1))
    let index = try PanelIndex.sorting(
      months: (0..<(firms * months)).map { start + $0 / firms },
      assets: (0..<(firms * months)).map { Int32($0 % firms) },
      names: (0..<firms).map { "\($0 + 1)" }
    ).index
    let x = (0..<(firms * months * width)).map { _ in Float(2 * stream.uniform() - 1) }
    let deviations = (0..<(firms * months)).map {
      0.1 * Elementary.exp(0.8 * Double(x[$0 * width]))
    }
    let market = (0..<months).map { _ in 0.05 * stream.normal() }
    let task = FactorTask(
      index: index, characteristicNames: ["a", "b", "c"], characteristics: x,
      returns: deviations.enumerated().map {
        market[$0.offset / firms] + $0.element * stream.normal()
      },
      targetName: "r", split: try Split(train: 0..<50, valid: 50..<60, test: 60..<80))
    return (task, deviations.map { $0 * $0 })
  }

  private func fitted(_ task: FactorTask, _ own: [String: HyperparameterValue]) throws
    -> Predictions
  {
    let given: [String: HyperparameterValue] = [
      "k": .integer(1), "seeds": .integer(2), "epochs": .integer(40), "prior": .word("var1"),
      "beta_hidden": .integers([8]),
    ]
    return try CVRA.card.model(given.merging(own) { $1 })
      .fit(task, FitContext(seed: 3, budget: Budget(threads: 2))).predict(task, budget: Budget())
  }

  /// Mean log density of the test months' returns.
  private func density(_ found: Predictions, _ task: FactorTask) throws -> Double {
    let (forecast, variance) = (try #require(found.forecast(.prior)), try #require(found.variance))
    let rows = try task.rows(task.requireSplit().test)
    return rows.reduce(0) {
      let error = task.returns[$1] - forecast[$1]
      return $0 - 0.5
        * (Elementary.log(2 * Double.pi * variance[$1]) + error * error / variance[$1])
    } / Double(rows.count)
  }

  @Test(arguments: ["amortized", "exact"])
  func variancesAreFoundWhereTheyAre(posterior: String) throws {
    let (task, truth) = try task(seed: 5)
    let found = try fitted(task, ["idio": .word("net"), "posterior": .word(posterior)])
    let one = try fitted(task, ["posterior": .word(posterior)])
    let own = try #require(found.residualVariance)
    #expect(one.residualVariance == nil)
    let rows = try task.rows(task.requireSplit().test)
    let fit = Correlation.pearson(
      rows.map { Elementary.log(own[$0]) }, rows.map { Elementary.log(truth[$0]) })
    #expect(fit > 0.9, "correlation of log variances \(fit)")
    // In units of their own, training residuals have a mean square of one.
    let train = try task.rows(task.requireSplit().train)
    let total = try #require(found.total)
    let square = train.reduce(0) {
      $0 + (task.returns[$1] - total[$1]) * (task.returns[$1] - total[$1]) / own[$1]
    }
    expectClose(square / Double(train.count), 1, absolute: 1e-9)
    let gain = try density(found, task) - density(one, task)
    #expect(gain > 0.1, "log density gained \(gain)")
  }

  // Without an intercept outer heads have only factors to be spread with, so less is described than by the mean.
  @Test func quantileHeadsDescribeReturns() throws {
    let (task, _) = try task(seed: 6)
    let rows = try task.rows(task.requireSplit().test)
    func total(_ own: [String: HyperparameterValue]) throws -> Double {
      RSquared(
        task.returns[rows], fits: try #require(try fitted(task, own).total)[rows]
      ).value
    }
    let (mean, quantiles) = (try total([:]), try total(["heads": .integer(3)]))
    #expect(mean > 0.1 && quantiles > 0.03, "\(mean) \(quantiles)")
  }
}
