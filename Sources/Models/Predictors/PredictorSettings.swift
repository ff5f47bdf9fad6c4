// The settings that forecasting models share, each declared once.

import FactorRuntime

enum PredictorSettings {
  static let seeds = Hyperparameter(
    "seeds", default: 5, in: 1...100, "ensemble members, averaged at r-hat")
  static let factors = Hyperparameter(
    "k", default: 0, in: 0...20,
    "units before the forecast, taken for loadings of that many factors afterwards; 0 for no factors"
  )
  static let months = Hyperparameter(
    "months", default: 12, in: 1...64, "months that a forecast looks back on")
  static let clipValue = Hyperparameter(
    "clip_value", default: 3.0, in: 1e-6...1e6, "largest size of one entry of a step's gradient")

  /// What a reader of a factorised forecast must know.
  static func notes(factors: Int) -> [String] {
    factors > 0 ? ["k: the factors were fitted after the network"] : []
  }
}
