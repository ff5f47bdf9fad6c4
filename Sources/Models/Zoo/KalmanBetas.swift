// Betas that walk at random: a Kalman filter for each asset, its variances of largest likelihood.
//
// r(i,t) = a_i + b_i(t)'f(t) + e, e ~ N(0, R); b_i(t) = b_i(t-1) + w, w ~ N(0, diag(q)). Least squares over the
// first `init` returns of an asset in the training periods begin its filter; R and q maximise the likelihood of
// the training periods after the next `skip`. The filter then runs on through all periods with these variances:
// what is predicted for a period knows nothing of it. A panel that begins later goes on from the end of training.
// Reference: Kalman (1960); Durbin and Koopman (2012), chapter 4.

import FactorRuntime

/// Which loadings explain a period.
enum BetaKnowledge: String, HyperparameterChoice {
  case predicted, filtered, smoothed

  var sentence: String {
    switch self {
    case .predicted: "those expected before the period"
    case .filtered:
      "those after its returns were seen: for total fits; forecasts use predicted ones"
    case .smoothed:
      "those given the whole sample: for pictures only, they explain and forecast nothing"
    }
  }

  var knowledge: LoadingKnowledge {
    switch self {
    case .predicted: .before
    case .filtered: .after
    case .smoothed: .everything
    }
  }
}

struct KalmanBetas: FactorModel {
  let factors: [PanelFactor]
  let settings: WalkingLoadings
  let beta: BetaKnowledge
  let newcomers: NewcomerRule

  static let card = ModelCard(
    "kalman", "Fits loadings by asset that walk at random, by the Kalman filter.",
    Hyperparameter(
      "factors", default: [.mkt, .smb, .hml] as WordList<PanelFactor>,
      "the factors made from the panel, where the task has none"),
    Hyperparameter(
      "init", default: 250, in: 3...100_000, "returns that the first loadings are estimated from"),
    Hyperparameter(
      "skip", default: 60, in: 0...100_000, "periods after them that the likelihood leaves out"),
    Hyperparameter("constant_walks", default: false, "whether the intercept walks too"),
    Hyperparameter("beta", default: BetaKnowledge.predicted, "the loadings that explain a period"),
    Hyperparameter("new_firm", default: NewcomerRule.mean, "loadings of firms without a history"),
    reference: "Kalman (1960); Durbin and Koopman (2012)",
    restore: { try FittedSeries($0, $1) { try WalkFilter($0, factors: $1) } }
  ) {
    var settings = WalkingLoadings()
    (settings.initial, settings.skipped, settings.constantWalks) = ($1, $2, $3)
    return KalmanBetas(factors: $0.words, settings: settings, beta: $4, newcomers: $5)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let fit = try SeriesFit(options, task, context)
    let (sample, regressors) = (fit.sample, fit.sample.panel.regressorCount)
    guard settings.initial >= regressors + 2 else {
      throw ModelError.incompatible(
        first: "init: \(settings.initial)",
        second: "an intercept and loadings on \(fit.source.text)",
        reason: "their first regression needs more returns, so use init: \(regressors + 2) or more")
    }
    let bytes = WalkFilter.bytes(sample.panel.periods, sample.panel.series, regressors)
    try context.budget.reserve(bytes, for: Self.card.name)
    defer { context.budget.release(bytes) }
    let estimates = try settings.estimates(
      sample.panel, before: sample.panel.periods, budget: context.budget)
    let filter = try WalkFilter(
      settings, beta, sample, estimates, context.budget)
    return try fit.fitted(
      Self.card.name, filter,
      parameters: sample.assets.count * (1 + (settings.constantWalks ? 1 : 0) + regressors - 1),
      settings: [
        ("init", settings.initial.text), ("skip", settings.skipped.text),
        ("constant_walks", settings.constantWalks.text), ("beta", beta.text),
        ("new_firm", newcomers.text),
      ], notes: notes(estimates))
  }

  private var options: SeriesFit.Options {
    let (first, walks) = (settings.initial + settings.skipped, settings.constantWalks)
    return SeriesFit.Options(
      model: Self.card.name, factors: factors, newcomers: newcomers, hasConstant: true,
      // As many values of the likelihood as there are variances to find.
      needed: { first + $0 + (walks ? 1 : 0) }, option: "init",
      remedy: { "init: \(max($1 + 2, $0 / 3)), skip: \($0 / 12)" })
  }

  private func notes(_ estimates: [WalkingLoadings.Estimate]) -> [String] {
    var notes: [String] = []
    let begun = estimates.filter { $0.begin != nil }
    let lost = estimates.count - begun.count
    if lost > 0 {
      notes.append(
        "\(lost) of \(estimates.count) assets have no first loadings, their returns or the factors "
          + "do not tell them apart: \(newcomers.consequence)")
    }
    let open = begun.count { !$0.hasConverged }
    if open > 0 {
      notes.append(
        "the likelihood of \(open) of \(begun.count) series did not converge: their variances are the "
          + "best that were tried")
    }
    switch beta {
    case .predicted: break
    case .filtered:
      notes.append("total fits use loadings that have seen the returns they explain")
    case .smoothed:
      notes.append("smoothed loadings read the whole sample: they are for pictures only")
    }
    return notes
  }
}
