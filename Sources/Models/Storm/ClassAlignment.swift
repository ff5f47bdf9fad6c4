// The alignment of the two modules: class tokens of one window should be more alike than those of two.
//
// Definition, for B windows with class tokens a_i, b_i of length one: g_ij = exp(1) a_i . b_j, and the loss is the
// mean over i of (cross entropy of row i + cross entropy of column i) / 2, the truth on the diagonal.
// With one window there is nothing to tell apart and the loss is zero. Missing values: none.
// Reference: Radford et al. (2021), figure 3.

import FactorRuntime

struct ClassAlignment {
  /// The loss of pairs of rows, and its gradients by them.
  let loss: Double
  private(set) var first: [[Double]]
  private(set) var second: [[Double]]

  static let temperature = Elementary.exp(1)
  private static let least = 1e-12

  init(_ a: [[Double]], _ b: [[Double]]) {
    let (lengths, other) = (a.map(Self.length), b.map(Self.length))
    let (x, y) = (Self.unit(a, lengths), Self.unit(b, other))
    let scores = x.map { row in y.map { Self.temperature * Self.inner(row, $0) } }
    let columns = y.indices.map { j in scores.map { $0[j] } }
    let (rowShares, columnShares) = (scores.map(Self.shares), columns.map(Self.shares))
    let count = Double(max(1, a.count))
    var (sum, dx) = (0.0, x.map { $0.map { _ in 0.0 } })
    var dy = dx
    for i in x.indices {
      sum -= Elementary.log(rowShares[i][i]) + Elementary.log(columnShares[i][i])
      for j in y.indices {
        let truth = i == j ? 2.0 : 0
        let slope =
          Self.temperature * (rowShares[i][j] + columnShares[j][i] - truth) / (2 * count)
        for k in x[i].indices {
          dx[i][k] += slope * y[j][k]
          dy[j][k] += slope * x[i][k]
        }
      }
    }
    loss = sum / (2 * count)
    first = Self.through(dx, x, lengths)
    second = Self.through(dy, y, other)
  }

  private static func inner(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func length(_ row: [Double]) -> Double {
    max(inner(row, row).squareRoot(), least)
  }

  private static func unit(_ rows: [[Double]], _ lengths: [Double]) -> [[Double]] {
    zip(rows, lengths).map { row, length in row.map { $0 / length } }
  }

  private static func shares(_ scores: [Double]) -> [Double] {
    let top = scores.max() ?? 0
    let powers = scores.map { Elementary.exp($0 - top) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }

  // The gradient before the division by the length.
  private static func through(
    _ slopes: [[Double]], _ rows: [[Double]], _ lengths: [Double]
  ) -> [[Double]] {
    slopes.indices.map { i in
      let along = inner(slopes[i], rows[i])
      return rows[i].indices.map { (slopes[i][$0] - along * rows[i][$0]) / lengths[i] }
    }
  }
}
