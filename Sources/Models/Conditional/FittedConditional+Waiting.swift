// Forecasts for rows whose return is not there: their loadings count, their returns do not.
//
// Within each month the rows with a return come first, so that the month's statistics are computed
// from them alone, in their order, as if the others did not exist.

import FactorRuntime

extension FittedConditional {
  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try check(task)
    var order: [Int] = []
    var known: [Int] = []
    for month in 0..<task.monthCount {
      let rows = task.rows(month)
      let seen = rows.filter { !waiting[$0] }
      precondition(!seen.isEmpty || month == task.monthCount - 1, "only the last month may wait")
      order += seen + rows.filter { waiting[$0] }
      // Of the last month nothing is learned, because no forecast follows it.
      known.append(seen.isEmpty ? rows.count : seen.count)
    }
    let moved = task.moved(order, waiting: waiting)
    var portfolios: [[Double]] = []
    if needsManaged {
      let first = zip(moved.index.offsets, known).flatMap { start, count in
        Array(start..<(start + count))
      }
      portfolios = try ManagedInputs.returns(of: moved.keeping(first), budget)
    }
    var data = scales.data(moved, managed: portfolios)
    data.known = known
    let forecast = try predict(data, budget: budget).preferredForecast
    var result = [Double](repeating: .nan, count: waiting.count)
    for (place, row) in order.enumerated() { result[row] = forecast[place] }
    return result
  }
}

extension FactorTask {
  // The same rows in another order within each month, waiting returns zero. Firms are not moved
  // along: only the rows of each month matter from here on.
  fileprivate func moved(_ order: [Int], waiting: [Bool]) -> FactorTask {
    var matrix: [Float] = []
    matrix.reserveCapacity(characteristics.count)
    for row in order { matrix += characteristics[(row * width)..<((row + 1) * width)] }
    var task = FactorTask(
      index: index, characteristicNames: characteristicNames, characteristics: matrix,
      returns: order.map { waiting[$0] ? 0 : returns[$0] }, targetName: targetName)
    task.meansFrom = meansFrom
    return task
  }
}
