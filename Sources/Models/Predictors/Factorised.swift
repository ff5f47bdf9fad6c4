// Factors of a month by regression on given loadings, and the fits that follow from them.

import FactorRuntime

/// Loadings of all rows turned into factors, total fits and running-mean forecasts, in standardised units.
struct Factorised {
  private(set) var total: [Double]
  private(set) var mean: [Double]
  /// Months x factors.
  private(set) var factors: [[Double]] = []

  /// The relative ridge of the regression.
  static let ridge = 1e-4

  /// `loadings` are rows x factors; rows that wait for their return are left out of the regressions.
  init(
    _ loadings: [Float], factors k: Int, _ task: FactorTask, scale: Double, _ waiting: [Bool]?
  ) throws {
    total = [Double](repeating: 0, count: task.returns.count)
    mean = total
    var counted = RunningFactors(count: k)
    for month in 0..<task.monthCount {
      let rows = task.rows(month)
      let known = waiting.map { waiting in rows.filter { !waiting[$0] } } ?? Array(rows)
      let past = counted.mean
      let f = try Self.regression(loadings, k, known, task, scale)
      for row in rows {
        for j in 0..<k {
          let loading = Double(loadings[row * k + j])
          total[row] += loading * f[j]
          mean[row] += loading * past[j]
        }
      }
      factors.append(f)
      if month >= task.firstMeanMonth { counted.add(f) }
    }
  }

  // Units that are zero for all firms get a factor of zero.
  private static func regression(
    _ loadings: [Float], _ k: Int, _ rows: [Int], _ task: FactorTask, _ scale: Double
  ) throws -> [Double] {
    var gram = Matrix(rows: k, columns: k)
    var cross = [Double](repeating: 0, count: k)
    for row in rows {
      let y = task.returns[row] / scale
      for a in 0..<k {
        let loading = Double(loadings[row * k + a])
        cross[a] += loading * y
        for b in 0...a { gram[a, b] += loading * Double(loadings[row * k + b]) }
      }
    }
    var trace = 0.0
    for a in 0..<k { trace += gram[a, a] }
    guard trace > 0 else { return cross.map { _ in 0 } }
    for a in 0..<k {
      for b in 0..<a { gram[b, a] = gram[a, b] }
      gram[a, a] += ridge * trace / Double(k)
    }
    return try Cholesky(gram).solve(cross)
  }
}
