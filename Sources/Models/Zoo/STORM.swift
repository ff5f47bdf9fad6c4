// STORM, a dual vector-quantised autoencoder of windows whose tokens are factors.
//
// Two modules read the last months of many firms at once: one makes a token of each firm's own months, the other one
// of each date's cross-section. Each token is joined by the nearest code of a codebook, and tokens are the factors of
// a prior-posterior model: learned portfolios, a posterior of what they earned, a prior of tokens alone, alphas and
// loadings, with a closed likelihood. Forecasts use the prior only. Firms outside a fixed universe are forecast as
// `new_firm` says. Decoders rebuild the first characteristics of the window from the codes; the penalty on the order
// of prices is there where the characteristics are named open, high, low and close.
// Reference: Zhao et al. (2024), STORM; sizes for monthly panels instead of its 64 days, 29 firms and width of 256.

import FactorRuntime

struct STORM: FactorModel {
  let shape: StormDesign
  let firms: Int
  let newcomers: NewcomerRule
  let seeds: Int
  let schedule: TrainingSchedule
  let batch: Int
  let rate: Double
  let decay: Double
  let warmUp: Int

  static let card = ModelCard(
    "storm",
    "Fits a dual codebook model: tokens of firms and of dates are factors with a learned prior.",
    Hyperparameter("universe", default: StormUniverse.fixed, "the firms of a window"),
    Hyperparameter("firms", default: 50, in: 2...2000, "firms of a fixed universe, at most"),
    Hyperparameter(
      "new_firm", default: NewcomerRule.mean, "forecasts of firms outside a fixed universe"),
    Hyperparameter("modules", default: StormModules.both, "which tokens there are"),
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 60, in: 1...10_000, "most passes over the windows"),
    Hyperparameter("patience", default: 15, in: 1...10_000, "epochs without improvement to wait"),
    Hyperparameter("batch", default: 8, in: 2...512, "windows of a batch, at most"),
    Hyperparameter("rate", default: 5e-4, in: 1e-7...1, "highest step size of AdamW"),
    Hyperparameter("decay", default: 0.05, in: 0...1, "share of the rate that weights shrink by"),
    Hyperparameter("warmup", default: 100, in: 1...100_000, "steps over which the rate rises"),
    Hyperparameter("months", default: 16, in: 2...128, "months of a window; 64 days in the paper"),
    Hyperparameter("patch", default: 4, in: 1...64, "months of a patch, a divisor of the window's"),
    Hyperparameter(
      "dim", default: 32, in: 8...512, "width of a token, a multiple of 8 times the heads"),
    Hyperparameter("heads", default: 2, in: 1...16, "heads of each attention"),
    Hyperparameter("layers", default: 2, in: 1...16, "layers of each encoder"),
    Hyperparameter("decoder_layers", default: 2, in: 1...16, "layers of each decoder"),
    Hyperparameter("codes", default: 64, in: 2...512, "codes of each codebook"),
    Hyperparameter("codebook", default: CodebookRule.grad, "how codes move"),
    Hyperparameter("fusion", default: true, "whether tokens of one kind attend to the other"),
    Hyperparameter("alpha", default: AlphaSource.own, "what alphas are read from"),
    Hyperparameter(
      "fields", default: 5, in: 1...256, "characteristics that the decoders rebuild, the first ones"
    ),
    Hyperparameter("returns", default: 0.1, in: 0...1000, "weight of the returns' likelihood"),
    Hyperparameter("kl", default: 0.1, in: 0...1000, "weight of the divergence"),
    Hyperparameter(
      "reconstruction", default: 1e-3, in: 0...1000, "weight of the decoders' error; 0 for none"),
    Hyperparameter("commitment", default: 1.0, in: 0...1000, "weight of the distance to the codes"),
    Hyperparameter(
      "orthogonality", default: 0.1, in: 0...1000, "weight of the penalty on codes that are alike"),
    Hyperparameter(
      "diversity", default: 0.1, in: 0...1000, "weight of the penalty on codes that go unused"),
    Hyperparameter(
      "alignment", default: 1e-3, in: 0...1000,
      "weight of the alignment of both modules' class tokens; 0 for none"),
    Hyperparameter(
      "price_order", default: 0.1, in: 0...1000,
      "weight of the order of rebuilt prices, where there are any"),
    reference: "Zhao et al. (2024), \"STORM: A Spatio-Temporal Factor Model Based on Dual Vector "
      + "Quantized Variational Autoencoders\"",
    restore: { try FittedStorm($0, $1) }
  ) {
    universe, firms, newcomers, modules, seeds, epochs, patience, batch, rate, decay, warmUp,
    months,
    patch, width, heads, layers, decoderLayers, codes, rule, fuses, alpha, fields, returns, kl,
    reconstruction, commitment, orthogonality, diversity, alignment, priceOrder in
    var shape = StormDesign(inputs: 1, assets: 1)
    (shape.universe, shape.modules, shape.months, shape.patch) = (universe, modules, months, patch)
    (shape.width, shape.heads, shape.layers) = (width, heads, layers)
    (shape.decoderLayers, shape.codes, shape.rule) = (decoderLayers, codes, rule)
    (shape.fuses, shape.alpha, shape.rebuilt) = (fuses, alpha, fields)
    shape.weights = StormWeights(
      returns: returns, divergence: kl, reconstruction: reconstruction, commitment: commitment,
      orthogonality: orthogonality, diversity: diversity, alignment: alignment,
      priceOrder: priceOrder)
    return STORM(
      shape: shape, firms: firms, newcomers: newcomers, seeds: seeds,
      schedule: TrainingSchedule(epochs: epochs, patience: patience), batch: batch, rate: rate,
      decay: decay, warmUp: warmUp)
  }.withOperations { characteristics, settings in
    var shape = StormDesign(inputs: characteristics, assets: settings.integer("firms", 50))
    shape.months = settings.integer("months", 16)
    // Of one row: a window has one of each firm.
    return 6 * shape.products / Double(shape.assets)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try check()
    let plan = StormPlan(
      model: "storm", settings: settings, shape: shape, firms: firms, newcomers: newcomers,
      members: seeds, schedule: schedule, batch: batch, rate: rate, decay: decay, warmUp: warmUp)
    return try plan.fit(task, context)
  }

  private func check() throws {
    guard shape.width % (8 * shape.heads) == 0 else {
      throw ModelError.incompatible(
        first: "dim: \(shape.width)", second: "heads: \(shape.heads)",
        reason: "a head takes eight numbers or a multiple of them, so dim must be a multiple of "
          + "\(8 * shape.heads)")
    }
    guard shape.months % shape.patch == 0 else {
      throw ModelError.incompatible(
        first: "months: \(shape.months)", second: "patch: \(shape.patch)",
        reason: "a window is cut into whole patches")
    }
    guard !(shape.isDynamic && shape.modules == .spatial) else {
      throw ModelError.incompatible(
        first: "universe: dynamic", second: "modules: spatial",
        reason: "only tokens of firms say which firm is which there")
    }
  }

  private var settings: [(name: String, value: String)] {
    let w = shape.weights
    return [
      ("universe", shape.universe.text), ("firms", firms.text), ("new_firm", newcomers.text),
      ("modules", shape.modules.text), ("seeds", seeds.text), ("epochs", schedule.epochs.text),
      ("patience", schedule.patience.text), ("batch", batch.text), ("rate", rate.text),
      ("decay", decay.text), ("warmup", warmUp.text), ("months", shape.months.text),
      ("patch", shape.patch.text), ("dim", shape.width.text), ("heads", shape.heads.text),
      ("layers", shape.layers.text), ("decoder_layers", shape.decoderLayers.text),
      ("codes", shape.codes.text), ("codebook", shape.rule.text), ("fusion", shape.fuses.text),
      ("alpha", shape.alpha.text), ("fields", shape.rebuilt.text), ("returns", w.returns.text),
      ("kl", w.divergence.text), ("reconstruction", w.reconstruction.text),
      ("commitment", w.commitment.text), ("orthogonality", w.orthogonality.text),
      ("diversity", w.diversity.text), ("alignment", w.alignment.text),
      ("price_order", w.priceOrder.text),
    ]
  }
}
