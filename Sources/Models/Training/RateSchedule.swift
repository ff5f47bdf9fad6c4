// Learning rates over the steps of a training, as shares of the highest rate.
//
// Definition, steps counted from 1, n of them for warming up and T in all:
//   warm-up: s / n while s < n, then 1
//   cosine:  the warm-up, then floor + (1 - floor) (1 + cos(pi (s - n - 1) / (T - n))) / 2, and the
//            floor after step T
// References: Goyal et al. (2017), section 2.2, for the warm-up; Loshchilov and Hutter (2017),
// equation 5, for the cosine, without restarts.

import FactorRuntime

/// How the rate moves.
public enum RateSchedule: Sendable, Equatable {
  case constant
  /// Rises linearly over the first steps and stays.
  case warmUp(steps: Int)
  /// Rises, then falls along half a cosine to a share of the highest rate.
  case cosine(warmUp: Int, steps: Int, floor: Double)

  /// The share of the highest rate at a step, the first being 1.
  public func share(step: Int) -> Double {
    switch self {
    case .constant: return 1
    case .warmUp(let steps): return step < steps ? Double(step) / Double(steps) : 1
    case .cosine(let rise, let steps, let floor):
      if step <= rise { return Double(step) / Double(rise) }
      guard step <= steps else { return floor }
      let angle = Double.pi * Double(step - rise - 1) / Double(steps - rise)
      return floor + (1 - floor) * (1 + Elementary.cos(angle)) / 2
    }
  }
}
