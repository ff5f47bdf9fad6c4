// Analytic gradients against central differences in Float64.

/// The comparison of a gradient with finite differences.
public enum GradientCheck {
  /// The step of the differences: their error is then near 1e-10 of the function's curvature.
  public static let step = 1e-5
  /// The largest relative error allowed.
  public static let tolerance = 1e-6

  /// Gives the largest relative error over the coordinates.
  ///
  /// An entry is compared relative to the larger of its two values, or to a hundredth of the
  /// gradient's largest entry where it is smaller: below that, differences only show rounding.
  public static func worstError(
    analytic: [Double], differences: [Double]
  ) -> (error: Double, at: Int) {
    let floor = max(1e-4, 0.01 * analytic.reduce(0) { max($0, abs($1)) })
    var worst = (error: 0.0, at: 0)
    for (i, (a, d)) in zip(analytic, differences).enumerated() {
      let error = abs(a - d) / max(abs(a), abs(d), floor)
      if !(error <= worst.error) { worst = (error, i) }
    }
    return worst
  }

  /// Gives the central difference of a function along one coordinate that the caller can move.
  public static func difference(
    _ coordinate: UnsafeMutablePointer<Double>, _ function: () -> Double
  ) -> Double {
    let start = coordinate.pointee
    coordinate.pointee = start + step
    let above = function()
    coordinate.pointee = start - step
    let below = function()
    coordinate.pointee = start
    return (above - below) / (2 * step)
  }
}
