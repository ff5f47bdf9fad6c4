// Epochs of the dual codebook model at its defaults: windows of 16 months, eight of them a step, AdamW.
//
// Firms of the benchmark's panel have lives, so that a window also holds firms that were not there yet.

import FactorRuntime

enum StormBenchmark {
  static func work(_ panel: BenchmarkPanel, _ threads: Int) -> EpochBenchmark.Work {
    let shape = panel.shape
    let design = StormDesign(
      inputs: shape.characteristics, assets: min(50, shape.rows / shape.months))
    let names = StormWindows.mostComplete(panel.task, 0..<shape.months, count: design.assets)
    let data = StormWindows(panel.task, scale: 1, universe: names)
    let network = StormNetwork<Float>(design, windows: 8, threads: threads)
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    var optimizer = Adam(rate: 5e-4, clip: nil)
    (optimizer.rule, optimizer.betas) = (.adamW(decay: 0.05), (0.9, 0.95))
    // Whole windows, where there are any.
    let first = shape.months > design.months ? design.months - 1 : 0
    let months = Array(first..<shape.months)
    let trainer = StormTrainer(
      network, data, train: months, valid: 0..<0, months: panel.task.index.months, batch: 8,
      optimizer: optimizer, draws: RandomStream(seed: panel.seed, purpose: .posterior),
      drawsCodes: true, budget: Budget(threads: threads))
    var order = RandomStream(seed: panel.seed, purpose: .shuffle)
    return EpochBenchmark.Work(
      start: { epoch in
        trainer.begin(epoch: epoch, &order)
        return trainer.batchCount
      }, step: { trainer.step(batch: $0) },
      flops: 6 * design.products * Double(months.count) / Double(shape.rows))
  }
}
