// What the fits of all models of loadings over time share: the sample, the checks, the newcomers, the report.
//
// Everything is estimated on the training periods. An asset without a history takes the mean loadings of
// the others, by least squares over those periods, and their mean residual variance.

import FactorRuntime

struct SeriesFit: Sendable {
  let task: FactorTask
  let split: Split
  let source: FactorSource
  /// The training periods of the assets that are long enough.
  let sample: SeriesSample
  let moments: TrainingMoments
  private let context: FitContext
  private let newcomers: NewcomerRule
  /// Assets with returns in the training periods that are not followed.
  private let short: Int

  /// The options that all these models have.
  struct Options: Sendable {
    let model: String
    /// Made from the panel, where the task has none.
    let factors: [PanelFactor]
    let newcomers: NewcomerRule
    let hasConstant: Bool
    /// The values a series needs in the training periods, by the number of regressors, and the option
    /// that decides it with what to type where it asks for too many.
    let needed: @Sendable (_ regressors: Int) -> Int
    let option: String
    let remedy: @Sendable (_ longest: Int, _ regressors: Int) -> String
  }

  /// Takes the training periods of a task; throws what makes a fit impossible.
  init(_ options: Options, _ task: FactorTask, _ context: FitContext) throws {
    try context.refuseStart(for: options.model)
    (self.task, self.context, newcomers) = (task, context, options.newcomers)
    source = FactorSource(of: task, otherwise: options.factors)
    try Self.check(source, options)
    split = try task.requireSplit()
    guard !source.sorts || task.width > 0 else {
      throw ModelError.noCharacteristics(model: options.model)
    }
    if case .made = source {
      // Factors of the panel want a cross-section; observed ones want none.
      _ = try LinearSample(task, .train, factors: 0, usesCharacteristics: source.sorts, context)
    }
    let regressors = source.names.count + (options.hasConstant ? 1 : 0)
    let needed = max(options.needed(regressors), regressors + 2)
    var counts = [Int](repeating: 0, count: task.index.assetNames.count)
    for row in task.rows(split.train) { counts[Int(task.index.assets[row])] += 1 }
    let kept = counts.indices.filter { counts[$0] >= needed }
    guard !kept.isEmpty else {
      let longest = counts.max() ?? 0
      throw ModelError.shortHistories(
        needed: needed, longest: longest, option: options.option,
        remedy: options.remedy(longest, regressors))
    }
    short = counts.count { $0 > 0 } - kept.count
    sample = try SeriesSample(
      task, split.train, source, assets: kept.map { task.index.assetNames[$0] },
      hasConstant: options.hasConstant, context.budget)
    try Self.checkMovement(sample, source)
    moments = try Self.moments(sample, options, context.budget)
  }

  private static func check(_ source: FactorSource, _ options: Options) throws {
    guard !source.names.isEmpty else {
      throw ModelError.incompatible(
        first: "factors", second: options.model, reason: "there is no factor to regress on")
    }
    guard source.names.count <= SeriesSample.mostFactors else {
      var isObserved = false
      if case .given = source { isObserved = true }
      throw ModelError.factorsBeyond(
        most: SeriesSample.mostFactors, found: source.names.count, isObserved: isObserved)
    }
  }

  // Loadings on factors that stand still, or that are made of the others, are not there to be found.
  private static func checkMovement(_ sample: SeriesSample, _ source: FactorSource) throws {
    let rows = sample.factors.compactMap { $0 }
    let names = source.names
    var isObserved = false
    if case .given = source { isObserved = true }
    func others(_ k: Int) -> [String] { names.indices.filter { $0 != k }.map { names[$0] } }
    for k in names.indices where rows.allSatisfy({ $0[k] == rows[0][k] }) {
      throw ModelError.idleFactor(name: names[k], isObserved: isObserved, others: [])
    }
    let fit = try LeastSquares(
      Matrix(rows.map { [1] + $0 }), [Double](repeating: 0, count: rows.count))
    if let k = fit.dropped.last, k > 0 {
      throw ModelError.idleFactor(
        name: names[k - 1], isObserved: isObserved, others: others(k - 1))
    }
  }

  private static func moments(
    _ sample: SeriesSample, _ options: Options, _ budget: Budget
  ) throws -> TrainingMoments {
    let rows = sample.factors.compactMap { $0 }
    let (count, number) = (rows[0].count, Double(rows.count))
    let mean = (0..<count).map { k in Summation.pairwise(rows.map { $0[k] }) / number }
    let covariance = (0..<(count * count)).map { cell -> Double in
      let (a, b) = (cell / count, cell % count)
      return Summation.pairwise(rows.map { ($0[a] - mean[a]) * ($0[b] - mean[b]) }) / number
    }
    let fits = try Ensemble.map(members: sample.assets.count, budget: budget) { series in
      try budget.check()
      let seen = sample.seen(series)
      return try LeastSquares(
        Matrix(seen.map { Array(sample.panel.row($0)) }),
        seen.map { sample.panel.value(series, at: $0) })
    }
    func average(_ part: (LeastSquares) -> Double) -> Double {
      Summation.pairwise(fits.map(part)) / Double(fits.count)
    }
    let skipped = options.hasConstant ? 0 : 1
    let loadings = (0...count).map { k in
      k < skipped ? 0 : average { $0.coefficients[k - skipped] }
    }
    let newcomer: [Double] =
      switch options.newcomers {
      case .mean: loadings
      case .zero: loadings.map { _ in 0 }
      case .drop: loadings.map { _ in .nan }
      }
    return TrainingMoments(
      mean: mean, covariance: covariance, newcomer: newcomer,
      // A fit without any residual still has a variance.
      residual: max(average(\.residualVariance), 1e-12))
  }

  /// The model, with shares of squared returns left unexplained by the periods' own factors as losses.
  func fitted(
    _ model: String, _ filter: any LoadingFilter, parameters: Int,
    settings: [(name: String, value: String)], notes: [String]
  ) throws -> FittedSeries {
    var fitted = FittedSeries(
      summary: FitSummary(
        model: model, settings: [("factors", source.text)] + settings, seed: context.seed,
        parameterCount: parameters, characteristicNames: task.characteristicNames, members: [],
        notes: notes),
      source: source, filter: filter, moments: moments)
    if short > 0 {
      fitted.summary.notes.append(
        "\(short) assets are not followed, their histories are short: \(newcomers.consequence)")
    }
    // The test periods are not looked at.
    let seen = task.months(0..<split.valid.upperBound, split: nil)
    let total = try fitted.predict(seen, waiting: nil, context.budget).total ?? []
    var report = TrainingReport()
    report.trainingLoss = [share(total, task.rows(split.train))]
    report.validationLoss = [share(total, task.rows(split.valid))]
    (report.bestEpoch, report.bestLoss) = (1, report.validationLoss[0])
    fitted.summary.members = [report]
    return fitted
  }

  private func share(_ fits: [Double], _ rows: Range<Int>) -> Double {
    let known = rows.filter { !fits[$0].isNaN }
    let errors = known.map { (task.returns[$0] - fits[$0]) * (task.returns[$0] - fits[$0]) }
    let squares = known.map { task.returns[$0] * task.returns[$0] }
    let total = Summation.pairwise(squares)
    return total > 0 ? Summation.pairwise(errors) / total : 0
  }
}
