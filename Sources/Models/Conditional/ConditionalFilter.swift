// Runs frozen weights over months in order: loadings, statistics, and what the head says of them.

import FactorRuntime

final class ConditionalFilter<Run: LoadingRun, Head: FactorHead>
where Run.Network.Scalar == Head.Scalar {
  typealias Scalar = Head.Scalar

  private let head: Head
  private let data: ConditionalData<Scalar>
  private let run: Run
  private let tape = Tape()
  private let statistics: LoadingStatistics<Scalar>
  /// Between network and statistics, where outputs are more than loadings.
  private let reader: LoadingRows<Scalar>?
  /// Loadings and returns of the rows that have a return, where some have none.
  private var knownLoadings: [Scalar] = []
  private var knownReturns: [Scalar] = []

  init(_ design: Run.Network.Design, head: Head, data: ConditionalData<Scalar>) {
    (self.head, self.data) = (head, data)
    run = Run(design, data)
    reader = LoadingRows(
      head.columns, outputWidth: run.outputWidth, rows: data.mostRows(months: 1))
    statistics = LoadingStatistics(
      factors: head.factors, width: reader?.width ?? run.outputWidth, slots: 1)
  }

  /// Describes `months`, with the state carried from month `start` on; `each` sees the loadings of all rows of
  /// a month, `width` apart, those without a return included, and behind them what `LoadingRows` writes. Where the budget says stop, the rest is left out, and who
  /// asked has to find out before using the result.
  func run(
    _ network: Run.Network.Frozen, months: Range<Int>, from start: Int, budget: Budget,
    each: (
      _ month: Int, _ loadings: UnsafePointer<Scalar>, _ rows: Range<Int>, _ filtered: FilteredMonth
    ) -> Void = { _, _, _, _ in }
  ) -> [FilteredMonth] {
    head.resetState()
    run.begin(network, at: start)
    var results: [FilteredMonth] = []
    results.reserveCapacity(months.count)
    for month in start..<months.upperBound where !budget.isCancelled {
      let rows = data.rows(month..<(month + 1))
      let loadings = run.loadings(month)
      let filtered = withKnown(month, rows, loadings) { observe(month, $0, $1, $2) }
      guard months.contains(month) else { continue }
      results.append(filtered)
      reader?.describe(0..<rows.count, loadings)
      each(month, reader?.rows ?? loadings, rows, filtered)
    }
    return results
  }

  var width: Int { statistics.width }

  private func observe(
    _ month: Int, _ firms: Int, _ loadings: UnsafeMutablePointer<Scalar>,
    _ returns: UnsafePointer<Scalar>
  ) -> FilteredMonth {
    if let reader {
      let logVariance = reader.read(0..<firms, loadings, returns: returns)
      statistics.sum(piece: 0, rows: firms, reader.rows, logVariance: logVariance)
      statistics.combine(slot: 0, pieces: 0..<1)
    } else {
      statistics.compute(slot: 0, rows: firms, loadings: loadings, returns: returns)
    }
    let view = MonthView<Scalar>(
      month: month, firms: firms, statistics: statistics[0], loadings: reader?.rows ?? loadings,
      width: statistics.width, quantiles: reader?.quantiles(slot: 0, loadings))
    tape.reset()
    head.loadParameters(on: tape)
    return head.observe(view, on: tape)
  }

  // Calls `body` with the rows to learn from, side by side: in their order, as if the others did not exist.
  private func withKnown<Result>(
    _ month: Int, _ rows: Range<Int>, _ loadings: UnsafeMutablePointer<Scalar>,
    _ body: (_ firms: Int, UnsafeMutablePointer<Scalar>, UnsafePointer<Scalar>) -> Result
  ) -> Result {
    let width = run.outputWidth
    return data.withRows(rows) { _, returns in
      guard let seen = data.knownRows(month) else { return body(rows.count, loadings, returns) }
      knownLoadings.removeAll(keepingCapacity: true)
      knownReturns.removeAll(keepingCapacity: true)
      for row in seen {
        let place = row - rows.lowerBound
        knownLoadings += UnsafeBufferPointer(start: loadings + place * width, count: width)
        knownReturns.append(returns[place])
      }
      return knownLoadings.withUnsafeMutableBufferPointer { b in
        knownReturns.withUnsafeBufferPointer { y in
          guard let b = b.baseAddress, let y = y.baseAddress else {
            preconditionFailure("known rows are not empty")
          }
          return body(seen.count, b, y)
        }
      }
    }
  }
}
