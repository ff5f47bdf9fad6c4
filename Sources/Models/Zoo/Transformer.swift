// Transformer, the encoder with self-attention over months that forecasters of returns run as a baseline.
//
// A linear entry with sinusoidal positions, layers of attention and a feed-forward map with the norm behind each,
// a linear number from the state of the last month. Decoupled weight decay, gradient entries clipped.
// Reference: Vaswani et al. (2017), sections 3.1-3.5; layout of the qlib benchmark of that name, narrower.

import FactorRuntime

struct Transformer: FactorModel {
  let seeds: Int
  let schedule: TrainingSchedule
  let rate: Double
  let decay: Double
  let batch: Int
  let months: Int
  let width: Int
  let heads: Int
  let layers: Int
  let inner: Int
  let clipValue: Double
  let size: NetworkSize
  let factors: Int

  static let card = ModelCard(
    "transformer",
    "Fits a transformer's encoder over months that forecasts returns directly.",
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 100, in: 1...10_000, "most passes over the rows"),
    Hyperparameter("patience", default: 5, in: 1...1000, "epochs without improvement to wait"),
    Hyperparameter("rate", default: 5e-4, in: 1e-7...1, "step size of AdamW"),
    Hyperparameter("decay", default: 1e-3, in: 0...1, "share of the rate that weights shrink by"),
    Hyperparameter(
      "batch", default: 2048, in: 2...1_000_000,
      "most rows of a step; a twentieth of the training rows if that is fewer"),
    PredictorSettings.months,
    Hyperparameter(
      "width", default: 16, in: 1...512,
      "width of a month's state, a multiple of the heads; 64 in the benchmark"),
    Hyperparameter("heads", default: 2, in: 1...16, "heads of the attention"),
    Hyperparameter("layers", default: 2, in: 1...8, "layers of attention and feed-forward map"),
    Hyperparameter(
      "inner", default: 64, in: 1...4096, "width of the feed-forward map; 2048 in the benchmark"),
    PredictorSettings.clipValue,
    Hyperparameter("size", default: NetworkSize.own, "how large the network is"),
    PredictorSettings.factors,
    reference: "Vaswani et al. (2017), sections 3.1-3.5, in the layout of the qlib benchmark",
    restore: { try FittedPredictor<WindowPredictor<TransformerBody<Float>>>($0, $1) }
  ) {
    Transformer(
      seeds: $0, schedule: TrainingSchedule(epochs: $1, patience: $2), rate: $3, decay: $4,
      batch: $5, months: $6, width: $7, heads: $8, layers: $9, inner: $10, clipValue: $11,
      size: $12, factors: $13)
  }.withOperations(operations)

  private static func operations(
    _ characteristics: Int, _ settings: [String: HyperparameterValue]
  ) -> Double {
    return TransformerDesign(
      inputs: characteristics, width: settings.integer("width", 16),
      heads: settings.integer("heads", 2),
      layers: settings.integer("layers", 2), inner: settings.integer("inner", 64),
      months: settings.integer("months", 12)
    ).flops
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let (width, inner) = size == .paper ? (64, 2048) : (width, inner)
    guard width % heads == 0 else {
      throw ModelError.incompatible(
        first: "width: \(width)", second: "heads: \(heads)",
        reason: "the width is shared out among the heads, so it must be a multiple of their number")
    }
    var optimizer = Adam(rate: rate, clip: nil)
    optimizer.rule = .adamW(decay: decay)
    optimizer.valueClip = clipValue
    let (heads, layers, months, factors) = (heads, layers, months, factors)
    let plan = PredictorPlan<WindowPredictor<TransformerBody<Float>>>(
      model: "transformer",
      settings: [
        ("seeds", seeds.text), ("epochs", schedule.epochs.text),
        ("patience", schedule.patience.text), ("rate", rate.text), ("decay", decay.text),
        ("batch", batch.text), ("months", months.text), ("width", width.text),
        ("heads", heads.text), ("layers", layers.text), ("inner", inner.text),
        ("k", factors.text),
      ],
      network: { inputs in
        WindowPredictorDesign(
          body: TransformerDesign(
            inputs: inputs, width: width, heads: heads, layers: layers, inner: inner,
            months: months), factors: factors)
      },
      members: seeds, schedule: schedule, optimizer: optimizer, l1: 0, batchRows: batch,
      notes: PredictorSettings.notes(factors: factors))
    return try plan.fit(task, context)
  }
}
