// Forecasts for rows whose return is not there: their loadings count, their returns do not.
//
// A month's statistics are computed from the rows that have a return, in their order, as if the others did
// not exist; loadings are computed for all.

import FactorRuntime

extension FittedConditional {
  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try check(task)
    // Nothing is learned from a month that waits as a whole, because no forecast follows it.
    let idle = (0..<task.monthCount).filter { month in task.rows(month).allSatisfy { waiting[$0] } }
    precondition(idle.allSatisfy { $0 == task.monthCount - 1 }, "only the last month may wait")
    let known = task.withoutReturns(where: waiting)
    let kept = waiting.indices.filter { !waiting[$0] } + idle.flatMap { Array(task.rows($0)) }
    let read = reads == .managed ? known.keeping(kept) : known
    var data = scales.data(known, inputs: try reads.series(of: read, budget))
    data.waiting = waiting
    return try predict(data, budget: budget).preferredForecast
  }
}

extension FactorTask {
  /// The same rows, returns that are not there zero.
  func withoutReturns(where waiting: [Bool]) -> FactorTask {
    var task = FactorTask(
      index: index, characteristicNames: characteristicNames, characteristics: characteristics,
      returns: zip(returns, waiting).map { $1 ? 0 : $0 }, targetName: targetName,
      observed: observed)
    task.meansFrom = meansFrom
    return task
  }
}
