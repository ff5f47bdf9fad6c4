// Paths of the equal-weighted portfolio, drawn from a VAR(1) of a model's factors.

import FactorLang
import FactorRuntime
import Models

/// Paths of the equal-weighted portfolio.
struct Simulation {
  private let model: ModelValue
  private let data: FactorTask
  private let context: Context
  static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]

  init(_ model: ModelValue, _ data: FactorTask, _ context: Context) {
    (self.model, self.data, self.context) = (model, data, context)
  }

  func table(from: Value, horizon: Periods?, paths: Int, compound: Bool) throws -> Table {
    let (clock, noun) = (data.index.clock, data.index.clock.noun)
    let months = try horizon?.count(on: clock, parameter: "horizon") ?? 12
    guard (1...10_000).contains(months) else {
      throw Fault(.outOfRange, "`horizon` must lie in 1..10,000 \(noun)s", parameter: "horizon")
    }
    let last = try lastMonth(from)
    let known = 0..<data.index.lowerBound(last + 1)
    // The filter reads nothing after a month, so a task cut here gives the same factors.
    let past = data.months(known, split: nil)
    let factors = try model.model.predict(past, budget: context.budget).factors
    guard let width = factors.first?.count, factors.count >= 3 * (width + 2) else {
      throw Fault(
        .outsideData, "too few \(noun)s up to \(last) for a VAR(1) of the factors",
        parameter: "from")
    }
    let average = (0..<past.monthCount).map { month in
      past.returns[past.rows(month)].reduce(0, +) / Double(past.rows(month).count)
    }
    let process = try VectorAutoregression(factors, attached: average)
    var stream = RandomStream(seed: context.seed, purpose: .simulation)
    var drawn = [[Double]](repeating: [], count: months)
    for _ in 0..<paths {
      var wealth = 1.0
      for (month, value) in process.path(periods: months, &stream).enumerated() {
        wealth *= 1 + value
        drawn[month].append(compound ? wealth - 1 : value)
      }
    }
    context.ledger(
      LedgerLine(
        stage: "simulate", rowsIn: past.returns.count, rowsOut: past.returns.count),
      detail:
        "\(Counted.text(paths, "path")) after \(last); VAR(1) of \(Counted.text(width, "factor")) "
        + "on \(factors.count) \(noun)s, residuals drawn again")
    let quantiles = drawn.map { Quantile.of($0, Self.shares) }
    return Table(
      title: "equal-weighted portfolio · "
        + (compound ? "gained since" : "return of each \(noun) after")
        + " \(last)",
      columns: [Column.time((1...months).map { clock.moved(last, by: $0) })]
        + Self.shares.indices.map { k in
          (
            "p\(Int((100 * Self.shares[k]).rounded()))",
            Column(numbers: quantiles.map { $0[k] }, unit: .ratio)
          )
        })
  }

  private func lastMonth(_ from: Value) throws -> Period {
    guard let first = data.index.months.first, let last = data.index.months.last else {
      throw Fault(.outsideData, "the task has no rows")
    }
    if from.isMissing { return last }
    let month = try PanelKeys.period(from, "from", data.index.clock)
    guard month >= first, month <= last else {
      throw Fault(.outsideData, "the data cover \(first)..\(last), not \(month)", parameter: "from")
    }
    return month
  }
}
