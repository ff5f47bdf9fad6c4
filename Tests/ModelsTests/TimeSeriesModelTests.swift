// Models of loadings over time against their definitions, written slowly.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct TimeSeriesModelTests {
  private let budget = Budget()

  private func task(firms: Int = 10, months: Int = 160, seed: UInt64 = 4) throws -> FactorTask {
    let world = try DriftingBetaWorld(WorldSize(firms: firms, months: months, seed: seed))
    return try SimulatedPanel.task(
      world, Split(train: 0..<100, valid: 100..<130, test: 130..<months))
  }

  private func fit(
    _ name: String, _ settings: [String: HyperparameterValue], _ task: FactorTask
  ) throws -> FittedSeries {
    let model = try #require(Registry.card(name)).model(settings).fit(task, FitContext(seed: 1))
    return try #require(model as? FittedSeries)
  }

  private let walking: [String: HyperparameterValue] = ["init": .integer(40), "skip": .integer(5)]

  /// The model with some numbers of its container replaced.
  private func changed(
    _ model: FittedSeries, _ change: (String, [Double]) -> [Double]?
  ) throws -> FittedSeries {
    let old = try ModelFile.container(of: model)
    var new = Container(kind: "model")
    new.facts = old.facts
    for name in old.names(after: "") {
      if let numbers = try? old.doubles(name), let other = change(name, numbers) {
        new.add(name, other)
      } else {
        new.add(name, sectionsOf: old.part(name, kind: "model"))
      }
    }
    return try #require(try ModelFile.model(in: new) as? FittedSeries)
  }

  @Test func rollingLoadingsAreRegressionsOfTheWindowBefore() throws {
    let task = try task()
    let model = try fit(
      "rolling_ols", ["window": .integer(50), "step": .integer(7), "min_obs": .integer(30)], task)
    let loadings = try #require(try model.loadings(task, budget: budget))
    let predictions = try model.predict(task, budget: budget)
    for (period, firm) in [(150, 0), (159, 9), (62, 4)] {
      let last = period / 7 * 7
      let window = (last - 50)..<last
      let x = Matrix(window.map { [1] + Array(task.observed.row($0)) })
      let found = try LeastSquares(x, window.map { task.returns[$0 * 10 + firm] }).coefficients
      let row = period * 10 + firm
      expectClose(loadings.row(row), Array(found.dropFirst()), absolute: 1e-9)
      let total = zip(found, [1] + task.observed.row(period)).reduce(0) { $0 + $1.0 * $1.1 }
      expectClose(try #require(predictions.total)[row], total, absolute: 1e-11)
      let mean = (0..<3).map { k in
        (0..<period).reduce(0) { $0 + Array(task.observed.row($1))[k] } / Double(period)
      }
      let forecast = zip(found, [1] + mean).reduce(0) { $0 + $1.0 * $1.1 }
      expectClose(predictions.preferredForecast[row], forecast, absolute: 1e-11)
    }
    // Before there are estimates a firm is a newcomer.
    expectClose(loadings.row(3), Array(model.moments.newcomer.dropFirst()), absolute: 0)
  }

  @Test func kalmanBetasAreTheFilterWrittenSlowly() throws {
    let task = try task()
    let model = try fit("kalman", walking, task)
    let filter = try #require(model.filter as? WalkFilter)
    let loadings = try #require(try model.loadings(task, budget: budget))
    let predictions = try model.predict(task, budget: budget)
    for firm in [0, 7] {
      let start = filter.starts[firm]
      #expect(start.begin == 40)
      var (b, p) = (start.loadings, Matrix(rows: 4, columns: 4, storage: start.covariance))
      for period in 40..<160 {
        let x = [1] + Array(task.observed.row(period))
        let row = period * 10 + firm
        expectClose(loadings.row(row), Array(b.dropFirst()), absolute: 1e-9)
        let fit = zip(b, x).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose(try #require(predictions.total)[row], fit, absolute: 1e-10)
        for k in 0..<4 { p[k, k] += start.walk[k] }
        let g = p * x
        let s = zip(g, x).reduce(start.residual) { $0 + $1.0 * $1.1 }
        for i in 0..<4 { b[i] += g[i] / s * (task.returns[row] - fit) }
        for i in 0..<4 { for j in 0..<4 { p[i, j] -= g[i] * g[j] / s } }
      }
      #expect(try #require(predictions.residualVariance)[159 * 10 + firm] == start.residual)
      #expect(try #require(predictions.variance)[159 * 10 + firm] > start.residual)
    }
  }

  // AT-13, through the model: with variances of the steps that are zero, what is predicted is least squares with
  // the start as prior.
  @Test func betasThatStandStillAreRecursiveLeastSquares() throws {
    let task = try task()
    let model = try changed(fit("kalman", walking, task)) { name, numbers in
      name == "walk.steps" ? numbers.map { _ in 0 } : nil
    }
    let start = try #require(model.filter as? WalkFilter).starts[2]
    let prior = try Cholesky(Matrix(rows: 4, columns: 4, storage: start.covariance)).inverse
    var (gram, moments) = (prior, prior * start.loadings)
    for period in 40..<159 {
      let x = [1] + Array(task.observed.row(period))
      for a in 0..<4 {
        moments[a] += x[a] * task.returns[period * 10 + 2] / start.residual
        for b in 0..<4 { gram[a, b] += x[a] * x[b] / start.residual }
      }
    }
    let wanted = try Cholesky(gram).solve(moments)
    let found = try #require(try model.loadings(task, budget: budget)).row(159 * 10 + 2)
    expectClose(found, Array(wanted.dropFirst()), absolute: 1e-8)
  }

  // AT-13: without shocks and memory correlations are constant; covariances are positive definite.
  @Test func betasOfConstantCorrelationsFollowVariancesAlone() throws {
    let task = try task()
    let model = try fit("dcc_garch", ["min_obs": .integer(60)], task)
    let predictions = try model.predict(task, budget: budget)
    let (variance, residual) = (
      try #require(predictions.variance), try #require(predictions.residualVariance)
    )
    for (all, rest) in zip(variance, residual) { #expect(rest > 0 && rest <= all) }
    let constant = try changed(model) { name, numbers in
      name == "dcc.weights" ? numbers.map { _ in 0 } : nil
    }
    let filter = try #require(constant.filter as? CorrelationFilter)
    let factors = SeriesPanel(
      task.observed.values, series: 3, regressors: [Double](repeating: 0, count: 160), count: 1)
    let deviations = try filter.model.factorVariances.standardized(factors, budget: budget)
      .deviations
    let loadings = try #require(try constant.loadings(task, budget: budget))
    let spread = try #require(try constant.predict(task, budget: budget).variance)
    for k in 0..<3 {
      let slopes = (0..<160).map {
        loadings[$0 * 10 + 5, k] * deviations[$0 * 3 + k] / spread[$0 * 10 + 5].squareRoot()
      }
      for slope in slopes { expectClose(slope, slopes[0], absolute: 1e-9) }
    }
    // The fit is the asset's mean where the factors are at theirs.
    let means = filter.model.factorVariances.estimates.map(\.mean)
    let total = try #require(try constant.predict(task, budget: budget).total)
    let row = 150 * 10 + 5
    let change = (0..<3).reduce(0) {
      $0 + loadings[row, $1] * (Array(task.observed.row(150))[$1] - means[$1])
    }
    expectClose(total[row], filter.model.assetVariances.estimates[5].mean + change, absolute: 1e-12)
  }

  @Test(arguments: ["rolling_ols", "kalman", "dcc_garch"])
  func factorsOfTheTaskAreUsedWhereItHasSome(name: String) throws {
    let task = try task()
    var settings = walking
    settings["min_obs"] = .integer(40)
    settings["window"] = .integer(60)
    let names = Set(try #require(Registry.card(name)).settings.map(\.name))
    settings = settings.filter { names.contains($0.key) }
    let model = try fit(name, settings, task)
    #expect(model.source == .given(["mkt", "smb", "hml"]))
    #expect(model.summary.settings.first?.value == "[mkt, smb, hml]")
    let other = task.replacing(
      observed: ObservedFactors(["mkt", "smb", "umd"], task.observed.values))
    #expect(
      throws: ModelError.otherFactors(
        expected: ["mkt", "smb", "hml"], found: ["mkt", "smb", "umd"])
    ) { try model.predict(other, budget: budget) }
    #expect(throws: ModelError.self) {
      try fit(name, settings, task.replacing(observed: ObservedFactors.none))
    }
  }

  // A panel that begins after training goes on where training ended.
  @Test func theFilterGoesOnInALaterPanel() throws {
    let task = try task()
    let model = try fit("kalman", walking, task)
    let later = task.months(100..<160, split: nil)
    let whole = try #require(try model.loadings(task, budget: budget))
    let part = try #require(try model.loadings(later, budget: budget))
    for row in 0..<later.returns.count {
      expectClose(part.row(row), whole.row(row + 1000), absolute: 1e-12)
    }
  }

  @Test func smoothedBetasAreForPicturesOnly() throws {
    let task = try task()
    var settings = walking
    settings["beta"] = .word("smoothed")
    let smooth = try fit("kalman", settings, task)
    #expect(throws: ModelError.forPicturesOnly(model: "kalman")) {
      try smooth.predict(task, budget: budget)
    }
    #expect(throws: ModelError.forPicturesOnly(model: "kalman")) {
      try smooth.forecast(
        task, waiting: task.returns.map { _ in false }, budget: budget)
    }
    settings["beta"] = .word("filtered")
    let filtered = try fit("kalman", settings, task)
    #expect(filtered.summary.notes.contains { $0.contains("have seen the returns") })
    let plain = try fit("kalman", walking, task)
    let (a, b) = (
      try filtered.predict(task, budget: budget), try plain.predict(task, budget: budget)
    )
    #expect(a.preferredForecast == b.preferredForecast && a.total != b.total)
    func error(_ fits: [Double]?) throws -> Double {
      zip(task.returns, try #require(fits)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    try #expect(error(a.total) < error(b.total))
    // Nobody uses loadings that look ahead without being told.
    try #expect(
      smooth.loadings(task, budget: budget)?.storage
        == plain.loadings(task, budget: budget)?.storage)
    let shown = try #require(try smooth.shownLoadings(task, budget: budget))
    #expect(shown.knowledge == .everything && shown.names == ["mkt", "smb", "hml"])
    // At the end there is nothing more to know than the filter knows.
    let last = try #require(try filtered.shownLoadings(task, budget: budget))
    expectClose(shown.values.row(1595), last.values.row(1595), absolute: 1e-12)
  }

  @Test func newcomersFollowTheirRule() throws {
    let full = try task()
    // The last firm is there from period 120 on only.
    let task = full.selecting((0..<1600).filter { $0 % 10 != 9 || $0 >= 1200 })
    let row = task.returns.count - 1
    for (rule, isExpected) in [
      ("zero", { $0 == 0 }), ("drop", { $0.isNaN }), ("mean", { $0 != 0 && $0.isFinite }),
    ] as [(String, (Double) -> Bool)] {
      var settings = walking
      settings["new_firm"] = .word(rule)
      let model = try fit("kalman", settings, task)
      #expect(isExpected(try model.predict(task, budget: budget).preferredForecast[row]), "\(rule)")
    }
    // With enough returns by then, a rolling window knows it.
    let rolling = try fit(
      "rolling_ols", ["window": .integer(40), "step": .integer(1), "min_obs": .integer(20)], task)
    let loadings = try #require(try rolling.loadings(task, budget: budget))
    #expect(loadings.row(row) != Array(rolling.moments.newcomer.dropFirst()))
  }

  @Test func whatCannotBeEstimatedIsRefused() throws {
    let task = try task()
    #expect(
      throws: ModelError.shortHistories(
        needed: 314, longest: 100, option: "init", remedy: "init: 33, skip: 8")
    ) { try fit("kalman", [:], task) }
    #expect(
      throws: ModelError.shortHistories(
        needed: 250, longest: 100, option: "min_obs", remedy: "min_obs: 100")
    ) { try fit("dcc_garch", [:], task) }
    #expect(throws: ModelError.self) {
      try fit("rolling_ols", ["window": .integer(20), "min_obs": .integer(30)], task)
    }
    var values = task.observed.values
    for t in 0..<160 { values[t * 3 + 1] = 0.01 }
    let idle = task.replacing(observed: ObservedFactors(task.observed.names, values))
    #expect(throws: ModelError.idleFactor(name: "smb", isObserved: true, others: [])) {
      try fit("kalman", walking, idle)
    }
    for t in 0..<160 { values[t * 3 + 1] = 2 * values[t * 3] + values[t * 3 + 2] }
    let double = task.replacing(observed: ObservedFactors(task.observed.names, values))
    #expect(throws: ModelError.self) { try fit("dcc_garch", ["min_obs": .integer(50)], double) }
    let many = ObservedFactors(
      (1...8).map { "f\($0)" }, (0..<(160 * 8)).map { Double(($0 * 7919) % 101) })
    #expect(throws: ModelError.factorsBeyond(most: 7, found: 8, isObserved: true)) {
      try fit("kalman", walking, task.replacing(observed: many))
    }
  }

  @Test func anythingUnfinishedIsInTheNotes() throws {
    let task = try task()
    let model = try fit("dcc_garch", ["min_obs": .integer(60)], task)
    let filter = try #require(model.filter as? CorrelationFilter)
    let estimates = filter.model.assetVariances.estimates
    let ends = estimates.count { $0.hasConverged && $0.isAtBoundary }
    #expect(ends > 0)
    #expect(model.summary.notes.contains { $0.contains("\(ends) of 10 assets") })
    let open = estimates.count { !$0.hasConverged }
    #expect(
      (open > 0)
        == model.summary.notes.contains { $0.contains("variances") && $0.contains("converge") })
  }

  @Test func memoryIsAskedForBeforeItIsTaken() throws {
    let task = try task()
    for (name, settings) in [
      ("kalman", walking), ("dcc_garch", ["min_obs": .integer(50)]),
      ("rolling_ols", ["min_obs": .integer(50)]),
    ] {
      let model = try #require(Registry.card(name)).model(settings)
      #expect(throws: BudgetError.self, "\(name)") {
        try model.fit(task, FitContext(seed: 1, budget: Budget(memoryLimit: 20_000)))
      }
    }
  }
}

