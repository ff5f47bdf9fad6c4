// One member of a forecasting model in training: rows of all training months shuffled into batches.

import FactorRuntime

final class PredictorTrainer<Network: PredictorNetwork>: Trainable {
  typealias Scalar = Network.Scalar
  typealias State = NetworkState<Scalar>

  let network: Network
  private let returns: [Scalar]
  private let rows: (train: Range<Int>, valid: Range<Int>)
  private let batchRows: Int
  private var order: [Int32]
  private var optimizer: Optimizer
  private var best = NetworkSnapshot<Scalar>()
  /// Forecasting models have no factor head.
  private let none = ParameterBlock<Double>(padded: false)
  private let budget: Budget

  init(
    network: Network, data: ConditionalData<Scalar>, split: Split, batchRows: Int,
    optimizer: Optimizer, budget: Budget
  ) {
    (self.network, self.optimizer, self.budget) = (network, optimizer, budget)
    rows = (data.rows(split.train), data.rows(split.valid))
    returns = data.withRows(0..<data.rows(0..<data.monthCount).count) { _, y in
      Array(UnsafeBufferPointer(start: y, count: data.rows(0..<data.monthCount).count))
    }
    self.batchRows = batchRows
    order = rows.train.map(Int32.init)
  }

  /// All rows are used in each epoch: the last batch is never dropped, batches are as equal as can be.
  var batchCount: Int { max(1, rows.train.count / batchRows) }

  // The order starts anew in each epoch, so that it depends on the stream alone.
  func begin(epoch: Int, _ stream: inout RandomStream) {
    for (place, row) in rows.train.enumerated() { order[place] = Int32(row) }
    stream.shuffle(&order)
  }

  func step(batch number: Int) -> Double {
    let (count, batches) = (order.count, batchCount)
    let loss = network.gradient(
      order[(number * count / batches)..<((number + 1) * count / batches)])
    optimizer.addPenalty(to: network.parameters)
    optimizer.step(network.parameters, none)
    return loss
  }

  func validationLoss() -> Double {
    network.freeze()
    var (sum, forecasts, units): (Double, [Scalar], [Scalar]) = (0, [], [])
    for part in Stretches(rows.valid) where !budget.isCancelled {
      network.forecast(part, into: &forecasts, units: &units)
      for (place, row) in part.enumerated() {
        let error = Double(forecasts[place] - returns[row])
        sum += error * error
      }
    }
    return sum / Double(max(1, rows.valid.count))
  }

  func takeMetrics() -> [Metric] { optimizer.takeMetrics() }

  var state: State {
    get {
      State(
        network: network.parameters.state, running: network.running, head: none.state, draws: nil,
        optimizer: optimizer.clock, best: best)
    }
    set {
      network.parameters.state = newValue.network
      network.running = newValue.running
      (optimizer.clock, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, none) }
  func restoreBest() { best.putBack(network, none) }
}

/// Rows a stretch at a time, so that a long run can be stopped and holds little.
struct Stretches: Sequence, IteratorProtocol {
  static let length = 4096
  private var rest: Range<Int>

  init(_ rows: Range<Int>) { rest = rows }

  mutating func next() -> Range<Int>? {
    guard !rest.isEmpty else { return nil }
    let end = Swift.min(rest.lowerBound + Self.length, rest.upperBound)
    defer { rest = end..<rest.upperBound }
    return rest.lowerBound..<end
  }
}
