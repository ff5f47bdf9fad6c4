// Bootstrap tests of instrumented principal components: does alpha depend on characteristics, does a
// characteristic matter for loadings?
//
// Definition: with residuals of managed portfolios d_t = Q_t - W_t G f_t, a draw has
//   Q_t = W_t G0 f_t + q_t d_s(t),   s(t) a month drawn with replacement, q_t ~ t_5 of variance one,
// where G0 is G with what the null denies set to zero; the whole model is estimated on it again. The
// statistic is the sum of squares of what the null denies: W_alpha = G_alpha'G_alpha, or W_beta of the
// row of one characteristic in the latent columns. The p-value is the share of draws above it.
// A draw whose equations have no solution is left out and counted.
// Missing values: none reach it. Degrees of freedom: none. Reference: Kelly, Pruitt and Su (2019),
// sections 2.4 and 2.5.

import FactorRuntime

/// A statistic beside its distribution under the null.
public struct BootstrapTest: Sendable, Equatable {
  public let statistic: Double
  /// The share of the draws whose statistic is larger.
  public let pValue: Double
  /// The statistics of the draws, in their order.
  public let draws: [Double]
  /// Draws that could not be estimated.
  public let failed: Int
  /// The months resampled.
  public let months: Range<Int>
}

/// Tests of a fitted `ipca` on the task it was fitted on.
public enum InstrumentTests {
  /// Tests that the intercept does not depend on characteristics, W_alpha = 0.
  public static func alpha(
    of model: any FittedModel, on task: FactorTask, draws: Int = 1000, seed: UInt64 = 1,
    budget: Budget = Budget()
  ) throws -> BootstrapTest {
    let test = try Estimation(model, task, seed: seed, budget: budget)
    guard test.model.intercept else {
      throw ModelError.incompatible(
        first: "alpha", second: "intercept: false",
        reason: "without an intercept there is nothing to test; fit with intercept: true")
    }
    let width = test.model.width(task)
    let column = (test.model.columns - 1) * width
    return try test.run(draws, entries: Array(column..<(column + width)))
  }

  /// Tests that loadings do not depend on one characteristic, W_beta = 0.
  public static func characteristic(
    _ name: String, of model: any FittedModel, on task: FactorTask, draws: Int = 1000,
    seed: UInt64 = 1, budget: Budget = Budget()
  ) throws -> BootstrapTest {
    guard let row = task.characteristicNames.firstIndex(of: name) else {
      throw PanelError.noSuchColumn(name: name, available: task.characteristicNames)
    }
    let test = try Estimation(model, task, seed: seed, budget: budget)
    return try test.run(
      draws, entries: (0..<test.model.latent).map { $0 * test.model.width(task) + row })
  }

  /// A model estimated anew on its sample, and on draws.
  private struct Estimation: Sendable {
    let model: IPCA
    private let task: FactorTask
    private let months: Range<Int>
    private let context: FitContext
    private let fit: InstrumentedFit
    private let moments: MonthlyMoments
    private let observed: [[Double]]

    init(_ fitted: any FittedModel, _ task: FactorTask, seed: UInt64, budget: Budget) throws {
      guard let linear = fitted as? FittedLinear, linear.summary.model == "ipca",
        case .characteristics(let gamma) = linear.structure.loadings
      else {
        throw ModelError.incompatible(
          first: "test", second: fitted.summary.model, reason: "the test is one of `ipca`")
      }
      let structure = linear.structure
      func setting(_ name: String) -> String? {
        linear.summary.settings.first { $0.name == name }?.value
      }
      model = IPCA(
        latent: structure.latent, intercept: structure.hasIntercept,
        constant: setting("constant") != "false", observed: structure.observed,
        sample: EstimationSample(rawValue: setting("sample") ?? "") ?? .train,
        normalisation: .loadings,
        schedule: AlternatingSchedule())
      (self.task, context) = (task, FitContext(seed: seed, budget: budget))
      months = try LinearSample(task, model.sample, factors: model.latent, context).months
      let panel = try model.panel(task, months, budget)
      // A few rounds put factors and loadings into one normalisation.
      let estimate = try InstrumentedEstimate(
        panel, model.schedule, start: model.columnwise(gamma, task), context)
      fit = InstrumentedFit(
        gamma: estimate.fit.gamma, factors: panel.factors(estimate.fit.gamma).factors)
      (moments, observed) = (panel.moments, panel.observed)
    }

    func run(_ draws: Int, entries: [Int]) throws -> BootstrapTest {
      @Sendable func statistic(_ gamma: [Double]) -> Double {
        entries.reduce(0) { $0 + gamma[$1] * gamma[$1] }
      }
      var null = fit.gamma
      for place in entries { null[place] = 0 }
      let (explained, kept) = (fitted(null), fitted(fit.gamma))
      let residuals = zip(moments.products, kept).map { $0 - $1 }
      let found = try Ensemble.map(members: draws, budget: context.budget) {
        [null] draw -> Double? in
        try context.budget.check()
        let drawn = moments.replacing(products: sample(explained, residuals, draw))
        let panel = InstrumentedPanel(drawn, latent: model.latent, observed: observed)
        do {
          let quiet = FitContext(seed: context.seed, budget: context.budget)
          let again = try InstrumentedEstimate(panel, model.schedule, start: null, quiet)
          return statistic(again.fit.gamma)
        } catch ModelError.notIdentified { return nil }
      }
      let values = found.compactMap { $0 }
      let measured = statistic(fit.gamma)
      let above = Double(values.count { $0 > measured })
      return BootstrapTest(
        statistic: measured, pValue: values.isEmpty ? .nan : above / Double(values.count),
        draws: values, failed: draws - values.count, months: months)
    }

    // W_t G f_t, months x width, column after column.
    private func fitted(_ gamma: [Double]) -> [Double] {
      let (width, count) = (moments.width, moments.months)
      var result = [Double](repeating: 0, count: width * count)
      for t in 0..<count {
        let mean = (0..<width).map { a in
          (0..<model.columns).reduce(0) { $0 + gamma[$1 * width + a] * fit.factors[$1 * count + t] }
        }
        var pair = 0
        for a in 0..<width {
          for b in a..<width {
            let w = moments.grams[pair * count + t]
            result[a * count + t] += w * mean[b]
            if a != b { result[b * count + t] += w * mean[a] }
            pair += 1
          }
        }
      }
      return result
    }

    private func sample(
      _ explained: [Double], _ residuals: [Double], _ draw: Int
    ) -> [Double] {
      let (width, count) = (moments.width, moments.months)
      var stream = RandomStream(
        seed: context.seed, purpose: .bootstrap, stream: UInt32(truncatingIfNeeded: draw))
      var result = explained
      for t in 0..<count {
        // t_5 has variance 5/3.
        let size = stream.studentT(degrees: 5) * (3.0 / 5).squareRoot()
        let from = stream.below(count)
        for a in 0..<width { result[a * count + t] += size * residuals[a * count + from] }
      }
      return result
    }
  }
}
