// A prior over factors that switches between a calm and a stressed regime, unseen and filtered.
//
// Definition: with p the forecast probability of stress, m the calm mean (a VAR(1)) and d, e the
// shifts of mean and log variance under stress,
//   E f = m + p d,   Var f = (1 - p) v + p v exp(e) + p (1 - p) d^2,   v the calm variance,
// and after the month p is updated by Bayes' rule with the two normal densities of its factors.
// The mixture enters the bound by its first two moments, so every term stays closed.
// Reference: Hamilton (1989); Kim (1994) for the collapse to two moments.

import FactorRuntime

/// What is expected of the coming month's factors.
struct FactorPrior {
  var mean: Variable
  var logVariance: Variable
  /// What the update of the regime needs later; nil for priors without regimes.
  var regime: RegimeSwitch.Forecast?
}

struct RegimeSwitch {
  /// The probability of stress before anything is seen.
  static let startingStress = 0.3

  let shift: Int
  let spread: Int
  let stay: Int

  init(factors: Int, in block: ParameterBlock<Double>) {
    shift = block.add("prior.regime.shift", rows: factors, columns: 1)
    spread = block.add("prior.regime.spread", rows: factors, columns: 1)
    stay = block.add("prior.regime.stay", rows: 2, columns: 1)
  }

  /// Stress starts as the more volatile regime, both regimes as lasting.
  func initialize(_ block: ParameterBlock<Double>) {
    block.fill(spread) { _, _ in 1 }
    block.fill(stay) { row, _ in row == 0 ? 2.5 : 2 }
  }

  /// A month's regime forecast.
  struct Forecast {
    let stress: Variable
    let calmMean: Variable
    let calmLogVariance: Variable
  }

  /// The parameters on a tape.
  struct Bound {
    let shift: Variable
    let spread: Variable
    /// Log odds of staying calm, and of staying stressed.
    let stay: Variable

    func prior(calmMean: Variable, calmLogVariance: Variable, stress: Variable) -> FactorPrior {
      let stayCalm = stay.rows(from: 0, count: 1).sigmoid()
      let stayStressed = stay.rows(from: 1, count: 1).sigmoid()
      let p = (stress * stayStressed + (-stress + 1) * (-stayCalm + 1)).clamped(1e-6, 1 - 1e-6)
      let calm = calmLogVariance.clamped(-8, 4)
      let within = calm.exp() + (spread.exp() + -1).scaled(by: p) * calm.exp()
      let between = shift.square().scaled(by: p * (-p + 1))
      return FactorPrior(
        mean: calmMean + shift.scaled(by: p), logVariance: (within + between).log().clamped(-8, 6),
        regime: Forecast(stress: p, calmMean: calmMean, calmLogVariance: calm))
    }

    /// The probability of stress after the factors of the month are seen.
    func update(_ forecast: Forecast, _ seen: Variable) -> Variable {
      logOdds(forecast, seen).sigmoid()
    }

    /// -log of the two-regime mixture density of a month's factors, without the constant.
    func surprise(_ forecast: Forecast, _ seen: Variable) -> Variable {
      let gap = (seen - forecast.calmMean).square() * (-forecast.calmLogVariance).exp()
      let calm = (forecast.calmLogVariance + gap).sum() * 0.5
      return calm - (-forecast.stress + 1).log() - logOdds(forecast, seen).softplus()
    }

    private func logOdds(_ forecast: Forecast, _ seen: Variable) -> Variable {
      let calmGap = (seen - forecast.calmMean).square() * (-forecast.calmLogVariance).exp()
      let stressGap =
        (seen - forecast.calmMean - shift).square()
        * (-(forecast.calmLogVariance + spread)).exp()
      let evidence = ((calmGap - stressGap) - spread).sum() * 0.5
      let odds = forecast.stress.log() - (-forecast.stress + 1).log()
      return (odds + evidence).clamped(-30, 30)
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    Bound(
      shift: block.leaf(shift, on: tape), spread: block.leaf(spread, on: tape),
      stay: block.leaf(stay, on: tape))
  }
}
