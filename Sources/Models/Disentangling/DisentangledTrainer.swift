// One autoencoder of cross-sections in training against its judge, and all that its next epoch depends on.

import FactorRuntime

/// Both players between two epochs.
struct DisentangledState: KeptState {
  let network: NetworkState<Float>
  let judge: NetworkState<Float>

  init(network: NetworkState<Float>, judge: NetworkState<Float>) {
    (self.network, self.judge) = (network, judge)
  }

  func encode(_ name: String, into container: inout Container) {
    network.encode("\(name).first", into: &container)
    judge.encode("\(name).second", into: &container)
  }

  init(_ name: String, of container: Container) throws {
    network = try NetworkState("\(name).first", of: container)
    judge = try NetworkState("\(name).second", of: container)
  }
}

extension LatentJudge {
  /// The judge of a design, for as many latent vectors.
  convenience init(_ design: DisentangledDesign, rows: Int) {
    self.init(
      latents: design.factors, width: design.judgeWidth, layers: design.judgeLayers, rows: rows)
  }
}

final class DisentangledTrainer: Trainable {
  let network: DisentangledNetwork<Float>
  let judge: LatentJudge<Float>
  private let game: Game<Float, Float>
  private let matrix: [[Double]]
  private let train: Int
  private let valid: Range<Int>
  private let months: [Period]
  private let batch: Int
  /// The order of the first batches and of the second ones.
  private var orders: (first: [Int], second: [Int]) = ([], [])
  private var draws: RandomStream
  private(set) var troubled: Period?
  private var sums: [Double] = []
  private var best = (network: NetworkSnapshot<Float>(), judge: NetworkSnapshot<Float>())
  /// Joint latents, then as many permuted ones.
  private let pairs: UnsafeMutablePointer<Float>
  private let none = ParameterBlock<Double>(padded: false)

  init(
    _ design: DisentangledDesign, _ matrix: [[Double]], train: Int, valid: Range<Int>,
    months: [Period], batch: Int, rates: (network: Double, judge: Double), draws: RandomStream
  ) {
    (self.matrix, self.train, self.valid, self.months) = (matrix, train, valid, months)
    (self.batch, self.draws) = (batch, draws)
    // Batches are as equal as can be, none is dropped: the largest has less than twice the rows.
    let rows = 2 * batch
    network = DisentangledNetwork(design, rows: rows)
    judge = LatentJudge(design, rows: 2 * rows)
    pairs = AlignedMemory.zeros(2 * rows * network.factorWidth)
    var second = Adam(rate: rates.judge, clip: nil)
    second.betas = (0.5, 0.9)
    game = Game(
      first: Player(
        large: network.parameters, optimizer: Adam(rate: rates.network, clip: nil)),
      second: Player(large: judge.parameters, optimizer: second))
  }

  deinit { AlignedMemory.free(pairs) }

  var batchCount: Int { max(1, train / batch) }

  // Both orders start anew in each epoch, so that they depend on the stream alone.
  func begin(epoch: Int, _ stream: inout RandomStream) {
    orders = (Array(0..<train), Array(0..<train))
    stream.shuffle(&orders.first)
    stream.shuffle(&orders.second)
    sums = [Double](repeating: 0, count: Self.names.count)
  }

  private static let names = [
    "reconstruction", "divergence", "total_correlation", "judge_entropy", "judge_accuracy",
  ]

  func step(batch number: Int) -> Double {
    let places = (number * train / batchCount)..<((number + 1) * train / batchCount)
    var loss = DisentangledNetwork<Float>.Loss()
    var verdict = LatentJudge<Float>.Verdict()
    let gamma = network.design.gamma
    _ = game.step(
      first: {
        loss = descend(Array(orders.first[places]))
        return loss.total(gamma)
      },
      second: {
        verdict = accuse(Array(orders.second[places]))
        return verdict.crossEntropy
      })
    let figures = [
      loss.reconstruction, loss.divergence, loss.totalCorrelation, verdict.crossEntropy,
      verdict.accuracy,
    ]
    for (i, figure) in figures.enumerated() { sums[i] += figure / Double(batchCount) }
    return loss.total(gamma)
  }

  // The autoencoder's turn.
  private func descend(_ rows: [Int]) -> DisentangledNetwork<Float>.Loss {
    network.load(rows.map { matrix[$0] })
    let loss = network.gradient(rows: rows.count, judge: judge) { self.draws.normal() }
    if let row = loss.troubled { troubled = months[rows[row]] }
    return loss
  }

  // The judge's turn, which sees the latents of the first batch as they were before the step.
  private func accuse(_ rows: [Int]) -> LatentJudge<Float>.Verdict {
    let (count, width) = (rows.count, network.factorWidth)
    pairs.update(from: network.z, count: count * width)
    network.load(rows.map { matrix[$0] })
    let permuted = pairs + count * width
    network.encode(rows: count, isTraining: true, into: permuted) { self.draws.normal() }
    TotalCorrelation.permute(
      rows: count, columns: network.design.factors, stride: width, permuted, &draws)
    return judge.judge(rows: 2 * count, pairs, stride: width)
  }

  func validationLoss() -> Double {
    let path = network.path(Array(matrix[valid]))
    let losses = zip(path.reconstruction, path.divergence).map { $0 + $1 }
    if troubled == nil, let row = losses.firstIndex(where: { !$0.isFinite }) {
      troubled = months[valid.lowerBound + row]
    }
    let gamma = network.design.gamma
    let shared =
      gamma == 0
      ? 0
      : TotalCorrelation.normal(
        means: path.means, variances: path.variances)
    return losses.reduce(0, +) / Double(valid.count) + gamma * shared
  }

  func takeMetrics() -> [Metric] {
    game.first.optimizer.takeMetrics() + zip(Self.names, sums).map { Metric($0, $1) }
  }

  var state: DisentangledState {
    get {
      DisentangledState(
        network: NetworkState(
          network: network.parameters.state, running: network.running, head: none.state,
          draws: draws, optimizer: game.first.optimizer.clock, best: best.network),
        judge: NetworkState(
          network: judge.parameters.state, running: [], head: none.state, draws: nil,
          optimizer: game.second.optimizer.clock, best: best.judge))
    }
    set {
      network.parameters.state = newValue.network.network
      network.running = newValue.network.running
      if let kept = newValue.network.draws { draws = kept }
      judge.parameters.state = newValue.judge.network
      game.first.optimizer.clock = newValue.network.optimizer
      game.second.optimizer.clock = newValue.judge.optimizer
      best = (newValue.network.best, newValue.judge.best)
    }
  }

  func keepBest() {
    best.network.take(network, none)
    best.judge.take(judge, none)
  }

  func restoreBest() {
    best.network.putBack(network, none)
    best.judge.putBack(judge, none)
  }
}
