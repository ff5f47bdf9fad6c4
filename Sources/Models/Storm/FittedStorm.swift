// A fitted dual codebook model: forecasts from the prior, total fits from the posterior.
//
// At month t, from the window that ends with the characteristics of t:
//   prior     a_s + sum_f b_sf m_f, with the prior's means: nothing of it has seen the returns of t
//   total     the same with the posterior's means
//   variance  exp(l_s) + sum_f b_sf^2 v_f, with the prior's variances
// Firms outside a fixed universe are forecast as `new_firm` says. Dates before the first month of the task are empty.

import FactorRuntime

struct FittedStorm: FittedEnsemble {
  var summary: FitSummary
  /// The standard deviation of the training months' returns.
  let scale: Double
  let design: StormDesign
  /// The firms of a fixed universe; none of a dynamic one.
  let universe: [String]
  let newcomers: NewcomerRule
  var members: [StormMember]

  /// Windows that are described at a time.
  private static let windows = 8

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try predict(task, waiting: nil, budget: budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try predict(task.withoutReturns(where: waiting), waiting: waiting, budget: budget)
      .preferredForecast
  }

  private func predict(
    _ task: FactorTask, waiting: [Bool]?, budget: Budget
  ) throws -> Predictions {
    try check(task)
    let data = windows(task, waiting)
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try run(members[number], task, data, budget)
    } adding: {
      $0.add($1)
    }
    guard var all = sum else {
      return Predictions(
        total: [], forecasts: [(.prior, [])], preferred: .prior, variance: [], factors: [])
    }
    all.average(over: members.count, returns: scale, variance: scale * scale)
    return Predictions(
      total: all.total, forecasts: [(.prior, all.prior)], preferred: .prior, variance: all.spread,
      factors: all.factors)
  }

  private func windows(_ task: FactorTask, _ waiting: [Bool]?) -> StormWindows {
    StormWindows(
      task, scale: scale, universe: design.isDynamic ? nil : universe, waiting: waiting)
  }

  private func network(_ member: StormMember, _ task: FactorTask) -> StormNetwork<Float> {
    let network = StormNetwork<Float>(
      design.sized(months: task), windows: min(Self.windows, max(1, task.monthCount)))
    member.weights.restore(to: network)
    return network
  }

  /// Calls `body` with each month, its window as the network describes it, and its loadings.
  private func each(
    _ member: StormMember, _ task: FactorTask, _ data: StormWindows, _ budget: Budget,
    _ body: (
      _ month: Int, _ window: StormWindow, _ found: StormReturns,
      _ loading: (_ firm: Int, _ factor: Int) -> Double
    ) -> Void
  ) throws {
    let network = network(member, task)
    for start in stride(from: 0, to: task.monthCount, by: Self.windows) {
      try budget.check()
      let months = start..<min(start + Self.windows, task.monthCount)
      let windows = months.map { data[$0] }
      network.encode(windows, data)
      network.describe()
      network.eachWindow { number, worker, place in
        let heads = worker.heads
        var (begin, length) = (0, 0)
        AssetReadout<Float>.places(worker.layout.tokens, worker.layout.assets) {
          at, column, first in
          if at == place { (begin, length) = (first, column) }
        }
        let loadings = heads.loadings.readout.output + begin
        body(months.lowerBound + number, windows[number], heads.windows[place]) { s, f in
          Double(loadings[s * length + f])
        }
      }
    }
  }

  private func run(
    _ member: StormMember, _ task: FactorTask, _ data: StormWindows, _ budget: Budget
  ) throws -> MemberPredictions {
    let none = [Double](repeating: .nan, count: task.returns.count)
    var result = MemberPredictions(total: none, mean: [], prior: none, spread: none, factors: [])
    try each(member, task, data, budget) { month, window, found, loading in
      let variance = found.prior.variance
      for (s, row) in window.rows.enumerated() where row >= 0 {
        var (total, prior) = (found.alpha.mean[s], found.alpha.mean[s])
        var spread = Elementary.exp(found.alpha.logVariance[s])
        for f in variance.indices {
          let b = loading(s, f)
          total += b * found.posterior.mean[f]
          prior += b * found.prior.mean[f]
          spread += b * b * variance[f]
        }
        (result.total[row], result.prior[row], result.spread[row]) = (total, prior, spread)
      }
      if !design.isDynamic { result.factors.append(found.posterior.mean) }
      complete(task.rows(month), &result)
    }
    return result
  }

  // Rows of firms outside the universe.
  private func complete(_ rows: Range<Int>, _ result: inout MemberPredictions) {
    let outside = rows.filter { result.prior[$0].isNaN }
    guard !outside.isEmpty, newcomers != .drop else { return }
    let inside = rows.filter { !result.prior[$0].isNaN }
    func mean(_ values: [Double], _ otherwise: Double) -> Double {
      inside.isEmpty ? otherwise : inside.reduce(0) { $0 + values[$1] } / Double(inside.count)
    }
    let (total, prior, spread) = (
      mean(result.total, 0), mean(result.prior, 0), mean(result.spread, 1)
    )
    for row in outside {
      (result.total[row], result.prior[row]) = newcomers == .mean ? (total, prior) : (0, 0)
      result.spread[row] = spread
    }
  }

  /// Rows x factors of the first member in a fixed universe; firms outside it have loadings of zero.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    guard let member = members.first, !design.isDynamic else { return nil }
    try check(task)
    var result = Matrix(
      rows: task.returns.count, columns: design.factors(assets: design.assets))
    try each(member, task, windows(task, nil), budget) { _, window, found, loading in
      for (s, row) in window.rows.enumerated() where row >= 0 {
        for f in found.prior.mean.indices { result[row, f] = loading(s, f) }
      }
    }
    return result
  }
}
