// One dual codebook network in training, and all that its next epoch depends on.
//
// A step: the batch's windows, the loss, one step of AdamW, then the codes' own rules. Epochs are chosen by the mean
// over validation windows of -log p(returns | prior), which is what forecasts; the authors choose by reconstruction.

import FactorRuntime

final class StormTrainer: Trainable {
  let network: StormNetwork<Float>
  private let data: StormWindows
  private let train: [Int]
  private let valid: Range<Int>
  private let months: [Period]
  private let batch: Int
  private let budget: Budget
  private var optimizer: Optimizer
  private var draws: RandomStream
  private var order: [Int] = []
  private var sums: [Double] = []
  private var best = NetworkSnapshot<Float>()
  private let none = ParameterBlock<Double>(padded: false)
  private(set) var troubled: Period?
  /// Whether the first step draws the codes from tokens; a fit that starts from another one keeps its codes.
  let drawsCodes: Bool

  init(
    _ network: StormNetwork<Float>, _ data: StormWindows, train: [Int], valid: Range<Int>,
    months: [Period], batch: Int, optimizer: Optimizer, draws: RandomStream, drawsCodes: Bool,
    budget: Budget
  ) {
    (self.network, self.data, self.train, self.valid) = (network, data, train, valid)
    (self.months, self.batch, self.optimizer) = (months, batch, optimizer)
    (self.draws, self.drawsCodes, self.budget) = (draws, drawsCodes, budget)
  }

  /// Batches are as equal as can be, none is larger than asked for.
  static func batches(_ windows: Int, of size: Int) -> Int { max(1, (windows + size - 1) / size) }

  var batchCount: Int { Self.batches(train.count, of: batch) }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    order = train
    stream.shuffle(&order)
    sums = [Double](repeating: 0, count: Self.names.count)
  }

  private static let names = [
    "likelihood", "divergence", "reconstruction", "commitment", "diversity", "orthogonality",
    "alignment",
  ]

  func step(batch number: Int) -> Double {
    let places = (number * train.count / batchCount)..<((number + 1) * train.count / batchCount)
    let windows = order[places].map { data[$0] }
    // A batch of many firms takes long; Ctrl-C is heard between its parts.
    network.encode(windows, data)
    if budget.isCancelled { return .nan }
    if drawsCodes, optimizer.clock.steps == 0 { network.drawCodes(&draws) }
    network.describe()
    if budget.isCancelled { return .nan }
    network.differentiate()
    let loss = network.loss
    if !loss.total(network.design).isFinite {
      troubled = order[places].first.map { months[$0] }
    }
    optimizer.step(network.parameters, none)
    network.keepCodes(&draws)
    let figures = [
      loss.returns, loss.divergence, loss.histories, loss.commitment, loss.diversity,
      loss.orthogonality, loss.alignment,
    ]
    for (i, figure) in figures.enumerated() { sums[i] += figure / Double(batchCount) }
    return loss.total(network.design)
  }

  func validationLoss() -> Double {
    var (sum, count) = (0.0, 0.0)
    for start in stride(from: valid.lowerBound, to: valid.upperBound, by: batch) {
      if budget.isCancelled { break }
      let range = start..<min(start + batch, valid.upperBound)
      network.encode(range.map { data[$0] }, data)
      let loss = network.describe().prior
      if !loss.isFinite, troubled == nil { troubled = months[start] }
      sum += loss * Double(range.count)
      count += Double(range.count)
    }
    return sum / max(1, count)
  }

  func takeMetrics() -> [Metric] {
    optimizer.takeMetrics() + zip(Self.names, sums).map { Metric($0, $1) }
  }

  var state: NetworkState<Float> {
    get {
      NetworkState(
        network: network.parameters.state, running: [], head: none.state, draws: draws,
        optimizer: optimizer.clock, best: best)
    }
    set {
      network.parameters.state = newValue.network
      if let kept = newValue.draws { draws = kept }
      (optimizer.clock, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, none) }
  func restoreBest() { best.putBack(network, none) }
}
