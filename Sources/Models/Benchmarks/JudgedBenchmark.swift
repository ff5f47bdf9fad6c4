// Epochs of the autoencoder of cross-sections against its judge, for `fq bench`.
//
// The same batches, losses and two optimisers as a fit; what is left out is the validation pass and early
// stopping. Useful flops count each product once: the encoder's second batch forward only, the judge once down to
// the latents and once for its own weights.

import FactorRuntime

/// Both players in training on random returns, ready to run epochs.
public final class JudgedBenchmark {
  /// Periods and assets, and batches of periods.
  public static let (periods, series, batch) = (1225, 100, 32)

  private let trainer: DisentangledTrainer
  private var stream = RandomStream(seed: 1, purpose: .example)
  private var epoch = 0

  /// Prepares returns that share ten factors, and fresh players: a judge of so many layers of so many units.
  public init(judgeWidth: Int, judgeLayers: Int) {
    let design = DisentangledDesign(
      series: Self.series, factors: 10, hidden: [64, 32], judgeWidth: judgeWidth,
      judgeLayers: judgeLayers, gamma: 6)
    var data = RandomStream(seed: 7, purpose: .example)
    let loadings = (0..<Self.series).map { _ in (0..<10).map { _ in 0.2 * data.normal() } }
    let matrix = (0..<Self.periods).map { _ -> [Double] in
      let f = (0..<10).map { _ in data.normal() }
      return loadings.map { zip($0, f).reduce(0.6 * data.normal()) { $0 + $1.0 * $1.1 } }
    }
    trainer = DisentangledTrainer(
      design, matrix, train: Self.periods, valid: 0..<Self.periods, months: [], batch: Self.batch,
      rates: (1e-3, 1e-4), draws: RandomStream(seed: 1, purpose: .posterior))
    var start = RandomStream(seed: 1, purpose: .initialise)
    trainer.network.initialize(&start)
    trainer.judge.initialize(&start)
    let network = Double(design.parameterCount)
    // The encoder has about half of the weights.
    flops = Double(Self.periods) * (7 * network + 16 * Double(design.judgeParameterCount))
  }

  /// Useful float operations of one epoch.
  public let flops: Double

  /// Runs an epoch; gives its mean loss.
  @discardableResult
  public func run() -> Double {
    epoch += 1
    trainer.begin(epoch: epoch, &stream)
    return (0..<trainer.batchCount).reduce(0) { $0 + trainer.step(batch: $1) }
      / Double(trainer.batchCount)
  }
}
