// What a fitted autoencoder of cross-sections is judged by: errors in two units, dependence of its latents.

import FactorRuntime

/// Figures of one member, those on the training periods first where there are two.
struct DisentangledFigures: Sendable, Equatable {
  /// Mean squared errors of standardised returns, then of returns as they are.
  var errors: (train: Double, valid: Double, rawTrain: Double, rawValid: Double)
  /// Of the latents' means in closed form.
  var normal: (train: Double, valid: Double)
  /// As the judge sees it in training, and the share it tells right, in the best epoch.
  var judged: (total: Double, accuracy: Double)
  /// Latents whose mean varies by more than 0.01 over the training periods.
  var active: Double

  static let activeVariance = 0.01

  init(
    _ path: DisentangledPath, _ matrix: [[Double]], train: Range<Int>, valid: Range<Int>,
    _ deviations: [Double], _ report: TrainingReport
  ) {
    func error(_ periods: Range<Int>, _ scale: [Double]?) -> Double {
      path.squaredError(periods, of: matrix, scale: scale)
    }
    errors = (
      error(train, nil), error(valid, nil), error(train, deviations), error(valid, deviations)
    )
    normal = (
      TotalCorrelation.normal(Array(path.means[train])),
      TotalCorrelation.normal(Array(path.means[valid]))
    )
    let best = max(0, report.bestEpoch - 1)
    func metric(_ name: String) -> Double {
      guard let values = report.metrics[name], values.indices.contains(best) else { return .nan }
      return values[best]
    }
    judged = (metric("total_correlation"), metric("judge_accuracy"))
    active = Double(path.spread(train).filter { $0 > Self.activeVariance }.count)
  }

  init(_ values: [Double]) throws {
    guard values.count == 9 else {
      throw ContainerError.malformed(section: "figures", reason: "nine are needed")
    }
    errors = (values[0], values[1], values[2], values[3])
    (normal, judged, active) = ((values[4], values[5]), (values[6], values[7]), values[8])
  }

  var values: [Double] {
    [errors.train, errors.valid, errors.rawTrain, errors.rawValid, normal.train, normal.valid]
      + [judged.total, judged.accuracy, active]
  }

  static func == (a: DisentangledFigures, b: DisentangledFigures) -> Bool {
    a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }

  /// What to say of some members, as means over them.
  static func notes(_ all: [DisentangledFigures], factors: Int) -> [String] {
    guard !all.isEmpty else { return [] }
    func mean(_ number: Int) -> String {
      let sum = all.reduce(0) { $0 + $1.values[number] }
      return NumberFormat.significant(sum / Double(all.count), digits: 3)
    }
    return [
      "nothing is forecast: a fit describes the returns of its own period, and the `mean` forecast is each "
        + "asset's mean return so far",
      "mean squared error \(mean(0)) in training and \(mean(1)) in validation, standardised; \(mean(2)) and "
        + "\(mean(3)) in returns",
      "total correlation \(mean(6)) by the judge, which tells \(mean(7)) right; of latents taken as normal "
        + "\(mean(4)) in training and \(mean(5)) in validation; \(mean(8)) of \(factors) latents are active",
    ]
  }
}
