// Loadings from moving variances and correlations, as a filter with what was estimated in the training periods.
//
// Variances and correlations begin at their means in the first period of any task, so a filter has no state.

import FactorRuntime

struct CorrelationFilter: LoadingFilter {
  let model: DynamicCorrelations
  let assets: [String]

  var hasConstant: Bool { false }
  func assets(of task: FactorTask) -> [String] { assets }

  func track(
    _ sample: SeriesSample, _ moments: TrainingMoments, _ budget: Budget
  ) throws -> LoadingTrack {
    let filtered = try model.filtered(sample.panel, budget: budget)
    let count = moments.mean.count
    var track = LoadingTrack(sample, factors: count)
    track.take(filtered.loadings)
    let means = model.factorVariances.estimates.map(\.mean)
    for cell in filtered.variances.indices {
      let first = cell * (count + 1)
      let own = model.assetVariances.estimates[cell % sample.panel.series].mean
      // The mean of the asset is the fit where all factors are at theirs.
      track.loadings[first] = (0..<count).reduce(own) {
        $0 - track.loadings[first + 1 + $1] * means[$1]
      }
      // An asset that never moves still has a variance.
      track.variances[cell] = max(filtered.variances[cell], 1e-12)
      track.residuals[cell] = max(filtered.residuals[cell], 1e-12)
    }
    return track
  }

  static func bytes(_ periods: Int, _ series: Int, _ factors: Int) -> Int {
    8 * periods * series * (6 * factors + 12)
  }

  func bytes(periods: Int, series: Int, factors: Int) -> Int {
    Self.bytes(periods, series, factors)
  }
}

// MARK: In a container

extension CorrelationFilter {
  func encode(into container: inout Container) {
    container.add("dcc.assets", PackedText.packed(assets))
    container.add("dcc.factor_variances", Self.numbers(model.factorVariances))
    container.add("dcc.asset_variances", Self.numbers(model.assetVariances))
    container.add("dcc.weights", model.weights.flatMap { [$0.shock, $0.memory] })
    container.add("dcc.means", model.means)
  }

  private static func numbers(_ variances: GARCH) -> [Double] {
    variances.estimates.flatMap { [$0.mean, $0.variance, $0.shock, $0.memory] }
  }

  /// Reads what `encode` wrote.
  init(_ container: Container, factors: Int) throws {
    let names = try container.assets("dcc.assets")
    func variances(_ name: String, _ count: Int) throws -> GARCH {
      let numbers = try container.doubles(name, count: 4 * count)
      return GARCH(
        (0..<count).map { i in
          GARCH.Estimate(
            mean: numbers[4 * i], variance: numbers[4 * i + 1], shock: numbers[4 * i + 2],
            memory: numbers[4 * i + 3])
        })
    }
    let weights = try container.doubles("dcc.weights")
    guard !names.isEmpty, weights.count == 2 || weights.count == 2 * names.count else {
      throw ContainerError.malformed(
        section: "dcc.weights", reason: "there is one pair, or one for each asset")
    }
    let triangle = (factors + 1) * (factors + 2) / 2
    assets = names
    model = DynamicCorrelations(
      factorVariances: try variances("dcc.factor_variances", factors),
      assetVariances: try variances("dcc.asset_variances", names.count),
      weights: stride(from: 0, to: weights.count, by: 2).map {
        .init(shock: weights[$0], memory: weights[$0 + 1], hasConverged: true)
      }, means: try container.doubles("dcc.means", count: names.count * triangle))
  }
}
