// The loadings of a fitted conditional model, for those who want to see or rotate them.

import FactorRuntime

extension FittedConditional {
  /// Rows x factors of the first member, in the units of its factors.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try check(task)
    guard let member = members.first else { return nil }
    let data = ConditionalData<Float>(
      scales.data(task, inputs: []), readsHistories: Network.readsHistories)
    let run = Network.Run(design, data)
    run.begin(member.network, at: 0)
    let reader = LoadingRows<Float>(
      head.columns, outputWidth: run.outputWidth, rows: data.mostRows(months: 1))
    var result = Matrix(rows: task.returns.count, columns: head.factors)
    for month in 0..<task.monthCount {
      try budget.check()
      let (rows, outputs) = (task.rows(month), run.loadings(month))
      reader?.describe(0..<rows.count, outputs)
      let (loadings, width) = (reader?.rows ?? outputs, reader?.width ?? run.outputWidth)
      for (place, row) in rows.enumerated() {
        for k in 0..<head.factors { result[row, k] = Double(loadings[place * width + k]) }
      }
    }
    return result
  }
}
