// Managed portfolio returns of a task, month by month: the input of factor networks that ask for it.

import FactorRuntime

enum ManagedInputs {
  /// Months x (characteristics + 1), the constant portfolio last. Portfolios of silenced
  /// characteristics earn nothing; the others are what they were.
  static func returns(of task: FactorTask, _ budget: Budget = Budget()) throws -> [[Double]] {
    let portfolios = try ManagedPortfolios(
      characteristics: task.silence?.characteristics ?? task.characteristics, count: task.width,
      offsets: task.index.offsets,
      threads: budget.threads, budget: budget)
    try budget.check()
    var matrix = try portfolios.returns(task.returns)
    for j in task.silence?.portfolios ?? [] {
      for month in 0..<matrix.rows { matrix[month, j] = 0 }
    }
    return (0..<matrix.rows).map { Array(matrix.row($0)) }
  }
}
