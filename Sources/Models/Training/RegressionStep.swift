// One batch of a network that forecasts returns directly: forward, squared error row by row, all gradients.

import FactorRuntime

final class RegressionStep<Network: LoadingNetwork> {
  typealias Scalar = Network.Scalar

  let network: Network
  private let pool: BlockPool
  private var work: BlockWork = { _, _ in }
  private var batch: (panel: UnsafePointer<Scalar>, returns: UnsafePointer<Scalar>)?
  private let losses: UnsafeMutablePointer<Double>

  init(network: Network, threads: Int) {
    self.network = network
    pool = BlockPool(threads: threads)
    losses = AlignedMemory.zeros(RowGroups.most)
    work = { [unowned self] phase, block in run(phase: phase, block: block) }
  }

  deinit { AlignedMemory.free(losses) }

  /// Computes the mean squared error of some months and sets the gradient.
  func gradient(_ months: Range<Int>, of data: ConditionalData<Scalar>) -> Double {
    let rows = data.rows(months)
    return data.withRows(0..<rows.upperBound) { panel, returns in
      gradient(months, rows, panel, returns + rows.lowerBound)
    }
  }

  /// The same for rows that lie side by side and belong to no month.
  func gradient(
    rows: Int, _ characteristics: UnsafePointer<Scalar>, _ returns: UnsafePointer<Scalar>
  ) -> Double {
    gradient(0..<1, 0..<rows, characteristics, returns)
  }

  private func gradient(
    _ months: Range<Int>, _ rows: Range<Int>, _ panel: UnsafePointer<Scalar>,
    _ returns: UnsafePointer<Scalar>
  ) -> Double {
    network.parameters.clearGradients()
    batch = (panel, returns)
    network.begin(months: months, rows: rows)
    network.runForward(pool, work)
    network.runBackward(pool, work)
    return (0..<network.groups.count).reduce(0) { $0 + losses[$1] } / Double(max(1, rows.count))
  }

  private func run(phase: Int, block: Int) {
    guard let (panel, returns) = batch else { return }
    if phase < network.forwardPhases {
      network.forward(phase: phase, block: block, panel)
      if phase == network.forwardPhases - 1 { compare(block, returns) }
    } else {
      network.backward(phase: phase - network.forwardPhases, block: block, panel)
    }
  }

  // The errors of a group, and their gradient in the first column.
  private func compare(_ group: Int, _ returns: UnsafePointer<Scalar>) {
    let (width, share) = (network.outputWidth, Scalar(2 / Double(network.groups.rows)))
    var loss = 0.0
    for i in network.groups[group] {
      let error = network.loadings[i * width] - returns[i]
      loss += Double(error) * Double(error)
      network.loadingsGradient[i * width] = error * share
    }
    losses[group] = loss
  }
}
