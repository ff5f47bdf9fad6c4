// 1,750 days of 100 stocks on three factors and a constant: rolling regressions, Kalman's filter, DCC-GARCH.

import FactorRuntime

enum FilterWorkloads {
  private static let (days, stocks, factors) = (1750, 100, 3)

  private static func panel(constant: Bool) -> SeriesPanel {
    var stream = RandomStream(seed: 7, purpose: .example)
    var (values, regressors): ([Double], [Double]) = ([], [])
    for _ in 0..<days {
      let f = (0..<factors).map { _ in 0.01 * stream.normal() }
      regressors += (constant ? [1] : []) + f
      values += (0..<stocks).map { _ in f[0] + 0.3 * f[1] - 0.2 * f[2] + 0.014 * stream.normal() }
    }
    return SeriesPanel(
      values, series: stocks, regressors: regressors, count: factors + (constant ? 1 : 0))
  }

  /// Estimates on every `step`th day from the 750 days before it.
  static func rolling(step: Int, _ settings: BenchSettings) -> Measurement {
    let panel = panel(constant: true)
    let rolling = RollingLoadings(window: 750, step: step, least: 250)
    let seconds = settings.time(50) {
      _ = try? rolling.estimates(panel, budget: Budget(threads: settings.threads))
    }
    return Measurement(rows: days * stocks, seconds: seconds)
  }

  /// One pass of the filter over all days, with the likelihood of every stock.
  static func walking(_ settings: BenchSettings) -> Measurement {
    let panel = panel(constant: true)
    let start = WalkingLoadings.Estimate(
      begin: 0, loadings: [0, 1, 0, 0], variances: [1e-6, 0.04, 0.2, 0.2], residual: 2e-4,
      walk: [0, 1e-5, 1e-4, 1e-4])
    let starts = [WalkingLoadings.Estimate](repeating: start, count: stocks)
    let seconds = settings.time(50) {
      _ = try? WalkingLoadings().logLikelihoods(
        panel, starts, budget: Budget(threads: settings.threads))
    }
    return Measurement(rows: days * stocks, seconds: seconds)
  }

  /// Both steps of the estimation: variances of every series, and correlations of every stock with the factors.
  static func correlations(_ settings: BenchSettings) -> Measurement {
    let panel = panel(constant: false)
    let seconds = settings.time(5) {
      _ = try? DynamicCorrelations(
        panel, before: days, sharesWeights: false, budget: Budget(threads: settings.threads))
    }
    return Measurement(rows: days * stocks, seconds: seconds)
  }
}
