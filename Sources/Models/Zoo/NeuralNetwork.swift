// NN1 to NN5, feed-forward networks that forecast returns from characteristics.
//
// Hidden layers of 32, 32-16, ... with batch norm and ReLU, a linear number at the end; squared error with an
// L1 penalty over rows of all training months in shuffled batches. `k` makes the last hidden layer
// k wide and takes its units for loadings afterwards: that gives a forecaster a total R2.
// Reference: Gu, Kelly and Xiu (2020), sections 1.7 and 2.2.

import FactorRuntime

struct NeuralNetwork: FactorModel {
  let depth: Int
  let seeds: Int
  let schedule: TrainingSchedule
  let rate: Double
  let l1: Double
  let batch: Int
  let factors: Int

  static let hiddenWidths = [32, 16, 8, 4, 2]

  static let cards = (1...5).map(card)

  private static func card(depth: Int) -> ModelCard {
    let layers = hiddenWidths[..<depth].map(String.init).joined(separator: "-")
    return ModelCard(
      "nn\(depth)",
      "Fits a feed-forward network with hidden layers of \(layers) that forecasts returns directly.",
      PredictorSettings.seeds,
      Hyperparameter("epochs", default: 100, in: 1...10_000, "most passes over the rows"),
      Hyperparameter("patience", default: 5, in: 1...1000, "epochs without improvement to wait"),
      Hyperparameter("rate", default: 1e-3, in: 1e-7...1, "step size of Adam"),
      Hyperparameter("l1", default: 1e-3, in: 0...1, "strength of the L1 penalty on weights"),
      Hyperparameter(
        "batch", default: 10_000, in: 2...1_000_000,
        "most rows of a step; a twentieth of the training rows if that is fewer"),
      PredictorSettings.factors,
      reference: "Gu, Kelly and Xiu (2020), sections 1.7 and 2.2",
      restore: { try FittedPredictor<PerceptronPredictor<Float>>($0, $1) }
    ) {
      NeuralNetwork(
        depth: depth, seeds: $0, schedule: TrainingSchedule(epochs: $1, patience: $2), rate: $3,
        l1: $4, batch: $5, factors: $6)
    }.withOperations { characteristics, settings in
      let sizes = [characteristics] + hiddenWidths[..<depth] + [1]
      return 6 * Double(zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    var hidden = Array(Self.hiddenWidths[..<depth])
    if factors > 0 { hidden[depth - 1] = factors }
    let (widths, factors) = (hidden, factors)
    let plan = PredictorPlan<PerceptronPredictor<Float>>(
      model: "nn\(depth)",
      settings: [
        ("seeds", seeds.text), ("epochs", schedule.epochs.text),
        ("patience", schedule.patience.text), ("rate", rate.text), ("l1", l1.text),
        ("batch", batch.text), ("k", factors.text),
      ],
      network: { PerceptronDesign(inputs: $0, hidden: widths, factors: factors) },
      members: seeds, schedule: schedule, optimizer: Adam(rate: rate, clip: nil), l1: l1,
      batchRows: batch,
      notes: PredictorSettings.notes(factors: factors))
    return try plan.fit(task, context)
  }
}
