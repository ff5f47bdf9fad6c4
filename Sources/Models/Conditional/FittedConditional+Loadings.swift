// The loadings of a fitted conditional model, for those who want to see or rotate them.

import FactorRuntime

extension FittedConditional {
  /// Rows x factors of the first member, in the units of its factors.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try check(task)
    guard let member = members.first else { return nil }
    let data = ConditionalData<Float>(scales.data(task, managed: []))
    let (count, width) = (head.factors, member.network.outputWidth)
    var result = Matrix(rows: task.returns.count, columns: count)
    let buffer: UnsafeMutablePointer<Float> = AlignedMemory.zeros(
      max(1, data.mostRows(months: 1) * width))
    defer { AlignedMemory.free(buffer) }
    for month in 0..<task.monthCount {
      try budget.check()
      let rows = task.rows(month)
      data.withRows(rows) { x, _ in
        member.network.loadings(rows: rows.count, x, into: buffer)
      }
      for (place, row) in rows.enumerated() {
        for k in 0..<count { result[row, k] = Double(buffer[place * width + k]) }
      }
    }
    return result
  }
}
