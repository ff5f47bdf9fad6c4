// Managed portfolio returns of a task, month by month: the input of factor networks that ask for it.

import FactorRuntime

enum ManagedInputs {
  /// Months x (characteristics + 1), the constant portfolio last.
  static func returns(of task: FactorTask, _ budget: Budget = Budget()) throws -> [[Double]] {
    let portfolios = try ManagedPortfolios(
      characteristics: task.characteristics, count: task.width, offsets: task.index.offsets,
      threads: budget.threads, budget: budget)
    try budget.check()
    let matrix = try portfolios.returns(task.returns)
    return (0..<matrix.rows).map { Array(matrix.row($0)) }
  }
}
