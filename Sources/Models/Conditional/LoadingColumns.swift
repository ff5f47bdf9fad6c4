// What the columns of a loading network mean: loadings of one head or of several, and behind them a number that
// becomes the stock's own residual variance.

import FactorRuntime

/// The outputs of a loading network, from left to right.
struct LoadingColumns: Sendable, Equatable {
  var factors: Int
  /// Loadings at as many quantiles of the return; their average is what forecasts.
  var heads = 1
  /// Whether a last column makes a residual variance.
  var hasVariance = false

  var outputs: Int { heads * factors + (hasVariance ? 1 : 0) }
  /// Whether the outputs are loadings as they stand.
  var isPlain: Bool { heads == 1 && !hasVariance }
  /// The row length of what a head sees: loadings with one column more.
  var rowWidth: Int { Padding.padded(factors + 1) }
}

/// The residual variance of a stock from the number its network gives: 0.001 + log(1 + e^x).
///
/// The floor, in standardised units, keeps a stock that is fitted well from taking the whole objective.
enum StockVariance {
  static let floor = 1e-3

  static func value(_ x: Double) -> Double {
    floor + max(x, 0) + Elementary.log1p(Elementary.exp(-abs(x)))
  }

  /// The derivative by x.
  static func slope(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  /// The x whose variance is one standardised unit, where training starts.
  static let start = Elementary.log(Elementary.expm1(1 - floor))
}
