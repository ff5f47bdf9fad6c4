// What a model's factors are worth: pricing errors, the tangency portfolio, and their likeness to
// the factors of another fit.

import FactorLang
import FactorRuntime
import Models

enum PricingTable {
  /// A t-statistic that counts as a pricing error, as published.
  static let large = 3.0

  static func make(
    _ model: ModelValue, _ task: TaskValue, _ block: EvaluationValue.Block, _ lags: Int,
    _ context: Context
  ) throws -> Table {
    let data = task.cut
    let name = model.model.summary.model
    guard let total = try model.model.predict(data, budget: context.budget).total else {
      throw Fault(
        .wrongType, "`\(name)` has no factors: there is nothing that its test assets are priced by",
        parameter: "model")
    }
    let sample = try ScoreSample(data, block, true, context.budget)
    guard let managed = try sample.managed(total) else {
      throw Fault(.internalFault, "managed portfolios were asked for and not made")
    }
    let errors = PricingError.of(managed.returns, fits: managed.fits, lags: lags)
    func ratio(_ part: (PricingError) -> Double) -> Column {
      Column(numbers: errors.map(part), unit: .ratio)
    }
    func plain(_ part: (PricingError) -> Double) -> Column { Column(numbers: errors.map(part)) }
    func count(_ part: (PricingError) -> Double) -> Int {
      errors.count { abs(part($0)) > large }
    }
    return Table(
      title: "\(name) · pricing errors of managed portfolios · \(block.rawValue) "
        + "\(sample.span.first)..\(sample.span.last) · \(Counted.text(sample.span.count, sample.index.clock.noun))",
      columns: [
        ("portfolio", Column(text: data.characteristicNames + ["constant"])),
        ("mean", ratio(\.mean)), ("t_mean", plain(\.meanStatistic)), ("alpha", ratio(\.alpha)),
        ("t_alpha", plain(\.statistic)),
      ],
      notes: [
        "  |t| > 3: \(count(\.statistic)) of \(errors.count) alphas, "
          + "\(count(\.meanStatistic)) of \(errors.count) mean returns · Newey-West, \(lags) lags"
      ]
    ).ofWholeSample
  }
}

enum TangencyTable {
  static func make(
    _ model: ModelValue, _ task: TaskValue, _ block: EvaluationValue.Block, _ volatility: Double,
    _ context: Context
  ) throws -> Table {
    let data = task.cut
    let sample = try ScoreSample(data, block, false, context.budget)
    let name = model.model.summary.model
    let fitted = try model.model.settled(context.budget)
    let seeds = fitted.summary.members.count
    // Factors of several seeds have several rotations; the portfolios of each have none.
    let members = seeds > 1 ? (0..<seeds).compactMap { fitted.member($0) } : []
    let paths = try (members.isEmpty ? [fitted] : members).map {
      let factors = try $0.predict(data, budget: context.budget).factors
      return try returns(factors, sample, volatility, name)
    }
    let mean = sample.months.indices.map { $0 - sample.months.lowerBound }.map { month in
      Summation.compensated(paths.map { $0[month] }) / Double(paths.count)
    }
    let year = sample.index.clock.periodsPerYear
    let performance = Performance(mean, periodsPerYear: year)
    let annual = NumberFormat.percent(Double(year) * performance.mean, decimals: 2)
    let spread = NumberFormat.percent(performance.volatility, decimals: 2)
    let ratio = performance.sharpeRatio
    return Table(
      title: "\(name) · tangency portfolio of its factors · \(block.rawValue) "
        + "\(sample.span.first)..\(sample.span.last) · \(Counted.text(paths.count, "seed"))",
      columns: [
        Column.time(sample.index.months),
        ("ret", Column(numbers: mean, unit: .ratio)),
      ],
      notes: [
        "  mean \(annual) a year (×\(year)) · volatility \(spread) (×√\(year)) · Sharpe "
          + (ratio.isFinite ? NumberFormat.fixed(ratio, decimals: 2) : NumberFormat.missing)
          + " (×√\(year)), before costs",
        "  weights from all \(sample.index.clock.noun)s before, for an expected volatility of "
          + "\(NumberFormat.percent(volatility, decimals: 2)) \(sample.index.clock.each); returns of the seeds averaged",
      ])
  }

