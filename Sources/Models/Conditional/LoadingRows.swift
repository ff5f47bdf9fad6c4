// From the outputs of a loading network to the rows a factor head sees, and gradients back.
//
// Definition: with heads q = 1..Q, b_i is the mean of their loadings. With a residual variance s2_i a row is
// divided by its deviation: b_i / s_i and y_i / s_i. A model with stocks of different variance is then one
// with variance one, whose likelihood differs by (1/2) sum_i log s2_i, so that sums and heads stay what they are.
// Gradients, with db and dy those of the divided row, dl that of sum_i log s2_i:
//   db_i = db / s_i,   dx_i = (dl - (b_i'db + y_i dy) / (2 s_i)) (ds2 / dx) / s2_i.
// Goals, in order: exact gradients; rows depend on nothing but themselves, so blocks may run side by side.

import FactorRuntime

final class LoadingRows<Scalar: NetworkScalar> {
  let columns: LoadingColumns
  /// The row length of the network's outputs.
  private let outputWidth: Int
  let width: Int
  /// Rows as a head sees them, the return behind the loadings, and their gradients.
  let rows: UnsafeMutablePointer<Scalar>
  let slopes: UnsafeMutablePointer<Scalar>
  /// Per month of a batch what the gradient of quantile heads needs.
  private let records: UnsafeMutablePointer<Double>
  private let recordSize: Int

  /// Gives nothing where outputs are loadings as they stand.
  init?(_ columns: LoadingColumns, outputWidth: Int, rows count: Int, slots: Int = 1) {
    guard !columns.isPlain else { return nil }
    (self.columns, self.outputWidth, width) = (columns, outputWidth, columns.rowWidth)
    recordSize = QuantileView<Scalar>.recordSize(factors: columns.factors)
    rows = AlignedMemory.zeros(count * width)
    slopes = AlignedMemory.zeros(count * width)
    records = AlignedMemory.zeros(slots * recordSize)
  }

  deinit {
    AlignedMemory.free(rows)
    AlignedMemory.free(slopes)
    AlignedMemory.free(records)
  }

  /// The quantile heads of a month whose outputs begin at `outputs`.
  func quantiles(slot: Int, _ outputs: UnsafePointer<Scalar>) -> QuantileView<Scalar>? {
    guard columns.heads > 1 else { return nil }
    return QuantileView(
      outputs: outputs, outputWidth: outputWidth, heads: columns.heads,
      record: records + slot * recordSize)
  }

  /// Writes loadings and, behind them, the residual variance where there is one.
  func describe(_ range: Range<Int>, _ outputs: UnsafePointer<Scalar>) {
    for i in range {
      let (row, out) = (rows + i * width, outputs + i * outputWidth)
      average(out, into: row)
      guard columns.hasVariance else { continue }
      row[columns.factors] = Scalar(StockVariance.value(Double(out[columns.factors])))
    }
  }

  /// Writes rows as a head sees them; gives the sum of their log variances.
  func read(
    _ range: Range<Int>, _ outputs: UnsafePointer<Scalar>, returns: UnsafePointer<Scalar>
  ) -> Double {
    let k = columns.factors
    var sum = 0.0
    for i in range {
      let (row, out) = (rows + i * width, outputs + i * outputWidth)
      average(out, into: row)
      row[k] = returns[i]
      guard columns.hasVariance else { continue }
      let variance = StockVariance.value(Double(out[k]))
      let share = Scalar(1 / variance.squareRoot())
      for j in 0...k { row[j] *= share }
      sum += Elementary.log(variance)
    }
    return sum
  }

  private func average(_ out: UnsafePointer<Scalar>, into row: UnsafeMutablePointer<Scalar>) {
    let k = columns.factors
    for j in 0..<k { row[j] = out[j] }
    guard columns.heads > 1 else { return }
    for q in 1..<columns.heads {
      for j in 0..<k { row[j] += out[q * k + j] }
    }
    let share = 1 / Scalar(columns.heads)
    for j in 0..<k { row[j] *= share }
  }

  /// Turns the gradients of rows into those of the outputs; `logVariance` is that of the sum of log variances.
  func send(
    _ range: Range<Int>, _ outputs: UnsafePointer<Scalar>, logVariance: Double,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let k = columns.factors
    for i in range {
      let (slope, out, into) = (
        slopes + i * width, outputs + i * outputWidth, target + i * outputWidth
      )
      into.update(repeating: 0, count: outputWidth)
      guard columns.hasVariance else {
        let share = 1 / Scalar(columns.heads)
        for q in 0..<columns.heads {
          for j in 0..<k { into[q * k + j] = share * slope[j] }
        }
        continue
      }
      let (row, x) = (rows + i * width, Double(out[k]))
      let variance = StockVariance.value(x)
      let share = Scalar(1 / variance.squareRoot())
      var moved = 0.0
      for j in 0...k { moved += Double(row[j]) * Double(slope[j]) }
      for j in 0..<k { into[j] = share * slope[j] }
      into[k] = Scalar((logVariance - 0.5 * moved) * StockVariance.slope(x) / variance)
    }
  }
}
