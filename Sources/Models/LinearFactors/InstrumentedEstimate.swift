// Alternating least squares run to its end, with a report of every round.

import FactorRuntime

/// Where the rounds ended and how they went.
struct InstrumentedEstimate {
  let fit: InstrumentedFit
  /// Losses are shares of squared returns left unexplained by the months' own factors, one a round.
  let report: TrainingReport
  /// The change of the last round.
  let change: Double

  /// Runs the rounds; the budget is asked in each.
  init(
    _ panel: InstrumentedPanel, valid: InstrumentedPanel? = nil, _ schedule: AlternatingSchedule,
    start: [Double]? = nil, _ context: FitContext
  ) throws {
    let rounds = try AlternatingLeastSquares(panel, ridge: schedule.ridge, from: start)
    var report = TrainingReport()
    var change = Double.infinity
    while report.epochs < max(1, schedule.rounds), change > schedule.tolerance {
      try context.budget.check()
      let began = ContinuousClock.now
      let round = try Self.round(rounds)
      change = round.change
      let loss = try valid.map { try $0.share(of: rounds.fit.gamma) } ?? round.loss
      guard round.loss.isFinite, loss.isFinite else {
        throw ModelError.notFinite(epoch: report.epochs + 1)
      }
      report.trainingLoss.append(round.loss)
      report.validationLoss.append(loss)
      (report.bestEpoch, report.bestLoss) = (report.epochs, loss)
      report.metrics.append(
        [Metric("change", change)], seconds: (ContinuousClock.now - began) / .seconds(1))
      context.progress(
        FitProgress(
          member: 0, members: 1, epoch: report.epochs, epochs: schedule.rounds,
          trainingLoss: round.loss, validationLoss: loss, bestEpoch: report.epochs, bestLoss: loss))
    }
    (fit, self.report, self.change) = (rounds.fit, report, change)
  }

  private static func round(
    _ rounds: AlternatingLeastSquares
  ) throws -> (change: Double, loss: Double) {
    do { return try rounds.round() } catch LinearAlgebraError.notPositiveDefinite,
      LinearAlgebraError.notFinite
    {
      throw ModelError.notIdentified(
        model: "ipca", remedy: "drop characteristics that do not vary, or set a ridge:  ridge: 1e-6"
      )
    }
  }

  /// How it ended, in one sentence.
  func note(_ schedule: AlternatingSchedule) -> String {
    let shown = NumberFormat.significant(change, digits: 2)
    return change <= schedule.tolerance
      ? "converged after \(report.epochs) rounds"
      : "\(FitSummary.unconverged) after \(report.epochs) rounds: the last one moved a loading or factor by "
        + "\(shown), the tolerance is \(schedule.tolerance)"
  }
}

extension InstrumentedPanel {
  /// The share of squared returns that these loadings leave unexplained with the months' own factors.
  func share(of gamma: [Double]) throws -> Double {
    let rest = try factors(gamma).rest
    return total > 0 ? rest / total : 0
  }
}
