// Runs frozen weights over months in order: loadings, statistics, and what the head says of them.

import FactorRuntime

final class ConditionalFilter<Head: FactorHead> {
  typealias Scalar = Head.Scalar

  private let head: Head
  private let data: ConditionalData<Scalar>
  private let width: Int
  private let tape = Tape()
  private let statistics: LoadingStatistics<Scalar>
  private let loadings: UnsafeMutablePointer<Scalar>
  private let capacity: Int

  init(head: Head, width: Int, data: ConditionalData<Scalar>) {
    (self.head, self.width, self.data) = (head, width, data)
    statistics = LoadingStatistics(factors: head.factors, width: width, slots: 1)
    capacity = max(1, data.mostRows(months: 1) * width)
    loadings = AlignedMemory.zeros(capacity)
  }

  deinit { AlignedMemory.free(loadings) }

  /// Describes `months`, with the state carried from month `start` on; `each` sees every row block,
  /// the rows without a return included. Where the budget says stop, the rest is left out, and who
  /// asked has to find out before using the result.
  func run(
    _ network: FrozenBetaNetwork<Scalar>, months: Range<Int>, from start: Int, budget: Budget,
    each: (_ view: MonthView<Scalar>, _ rows: Range<Int>, _ filtered: FilteredMonth) -> Void = {
      _, _, _ in
    }
  ) -> [FilteredMonth] {
    head.resetState()
    var results: [FilteredMonth] = []
    results.reserveCapacity(months.count)
    for month in start..<months.upperBound where !budget.isCancelled {
      let rows = data.rows(month..<(month + 1))
      data.withRows(rows) { x, y in
        network.loadings(rows: rows.count, x, into: loadings)
        statistics.compute(
          slot: 0, rows: data.knownRows(month), loadings: loadings, returns: y)
      }
      let view = MonthView<Scalar>(
        month: month, firms: data.knownRows(month), statistics: statistics[0], loadings: loadings,
        width: width)
      tape.reset()
      head.loadParameters(on: tape)
      let filtered = head.observe(view, on: tape)
      if months.contains(month) {
        results.append(filtered)
        each(view, rows, filtered)
      }
    }
    return results
  }
}
