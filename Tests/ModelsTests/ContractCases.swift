// The registered models at small settings, each with the variants a battery must cover.

import FactorRuntime
import TestSupport

@testable import Models

/// One model at small settings.
struct ContractCase: Sendable, CustomStringConvertible {
  let card: ModelCard
  let variant: [String: HyperparameterValue]
  /// Whether the panel must be long: a prior beyond the VAR(1) needs sixty training months.
  let isLong: Bool
  /// Whether the task has observed factors beside the panel.
  var isObserved = false

  var description: String {
    ([card.name] + (isObserved ? ["observed factors"] : [])
      + variant.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
      .joined(separator: " ")
  }

  /// Settings that keep a fit short, where a card has them.
  private static let small: [String: HyperparameterValue] = [
    "k": .integer(2), "seeds": .integer(2), "epochs": .integer(3), "patience": .integer(3),
    "hidden": .integer(3), "predictor_hidden": .integer(2), "beta_hidden": .integers([4, 3]),
    "warmup": .integer(1), "anneal": .integer(1), "lstm_hidden": .integer(4),
    "months": .integer(4), "width": .integer(6), "inner": .integer(5),
    "min_obs": .integer(8), "window": .integer(12), "step": .integer(2), "init": .integer(6),
    "skip": .integer(1), "patch": .integer(2), "dim": .integer(16), "codes": .integer(6),
    "decoder_layers": .integer(1), "fields": .integer(2),
  ]

  /// The models of series over time, which regress on factors that are observed or made from the panel.
  private static let regressing = ["ff", "rolling_ols", "kalman", "dcc_garch"]

  /// What each sorted factor of the panel wants; the last characteristic has no name of the literature.
  private static let sortedNames = ["mvel1", "bm", "mom12m", "c4"]

  /// Variants by model: every word that changes what a forecast reads, and each way the code can go.
  private static let variants: [String: [[String: HyperparameterValue]]] = [
    "cvra": [
      ["prior": .word("var1"), "posterior": .word("exact")],
      ["prior": .word("var1"), "fac_in": .word("managed")],
      ["prior": .word("std"), "heads": .integer(2), "beta_act": .word("relu")],
      ["prior": .word("regime")],
      ["prior": .word("predictor"), "pred_in": .word("both"), "kl_grad": .word("prior_only")],
      [
        "prior": .word("shared"), "enc_skip": .flag(false), "loss": .word("mse"), "mc": .integer(2),
      ],
      ["prior": .word("var1"), "dec": .word("linear")],
      ["prior": .word("var1"), "dec": .word("vrnn"), "fac_in": .word("managed")],
      ["prior": .word("var1"), "dec": .word("rnn")],
      ["prior": .word("var1"), "idio": .word("net")],
      ["prior": .word("var1"), "idio": .word("none")],
      ["prior": .word("var1"), "heads": .integer(3)],
      ["preset": .word("paper"), "chunk": .integer(4)],
      ["preset": .word("paper_leak"), "chunk": .integer(4)],
    ],
    "rvrae": [
      ["prior": .word("var1"), "beta_read": .word("state")],
      ["prior": .word("var1"), "posterior": .word("exact"), "fac_in": .word("managed")],
    ],
    "rvrae233": [
      ["gru": .word("torch")],
      ["hid": .word("shared"), "recon": .word("gauss")],
    ],
    "factorvae_tc": [
      ["recon": .word("mean"), "gamma": .real(0.5)], ["judge_layers": .integer(1)],
    ],
    "storm": [
      ["universe": .word("dynamic")],
      ["modules": .word("spatial")],
      ["modules": .word("temporal"), "universe": .word("dynamic"), "alpha": .word("factors")],
      ["codebook": .word("ema"), "fusion": .flag(false), "firms": .integer(6)],
    ],
    "nn1": [["k": .integer(0)]], "nn4": [["k": .integer(3)]],
    "factorvae": [["likelihood": .word("prior")], ["total_alpha": .flag(false)]],
    "transformer": [["k": .integer(0)]],
    "alstm": [["k": .integer(0)], ["rnn": .word("lstm")]],
    "ipca": [
      ["sample": .word("train_valid")],
      ["intercept": .flag(true), "constant": .flag(false)],
      ["observed": .words(["mkt"]), "intercept": .flag(true)],
      ["observed": .words(["mkt", "smb"]), "k": .integer(0)],
      ["normalisation": .word("factors"), "k": .integer(4)],
    ],
    "pca": [
      ["center": .flag(true)],
      ["on": .word("returns")],
    ],
    "ff": [
      ["factors": .words(["mkt"])],
      ["new_firm": .word("zero"), "min_obs": .integer(16), "sample": .word("train_valid")],
    ],
    "rolling_ols": [
      ["factors": .words(["mkt"]), "intercept": .flag(false), "window": .integer(20)],
      ["step": .integer(1), "new_firm": .word("zero")],
    ],
    "kalman": [
      ["factors": .words(["mkt"]), "constant_walks": .flag(true)],
      ["beta": .word("filtered"), "new_firm": .word("zero")],
    ],
    "dcc_garch": [["factors": .words(["mkt", "smb"]), "share": .flag(false)]],
  ]

  /// Variants that put together what others show one by one. That no forecast looks ahead is shown for them every
  /// day, the rest of the batteries where long tests are asked for.
  private static let combinations: [String: [[String: HyperparameterValue]]] = [
    "cvra": [
      ["prior": .word("regime"), "posterior": .word("exact"), "fac_in": .word("managed")],
      ["prior": .word("predictor")],
      ["prior": .word("predictor"), "posterior": .word("exact")],
      ["prior": .word("regime"), "idio": .word("net"), "posterior": .word("exact")],
      [
        "prior": .word("var1"), "idio": .word("net"), "dec": .word("rnn"),
        "fac_in": .word("managed"),
      ],
      ["prior": .word("std")],
    ],
    "rvrae": [
      ["prior": .word("regime")],
      ["prior": .word("var1"), "idio": .word("net")],
      ["prior": .word("var1"), "heads": .integer(3)],
    ],
    "rvrae233": [["gru": .word("torch"), "hid": .word("shared"), "anneal": .integer(0)]],
    "storm": [["alpha": .word("factors"), "reconstruction": .real(0), "alignment": .real(0)]],
    "pca": [["on": .word("returns"), "center": .flag(true), "min_obs": .integer(12)]],
  ]

  /// Whether a number of factors can be chosen.
  var hasFactors: Bool { card.settings.contains { $0.name == "k" } }
  /// Whether forecasts depend on the firms' earlier characteristics.
  var readsHistories: Bool {
    ["rvrae", "alstm", "transformer", "factorvae", "storm"].contains(card.name)
  }
  /// Whether it reads the returns of assets that are all there in every period, and no characteristic.
  var readsSeries: Bool { ["rvrae233", "factorvae_tc"].contains(card.name) }
  /// Whether rows are dealt into batches by chance, whatever their months.
  var dealsRows: Bool { card.settings.contains { $0.name == "batch" } }

  private static func hasMemory(_ card: ModelCard) -> Bool {
    card.settings.contains { $0.name == "prior" }
  }

  /// Every registered model once.
  static let plain = Registry.cards.map { card in
    ContractCase(
      card: card,
      variant: hasMemory(card)
        ? ["prior": .word("var1")] : card.name == "factorvae_tc" ? ["hidden": narrow] : [:],
      isLong: false)
  }

  /// Widths of the one model whose `hidden` is a list.
  private static let narrow = HyperparameterValue.integers([5, 4])

  /// The models that are trained, epoch by epoch, from random weights.
  static let trained = plain.filter(\.card.isTrained)

  /// The models whose number of factors is a setting, at most that of the characteristics.
  static let counted = plain.filter { $0.hasFactors && !$0.readsSeries }

  /// The models that take a cross-section as it comes.
  static let crossSections = plain.filter { !$0.readsSeries }

  /// Every registered model and each way its code can go; every variant where long tests are asked for.
  static let everyday = FullRun.isAsked ? all : plain + cases(variants) + observed

  /// Every registered model and every variant.
  static let all = plain + cases(variants) + cases(combinations) + observed

  private static func cases(
    _ variants: [String: [[String: HyperparameterValue]]]
  ) -> [ContractCase] {
    Registry.cards.flatMap { card in
      (variants[card.name] ?? []).map { variant in
        let isLong = variant["prior"] == .word("regime") || variant["prior"] == .word("predictor")
        return ContractCase(card: card, variant: variant, isLong: isLong)
      }
    }
  }

  /// The models that take observed factors, with some.
  static let observed =
    Registry.cards.filter { regressing.contains($0.name) }.map { card in
      ContractCase(card: card, variant: [:], isLong: false, isObserved: true)
    }
    + Registry.cards.filter { ["ca1", "cvra", "rvrae"].contains($0.name) }.map { card in
      let memory: [String: HyperparameterValue] = hasMemory(card) ? ["prior": .word("var1")] : [:]
      return ContractCase(
        card: card, variant: memory.merging(["fac_in": .word("observed")]) { $1 }, isLong: false,
        isObserved: true)
    }

  /// The panel of the case.
  func task() throws -> FactorTask {
    try named(SimulatedPanel.task(firms: 12, months: isLong ? 104 : 36, characteristics: 4))
  }

  /// A task with the names of characteristics that the case wants.
  func named(_ task: FactorTask) -> FactorTask {
    let regresses = Self.regressing.contains(card.name)
    guard regresses || isObserved || variant["observed"] != nil else { return task }
    return FactorTask(
      index: task.index, characteristicNames: regresses && isObserved ? [] : Self.sortedNames,
      characteristics: regresses && isObserved ? [] : task.characteristics, returns: task.returns,
      targetName: task.targetName, split: task.split,
      observed: isObserved ? Self.factors(of: task) : .none)
  }

  /// Two factors that the returns share to some degree: their mean and noise.
  private static func factors(of task: FactorTask) -> ObservedFactors {
    var stream = RandomStream(seed: 11, purpose: .example)
    return ObservedFactors(
      ["market", "other"],
      (0..<task.monthCount).flatMap { month in
        let rows = task.rows(month)
        let mean = rows.reduce(0) { $0 + task.returns[$1] } / Double(rows.count)
        return [mean, 0.05 * stream.normal()]
      })
  }

  /// The model, with settings of one test's own.
  func model(_ own: [String: HyperparameterValue] = [:]) throws -> any FactorModel {
    let names = Set(card.settings.map(\.name))
    var given = Self.small.filter { names.contains($0.key) }
    if isLong { given["seeds"] = .integer(1) }
    if card.name == "factorvae_tc" { given["hidden"] = Self.narrow }
    for (name, value) in variant { given[name] = value }
    for (name, value) in own where names.contains(name) { given[name] = value }
    return try card.model(given)
  }

  func fit(_ task: FactorTask, seed: UInt64 = 7, threads: Int = 1) throws -> any FittedModel {
    try model().fit(task, FitContext(seed: seed, budget: Budget(threads: threads)))
  }

  /// The fit of the case's own panel, which the batteries share: one seed gives the same bits every time, as a battery
  /// of its own shows with fits of its own.
  func fitted() throws -> any FittedModel {
    try Self.fits.value(description) { try fit(task()) }
  }

  private static let fits = SharedResults<any FittedModel>()
}

/// The bits of everything a model says.
struct PredictionBits: Equatable {
  var total: [UInt64]?
  var forecasts: [[UInt64]]
  var variance: [UInt64]?

  /// The bits of the first rows only, if a number is given.
  init(_ predictions: Predictions, rows: Int? = nil) {
    func bits(_ x: [Double]) -> [UInt64] { x.prefix(rows ?? x.count).map(\.bitPattern) }
    total = predictions.total.map(bits)
    forecasts = predictions.forecasts.map { bits($0.values) }
    variance = predictions.variance.map(bits)
  }

  /// What is known before the month: everything but the total fit.
  var beforeTheMonth: PredictionBits {
    var copy = self
    copy.total = nil
    return copy
  }
}
