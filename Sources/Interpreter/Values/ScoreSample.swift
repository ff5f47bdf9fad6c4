// The rows that scores are computed on: one block of a task, and its managed portfolios if wanted.

import FactorRuntime
import Models

struct ScoreSample {
  let months: Range<Int>
  let rows: Range<Int>
  let returns: [Double]
  let index: PanelIndex
  let span: (first: Period, last: Period, count: Int)
  let firms: (fewest: Int, most: Int)
  private let portfolios: ManagedPortfolios?
  private let realized: Matrix?

  init(
    _ data: FactorTask, _ block: EvaluationValue.Block, _ withManaged: Bool, _ budget: Budget
  ) throws {
    let split = try data.requireSplit()
    months = block == .train ? split.train : block == .valid ? split.valid : split.test
    rows = data.rows(months)
    returns = Array(data.returns[rows])
    index = data.index.selecting(Array(rows))
    span = (
      data.index.months[months.lowerBound], data.index.months[months.upperBound - 1], months.count
    )
    let counts = months.map { data.rows($0).count }
    firms = (counts.min() ?? 0, counts.max() ?? 0)
    portfolios =
      try withManaged
      ? ManagedPortfolios(
        characteristics: Array(
          data.characteristics[(rows.lowerBound * data.width)..<(rows.upperBound * data.width)]),
        count: data.width, offsets: index.offsets, threads: budget.threads, budget: budget) : nil
    try budget.check()
    realized = try portfolios?.returns(returns)
  }

  /// Months in which the portfolios' ridge had to grow.
  var raisedRidges: Int? { portfolios?.warnings.count }

  /// The portfolios' returns and their fits, a row a month, from fits of all rows of the task.
  func managed(_ fits: [Double]) throws -> (returns: Matrix, fits: Matrix)? {
    guard let portfolios, let realized else { return nil }
    return (realized, try portfolios.returns(Array(fits[rows])))
  }

  /// R2 of fits of all rows of the task, on portfolios where the sample has them.
  func r2(_ fits: [Double], withErrors: Bool) throws -> LeveledR2 {
    let own = Array(fits[rows])
    var found = LeveledR2()
    found.stocks.value = RSquared(returns, fits: own).value
    let managed = try managed(fits)
    if let managed {
      found.managed.value = RSquared(managed.returns.storage, fits: managed.fits.storage).value
    }
    guard withErrors else { return found }
    found.stocks.error = MonthlySquares(returns, fits: own, offsets: index.offsets).standardError()
    if let managed {
      found.managed.error = MonthlySquares(managed.returns, fits: managed.fits).standardError()
    }
    return found
  }

  /// The R2 at a level, without its error.
  func value(_ fits: [Double], _ level: ScoreLevel) throws -> Double {
    guard level == .portfolios, let managed = try managed(fits) else {
      return RSquared(returns, fits: fits[rows]).value
    }
    return RSquared(managed.returns.storage, fits: managed.fits.storage).value
  }
}