  private static func returns(
    _ factors: [[Double]], _ sample: ScoreSample, _ volatility: Double, _ name: String
  ) throws -> [Double] {
    guard let order = factors.first?.count, order > 0 else {
      throw Fault.withoutFactors(name, parameter: "model")
    }
    let needed = TangencyPortfolio.fewestMonths(factors: order)
    guard sample.months.lowerBound >= needed else {
      throw Fault(
        .outsideData,
        "a tangency portfolio of \(Counted.text(order, "factor")) needs \(needed) months before the "
          + "first one held; there are \(sample.months.lowerBound)", parameter: "on")
    }
    return try TangencyPortfolio(
      factors: factors, months: sample.months, volatility: volatility
    ).returns
  }
}

/// Factors in the one rotation that two fits can be compared in by eye.
enum CanonicalTable {
  static func make(_ model: ModelValue, _ task: TaskValue, _ context: Context) throws -> Table {
    let data = task.cut
    let name = model.model.summary.model
    let factors = try model.model.predict(data, budget: context.budget).factors
    guard factors.first?.isEmpty == false,
      let loadings = try model.model.settled(context.budget).loadings(
        data, budget: context.budget)
    else {
      throw Fault(
        .wrongType, "`\(name)` gives no loadings by firm, so its factors cannot be rotated",
        parameter: "model")
    }
    // One rotation, found on the training months, serves all dates.
    let train = try data.requireSplit().train
    let rows = data.rows(train)
    let width = loadings.columns
    let rotation = try CanonicalRotation(
      factors: Matrix(Array(factors[train])),
      loadings: Matrix(
        rows: rows.count, columns: width,
        storage: Array(loadings.storage[(rows.lowerBound * width)..<(rows.upperBound * width)])),
      offsets: data.index.offsets[train.lowerBound...train.upperBound].map { $0 - rows.lowerBound })
    let turned = rotation.factors(Matrix(factors))
    var table = try MonthTable.of((0..<turned.rows).map(turned.row), "f", data, model)
    let months = data.index.months
    table.notes = [
      "  rotated so that loadings have mean B'B / N = I and factors are orthogonal, the strongest "
        + "first, means not below zero, over train \(months[train.lowerBound])..\(months[train.upperBound - 1])",
      "  for display: fits and forecasts are the same in any rotation · first seed",
    ]
    return table
  }
}

enum AlignmentTable {
  static func make(
    _ models: [ModelValue], _ block: EvaluationValue.Block?, _ context: Context
  ) throws -> Table {
    guard models.count == 2 else {
      throw Fault(
        .wrongType, "`align` compares the factors of two models, not of \(models.count)",
        helps: ["[a, b] | align"], parameter: "models")
    }
    let series = try models.map { try factors($0, block, context) }
    let months = series[0].months.filter(Set(series[1].months).contains)
    let matrices = series.map { item in
      let kept = Set(months)
      return Matrix(zip(item.months, item.rows).filter { kept.contains($0.0) }.map(\.1))
    }
    guard months.count > max(matrices[0].columns, matrices[1].columns) + 1,
      let first = months.first, let last = months.last
    else {
      throw Fault(
        .outsideData,
        "the two fits share \(Counted.text(months.count, "month")), too few to compare")
    }
    let found = try FactorAlignment(matrices[0], matrices[1])
    let count = max(found.correlations.count, found.byFactor.count)
    func padded(_ values: [Double]) -> [Double] {
      values + [Double](repeating: .nan, count: count - values.count)
    }
    let names = Comparison.names(models)
    let whole = found.rSquared.isFinite ? NumberFormat.percent(found.rSquared, decimals: 2) : ""
    return Table(
      title: "factors of \(names[0]) and \(names[1]) · \(first)..\(last) · "
        + "\(Counted.text(months.count, "month")) · first seeds",
      columns: [
        ("factor", Column(numbers: (0..<count).map { Double($0 + 1) }, unit: .count)),
        ("correlation", Column(numbers: padded(found.correlations))),
        ("r2", Column(numbers: padded(found.byFactor), unit: .ratio)),
      ],
      notes: [
        "  canonical correlations of the two sets, largest first",
        whole.isEmpty
          ? "  sets of different sizes: no rotation brings one to the other"
          : "  R2 of \(names[1])'s factors on \(names[0])'s, rotated and scaled: \(whole) in all",
      ])
  }

  private static func factors(
    _ model: ModelValue, _ block: EvaluationValue.Block?, _ context: Context
  ) throws -> (months: [Period], rows: [[Double]]) {
    let data = try model.requireTask(nil).cut
    let factors = try model.model.predict(data, budget: context.budget).factors
    guard factors.first?.isEmpty == false else {
      throw Fault.withoutFactors(model.model.summary.model, parameter: "models")
    }
    guard let block else { return (data.index.months, factors) }
    let months = try ScoreSample(data, block, false, context.budget).months
    return (Array(data.index.months[months]), Array(factors[months]))
  }
}
