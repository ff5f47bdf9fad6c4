// An autoencoder of whole cross-sections whose latents are pressed to be independent of each other.
//
// The encoder reads the returns of all assets in a period and the decoder rebuilds them from a few latents; a
// judge, trained against it, tells how far the latents are from independent, and that is penalised. It describes
// a period by its own returns and forecasts nothing. There is no characteristic, so that every asset must be
// there in every period, unless what is absent may be read at its mean.
// References: Kim and Mnih (2018), on whose judge the penalty rests; returns are standardised by the training
// periods alone, and errors are summed over assets, because beside their mean the penalty crushes the latents.

import FactorRuntime

struct FactorVAETC: FactorModel {
  let factors: Int
  let gamma: Double
  let loss: ErrorCount
  let seeds: Int
  let schedule: TrainingSchedule
  let batch: Int
  let rates: (network: Double, judge: Double)
  let hidden: [Int]
  let judge: (width: Int, layers: Int)
  let absent: AbsentReturns

  static let card = ModelCard(
    "factorvae_tc",
    "Fits an autoencoder of all assets' returns whose factors are pressed to be independent; it describes a period "
      + "and forecasts nothing.",
    Hyperparameter("k", default: 10, in: 1...100, "number of latent factors"),
    Hyperparameter("gamma", default: 6.0, in: 0...1000, "weight of the total correlation"),
    Hyperparameter("recon", default: ErrorCount.gaussSum, "how squared errors are counted"),
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 30, in: 1...100_000, "most passes over the periods"),
    Hyperparameter("patience", default: 5, in: 1...100_000, "epochs without improvement to wait"),
    Hyperparameter("batch", default: 32, in: 2...100_000, "periods of a batch, at least"),
    Hyperparameter("rate", default: 1e-3, in: 1e-7...1, "step size of Adam"),
    Hyperparameter("judge_rate", default: 1e-4, in: 1e-7...1, "step size of the judge's Adam"),
    Hyperparameter(
      "hidden", default: [64, 32], in: 1...4096,
      "widths of the encoder; the decoder has them in reverse"),
    Hyperparameter("judge", default: 64, in: 1...4096, "units of each layer of the judge"),
    Hyperparameter("judge_layers", default: 3, in: 1...16, "layers of the judge before its logits"),
    Hyperparameter(
      "absent", default: AbsentReturns.refuse,
      "what becomes of an asset without a return in a period"),
    reference: "Kim and Mnih (2018), \"Disentangling by Factorising\"",
    restore: { try FittedDisentangled($0, $1) }
  ) {
    FactorVAETC(
      factors: $0, gamma: $1, loss: $2, seeds: $3,
      schedule: TrainingSchedule(epochs: $4, patience: $5), batch: $6, rates: ($7, $8),
      hidden: $9, judge: ($10, $11), absent: $12)
  }.withOperations { _, settings in
    // Of one row: a period of a hundred assets has as many.
    DisentangledDesign(
      series: 100, factors: settings.integer("k", 10), hidden: [64, 32], judgeWidth: 64,
      judgeLayers: 3, gamma: 6
    ).flops / 100
  }.ofReturnsAlone()

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let copy = self
    let plan = DisentangledPlan(
      model: "factorvae_tc",
      settings: [
        ("k", factors.text), ("gamma", gamma.text), ("recon", loss.text), ("seeds", seeds.text),
        ("epochs", schedule.epochs.text), ("patience", schedule.patience.text),
        ("batch", batch.text), ("rate", rates.network.text), ("judge_rate", rates.judge.text),
        ("hidden", hidden.text), ("judge", judge.width.text), ("judge_layers", judge.layers.text),
        ("absent", absent.text),
      ],
      network: { series in
        DisentangledDesign(
          series: series, factors: copy.factors, hidden: copy.hidden, judgeWidth: copy.judge.width,
          judgeLayers: copy.judge.layers, gamma: copy.gamma, loss: copy.loss, absent: copy.absent)
      },
      members: seeds, schedule: schedule, batch: batch, rate: rates.network,
      judgeRate: rates.judge)
    return try plan.fit(task, context)
  }
}
