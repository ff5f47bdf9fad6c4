// The settings that forecasting models share, each declared once.

import FactorRuntime

enum PredictorSettings {
  static let seeds = Hyperparameter(
    "seeds", default: 5, in: 1...100, "ensemble members, averaged at r-hat")
  static let factorize = Hyperparameter(
    "factorize", default: 0, in: 0...20,
    "units before the forecast that are taken for loadings of that many factors; 0 for no factors")
  static let l1 = Hyperparameter(
    "l1", default: 1e-5, in: 0...1, "strength of the L1 penalty on weights")
}