@Suite struct ObservedFactorTests {
  private func task() throws -> FactorTask {
    let world = try DriftingBetaWorld(WorldSize(firms: 10, months: 30))
    return try SimulatedPanel.task(world, Split(train: 0..<18, valid: 18..<24, test: 24..<30))
  }

  @Test func theyGoWithTheirPeriods() throws {
    let task = try task()
    // Periods 0, 3, 6, … keep some rows.
    let kept = task.keeping((0..<300).filter { $0 / 10 % 3 == 0 && $0 % 2 == 0 })
    #expect(kept.monthCount == 10)
    for t in 0..<10 { #expect(Array(kept.observed.row(t)) == Array(task.observed.row(3 * t))) }
    let months = task.months(5..<9, split: nil)
    #expect(Array(months.observed.row(0)) == Array(task.observed.row(5)))
    #expect(task.silencing([]).observed == task.observed)
  }

  @Test func theyArePartOfTheData() throws {
    let task = try task()
    var values = task.observed.values
    values[7] += 1e-9
    let other = task.replacing(observed: ObservedFactors(task.observed.names, values))
    let renamed = task.replacing(observed: ObservedFactors(["a", "b", "c"], task.observed.values))
    #expect(task.digest(threads: 1) == task.replacing().digest(threads: 2))
    #expect(task.digest(threads: 1) != other.digest(threads: 1))
    #expect(task.digest(threads: 1) != renamed.digest(threads: 1))
  }

  @Test func staticLoadingsOnThemAreRegressions() throws {
    let task = try task()
    let card = try #require(Registry.card("ff"))
    let model = try card.model(["min_obs": .integer(10)]).fit(task, FitContext(seed: 1))
    let loadings = try #require(try model.loadings(task, budget: Budget()))
    let x = Matrix((0..<18).map { Array(task.observed.row($0)) })
    let wanted = try LeastSquares(x, (0..<18).map { task.returns[$0 * 10 + 4] }).coefficients
    expectClose(loadings.row(294), wanted, absolute: 1e-10)
    let opened = try ModelFile.model(
      in: Container(decoding: ModelFile.container(of: model).encoded))
    #expect(
      PredictionBits(try opened.predict(task, budget: Budget()))
        == PredictionBits(try model.predict(task, budget: Budget())))
  }

  @Test func modelsOfCharacteristicsRefuseATaskWithout() throws {
    let task = try task()
    for name in ["ca1", "cvra", "nn2", "pca", "ipca"] {
      let order = FitOrder(try #require(Registry.card(name)), [:], seed: 1)
      #expect(throws: ModelError.noCharacteristics(model: name), "\(name)") {
        try order.fit(task, FitContext(seed: 1))
      }
    }
  }
}
