// ALSTM, the recurrent network with attention over the months that forecasters of returns run as a baseline.
//
// An entry layer with tanh, gated recurrent layers over the last months, attention over their states, a linear
// number from last state and context. The name says LSTM; the implementation that made it a baseline runs GRU
// layers by default, and so does this one.
// Reference: Qin, Song, Chen, Cheng, Jiang and Cottrell (2017), section 3.2; layout and defaults of the qlib
// benchmark of that name, with months for days and narrower layers.

import FactorRuntime

/// The cells that the recurrent layers may have.
enum SequenceCell: String, HyperparameterChoice, Sendable {
  case gru, lstm

  var sentence: String {
    switch self {
    case .gru: "gated recurrent units, as the benchmark runs"
    case .lstm: "long short-term memory, as the name says"
    }
  }
}

struct ALSTM: FactorModel {
  let seeds: Int
  let schedule: TrainingSchedule
  let rate: Double
  let l1: Double
  let batch: Int
  let months: Int
  let hidden: Int
  let layers: Int
  let cell: SequenceCell
  let clipValue: Double
  let size: NetworkSize
  let factors: Int

  static let card = ModelCard(
    "alstm", "Fits a recurrent network with attention over months that forecasts returns directly.",
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 60, in: 1...10_000, "most passes over the rows"),
    Hyperparameter("patience", default: 10, in: 1...1000, "epochs without improvement to wait"),
    Hyperparameter("rate", default: 1e-3, in: 1e-7...1, "step size of Adam"),
    Hyperparameter("l1", default: 0.0, in: 0...1, "strength of the L1 penalty on weights"),
    Hyperparameter(
      "batch", default: 800, in: 2...1_000_000,
      "most rows of a step; a twentieth of the training rows if that is fewer"),
    PredictorSettings.months,
    Hyperparameter("hidden", default: 16, in: 1...512, "width of the layers; 64 in the benchmark"),
    Hyperparameter("layers", default: 2, in: 1...8, "recurrent layers"),
    Hyperparameter("rnn", default: SequenceCell.gru, "the recurrent cell"),
    PredictorSettings.clipValue,
    Hyperparameter("size", default: NetworkSize.own, "how large the network is"),
    PredictorSettings.factors,
    reference: "Qin et al. (2017), section 3.2, in the layout of the qlib benchmark",
    restore: { try FittedPredictor<WindowPredictor<GatedBody<Float>>>($0, $1) }
  ) {
    ALSTM(
      seeds: $0, schedule: TrainingSchedule(epochs: $1, patience: $2), rate: $3, l1: $4,
      batch: $5, months: $6, hidden: $7, layers: $8, cell: $9, clipValue: $10, size: $11,
      factors: $12)
  }.withOperations { characteristics, settings in
    let hidden = settings.integer("hidden", 16)
    return SequenceDesign(
      inputs: characteristics, hidden: hidden, layers: settings.integer("layers", 2),
      months: settings.integer("months", 12), entry: .tanh, attention: max(1, hidden / 2)
    ).flops
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let (hidden, layers) = size == .paper ? (64, 2) : (hidden, layers)
    var optimizer = Adam(rate: rate, clip: nil)
    optimizer.valueClip = clipValue
    let (months, cell, factors) = (months, cell, factors)
    let plan = PredictorPlan<WindowPredictor<GatedBody<Float>>>(
      model: "alstm",
      settings: [
        ("seeds", seeds.text), ("epochs", schedule.epochs.text),
        ("patience", schedule.patience.text), ("rate", rate.text), ("l1", l1.text),
        ("batch", batch.text), ("months", months.text), ("hidden", hidden.text),
        ("layers", layers.text), ("rnn", cell.text), ("k", factors.text),
      ],
      network: { inputs in
        var body = SequenceDesign(
          inputs: inputs, hidden: hidden, layers: layers, months: months, entry: .tanh,
          attention: max(1, hidden / 2))
        body.cell = cell == .gru ? .gruAfter : .lstm
        return WindowPredictorDesign(body: body, factors: factors)
      },
      members: seeds, schedule: schedule, optimizer: optimizer, l1: l1, batchRows: batch,
      notes: PredictorSettings.notes(factors: factors))
    return try plan.fit(task, context)
  }
}
