// Betas from variances and correlations that move: GARCH for every series, DCC for each asset with the factors.
//
// h(t) = w + a e(t-1)^2 + b h(t-1) for each asset and factor, variance targeting; Q(t) = (1 - A - B) Q + A zz' +
// B Q(t-1) of an asset's and the factors' standardised errors z. With H(t) the covariances so made, b(t) = H_ff^-1
// H_fi and a(t) = mean_i - b(t)'mean_f: both are known before the period. All is estimated in the training periods.
// The variance of a return is its h; what the factors leave of it is h - b'H_ff b.
// Reference: Engle (2002); Bollerslev (1986).

import FactorRuntime

struct CorrelationBetas: FactorModel {
  let factors: [PanelFactor]
  let sharesWeights: Bool
  let fewestReturns: Int
  let newcomers: NewcomerRule

  static let card = ModelCard(
    "dcc_garch", "Fits loadings by asset from variances and correlations that move.",
    Hyperparameter(
      "factors", default: [.mkt, .smb, .hml] as WordList<PanelFactor>,
      "the factors made from the panel, where the task has none"),
    Hyperparameter(
      "share", default: true, "whether the correlations of all assets have the same two weights"),
    Hyperparameter(
      "min_obs", default: 250, in: 3...100_000, "returns an asset needs to be estimated"),
    Hyperparameter("new_firm", default: NewcomerRule.mean, "loadings of firms without a history"),
    reference: "Engle (2002); Bollerslev (1986)",
    restore: { try FittedSeries($0, $1) { try CorrelationFilter($0, factors: $1) } }
  ) {
    CorrelationBetas(factors: $0.words, sharesWeights: $1, fewestReturns: $2, newcomers: $3)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let least = fewestReturns
    let fit = try SeriesFit(
      SeriesFit.Options(
        model: Self.card.name, factors: factors, newcomers: newcomers, hasConstant: false,
        needed: { max(least, $0) }, option: "min_obs",
        remedy: { longest, _ in "min_obs: \(max(3, longest))" }),
      task, context)
    let (sample, count) = (fit.sample, fit.sample.panel.regressorCount)
    let bytes = CorrelationFilter.bytes(sample.panel.periods, sample.panel.series, count)
    try context.budget.reserve(bytes, for: Self.card.name)
    defer { context.budget.release(bytes) }
    let model = try DynamicCorrelations(
      sample.panel, before: sample.panel.periods, sharesWeights: sharesWeights,
      budget: context.budget)
    return try fit.fitted(
      Self.card.name, CorrelationFilter(model: model, assets: sample.assets),
      parameters: 4 * (sample.assets.count + count) + 2 * model.weights.count,
      settings: [
        ("share", sharesWeights.text), ("min_obs", least.text), ("new_firm", newcomers.text),
      ], notes: notes(model, fit.source.names))
  }

  private func notes(_ model: DynamicCorrelations, _ factors: [String]) -> [String] {
    let assets = model.assetVariances.estimates
    func words(_ isMeant: (GARCH.Estimate) -> Bool) -> String? {
      let own = zip(factors, model.factorVariances.estimates).filter { isMeant($0.1) }.map(\.0)
      let count = assets.count(where: isMeant)
      let parts =
        (count > 0 ? ["\(count) of \(assets.count) assets"] : [])
        + (own.isEmpty ? [] : ["of the factors \(own.joined(separator: ", "))"])
      return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }
    var notes: [String] = []
    if let open = words({ !$0.hasConverged }) {
      notes.append("the likelihood of the variances of \(open) did not converge")
    }
    if let ends = words({ $0.hasConverged && $0.isAtBoundary }) {
      notes.append("the variances of \(ends) are at a limit: shocks do nothing, or never fade")
    }
    let pairs = model.weights.count { !$0.hasConverged }
    if pairs > 0 {
      notes.append(
        model.weights.count == 1
          ? "the likelihood of the correlations did not converge"
          : "the likelihood of the correlations of \(pairs) of \(assets.count) assets did not converge"
      )
    }
    return notes
  }
}
