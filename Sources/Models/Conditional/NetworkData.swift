// A task as networks see it: returns in units of their training standard deviation, and the factor
// network's inputs. Everything estimated here comes from the training months only.

import FactorRuntime

struct NetworkData: Sendable {
  let offsets: [Int]
  /// The firm of each row, and the calendar's number of each month.
  let firms: [Int32]
  let calendar: [Int]
  let width: Int
  /// Rows x characteristics, shared with the task.
  let characteristics: [Float]
  /// Returns divided by `returnScale`.
  let returns: [Float]
  /// The pooled standard deviation of training returns about zero's neighbour, the mean.
  let returnScale: Double
  /// Months x what the factor network reads, in training standard deviations.
  let inputs: [[Double]]
  /// The rows whose return is not there to learn from; nil for none.
  var waiting: [Bool]?
  /// The first month that counts in running means of factors.
  let firstMeanMonth: Int

  var monthCount: Int { offsets.count - 1 }

  func rows(_ month: Int) -> Range<Int> { offsets[month]..<offsets[month + 1] }

  func rows(_ months: Range<Int>) -> Range<Int> {
    offsets[months.lowerBound]..<offsets[months.upperBound]
  }

  /// The mean number of firms a month.
  func meanFirms(_ months: Range<Int>) -> Double {
    Double(rows(months).count) / Double(max(1, months.count))
  }

  /// Standardises with given scales, as a fitted model does with new data.
  init(_ task: FactorTask, returnScale: Double, inputs: [[Double]]) {
    offsets = task.index.offsets
    firms = task.index.assets
    calendar = task.index.places
    width = task.width
    firstMeanMonth = task.firstMeanMonth
    characteristics = task.characteristics
    self.returnScale = returnScale
    let factor = 1 / returnScale
    returns = task.returns.map { Float($0 * factor) }
    self.inputs = inputs
  }
}

/// The scales of a task's training block, kept by the fitted model.
struct NetworkScales: Sendable {
  let returns: Double
  /// One per series that the factor network reads.
  let inputs: [Double]

  init(returns: Double, inputs: [Double]) { (self.returns, self.inputs) = (returns, inputs) }

  init(_ task: FactorTask, train: Range<Int>, inputs series: [[Double]]) {
    returns = Self.deviation(task.returns[task.rows(train)])
    inputs = (series.first ?? []).indices.map { j in
      Self.deviation(ArraySlice(train.map { series[$0][j] }))
    }
  }

  func data(_ task: FactorTask, inputs series: [[Double]]) -> NetworkData {
    let scaled = series.map { row in zip(row, inputs).map { $0 / $1 } }
    return NetworkData(task, returnScale: returns, inputs: scaled)
  }

  private static func deviation(_ x: ArraySlice<Double>) -> Double {
    let n = Double(max(1, x.count))
    let mean = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    return variance > 0 ? variance.squareRoot() : 1
  }
}
