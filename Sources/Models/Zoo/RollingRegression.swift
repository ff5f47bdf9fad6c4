// Rolling regressions: loadings by asset over a moving window of periods, re-estimated every so many.
//
// r(i,t) = a_i + b_i'f(t) + e by least squares over the last `window` periods, at every `step`th period; the
// loadings hold for the periods after it. An asset needs `min_obs` returns in the window; until then it is a
// newcomer. Residual variances are by asset, from the errors that lagged loadings make in the training periods.
// Reference: Fama and MacBeth (1973), whose betas come from such windows.

import FactorRuntime

struct RollingRegression: FactorModel {
  let factors: [PanelFactor]
  let settings: RollingLoadings
  let hasIntercept: Bool
  let newcomers: NewcomerRule

  static let card = ModelCard(
    "rolling_ols", "Fits loadings by asset over a moving window, known before each period.",
    Hyperparameter(
      "factors", default: [.mkt, .smb, .hml] as WordList<PanelFactor>,
      "the factors made from the panel, where the task has none"),
    Hyperparameter("window", default: 750, in: 2...100_000, "periods of a window"),
    Hyperparameter("step", default: 21, in: 1...100_000, "periods from one estimate to the next"),
    Hyperparameter(
      "min_obs", default: 250, in: 2...100_000, "returns an asset needs in the window"),
    Hyperparameter("intercept", default: true, "whether regressions have an intercept"),
    Hyperparameter("new_firm", default: NewcomerRule.mean, "loadings of firms without a history"),
    reference: "Fama and MacBeth (1973)",
    restore: { try FittedSeries($0, $1) { try RollingFilter($0, factors: $1) } }
  ) {
    RollingRegression(
      factors: $0.words, settings: RollingLoadings(window: $1, step: $2, least: $3),
      hasIntercept: $4, newcomers: $5)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let (model, window) = (Self.card.name, settings.window)
    guard settings.least <= window else {
      throw ModelError.incompatible(
        first: "min_obs: \(settings.least)", second: "window: \(window)",
        reason: "a window has no more returns than periods, so use min_obs: \(window) or fewer")
    }
    let fit = try SeriesFit(options, task, context)
    var filter = RollingFilter(settings: settings, hasConstant: hasIntercept)
    let track = try filter.track(fit.sample, fit.moments, context.budget)
    filter.variances = fit.sample.assets.indices.map { series in
      fit.sample.laggedErrors(series, track) ?? fit.moments.residual
    }
    filter.known = fit.sample.assets
    let regressors = fit.sample.panel.regressorCount
    return try fit.fitted(
      model, filter, parameters: fit.sample.assets.count * regressors,
      settings: [
        ("window", window.text), ("step", settings.step.text), ("min_obs", settings.least.text),
        ("intercept", hasIntercept.text), ("new_firm", newcomers.text),
      ], notes: [])
  }

  private var options: SeriesFit.Options {
    let least = settings.least
    return SeriesFit.Options(
      model: Self.card.name, factors: factors, newcomers: newcomers, hasConstant: hasIntercept,
      needed: { max(least, $0) }, option: "min_obs",
      remedy: { longest, regressors in
        "window: \(max(regressors, longest)), min_obs: \(max(regressors, longest / 2))"
      })
  }
}

/// Least squares over windows.
struct RollingFilter: LoadingFilter {
  let settings: RollingLoadings
  let hasConstant: Bool
  /// The assets of the training periods, and their residual variances.
  var known: [String] = []
  var variances: [Double] = []

  /// Assets with enough returns; nothing is taken over from the fit.
  func assets(of task: FactorTask) -> [String] {
    var counts = [Int](repeating: 0, count: task.index.assetNames.count)
    for asset in task.index.assets { counts[Int(asset)] += 1 }
    let kept = counts.indices.filter { counts[$0] >= settings.least }
    return (kept.isEmpty ? [0] : kept).map { task.index.assetNames[$0] }
  }

  func track(
    _ sample: SeriesSample, _ moments: TrainingMoments, _ budget: Budget
  ) throws -> LoadingTrack {
    var track = LoadingTrack(sample, factors: moments.mean.count)
    track.take(try settings.path(sample.panel, budget: budget))
    let own = Dictionary(uniqueKeysWithValues: zip(known, variances))
    let residuals = sample.assets.map { own[$0] ?? moments.residual }
    for period in 0..<sample.panel.periods {
      for series in residuals.indices {
        guard let row = track.row(period, series, of: sample) else { continue }
        let cell = period * residuals.count + series
        track.residuals[cell] = residuals[series]
        track.variances[cell] = residuals[series] + moments.spread(row)
      }
    }
    return track
  }

  func bytes(periods: Int, series: Int, factors: Int) -> Int {
    8 * periods * series * (2 * factors + 8)
  }

  func encode(into container: inout Container) {
    container.facts.append(
      .init(
        "rolling",
        .fields(
          ("window", .number(Double(settings.window))), ("step", .number(Double(settings.step))),
          ("least", .number(Double(settings.least))), ("constant", .bool(hasConstant)))))
    container.add("rolling.assets", PackedText.packed(known))
    container.add("rolling.variances", variances)
  }
}

extension RollingFilter {
  /// Reads what `encode` wrote.
  init(_ container: Container, factors: Int) throws {
    let facts = StoredFacts(container.facts.first { $0.name == "rolling" }?.value)
    let (window, step) = (try facts.integer("window"), try facts.integer("step"))
    guard window > 0, step > 0 else { throw facts.fault("window") }
    let known = try container.assets("rolling.assets")
    self.init(
      settings: RollingLoadings(window: window, step: step, least: try facts.integer("least")),
      hasConstant: try facts.flag("constant"), known: known,
      variances: try container.doubles("rolling.variances", count: known.count))
  }
}

extension SeriesSample {
  /// The mean square of what loadings known before leave of a series; nil where that happens rarely.
  func laggedErrors(_ series: Int, _ track: LoadingTrack) -> Double? {
    let squares = seen(series).compactMap { period -> Double? in
      guard let row = track.row(period, series, of: self), let factors = factors[period] else {
        return nil
      }
      let fit = zip(row.dropFirst(), factors).reduce(row.first ?? 0) { $0 + $1.0 * $1.1 }
      let error = panel.value(series, at: period) - fit
      return error * error
    }
    guard squares.count >= 12 else { return nil }
    return max(Summation.pairwise(squares) / Double(squares.count), 1e-12)
  }
}

extension Container {
  /// The names of assets in a section, each once.
  func assets(_ name: String) throws -> [String] {
    let names = try PackedText.texts(wholes(name))
    guard Set(names).count == names.count else {
      throw ContainerError.malformed(section: name, reason: "an asset is there twice")
    }
    return names
  }
}
