// Tail probabilities of the normal, Student's, Fisher's and the chi-squared law.
//
// Definition: the regularised incomplete beta function by its continued fraction, the incomplete gamma function by
// series or continued fraction. Missing values: NaN in gives NaN out. Degrees of freedom: those of the law.
// References: Lentz's evaluation of continued fractions; Abramowitz and Stegun, 26.5.8 and 6.5;
// Loader (2000) for densities without cancellation.

/// Probabilities beyond a statistic.
public enum TailProbability {
  /// Of |Z| beyond z, Z standard normal.
  public static func normal(_ z: Double) -> Double {
    Elementary.erfc(abs(z) / 2.0.squareRoot())
  }

  /// Of |T| beyond t, T Student's with so many degrees of freedom.
  public static func student(_ t: Double, degrees: Double) -> Double {
    guard !t.isNaN, degrees > 0 else { return .nan }
    guard t.isFinite else { return 0 }
    let sum = degrees + t * t
    return IncompleteBeta.regularized(degrees / sum, t * t / sum, degrees / 2, 0.5)
  }

  /// Of F beyond f, F Fisher's with so many degrees of freedom.
  public static func fisher(_ f: Double, _ first: Double, _ second: Double) -> Double {
    guard !f.isNaN, first > 0, second > 0 else { return .nan }
    guard f > 0 else { return 1 }
    guard f.isFinite else { return 0 }
    let sum = second + first * f
    return IncompleteBeta.regularized(second / sum, first * f / sum, second / 2, first / 2)
  }

  /// Of X beyond x, X chi-squared with so many degrees of freedom.
  public static func chiSquared(_ x: Double, degrees: Double) -> Double {
    guard !x.isNaN, degrees > 0 else { return .nan }
    return x > 0 ? IncompleteGamma.upper(degrees / 2, x / 2) : 1
  }
}

enum IncompleteBeta {
  /// I_x(a, b), y = 1 - x.
  static func regularized(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard y > 0 else { return 1 }
    // The fraction converges quickly below the mean; above it the other tail does.
    guard x < (a + 1) / (a + b + 2) else { return 1 - regularized(y, x, b, a) }
    return Elementary.exp(logDensity(x, y, a, b)) / a * fraction(x, a, b)
  }

  /// log of x^a y^b / B(a, b) without the large terms of the gamma functions, which would cancel.
  private static func logDensity(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let distance = x * b - y * a
    let (u, v) = (distance / a, -distance / b)
    let deviance = a * (Elementary.log1p(u) - u) + b * (Elementary.log1p(v) - v)
    let scale = 0.5 * Elementary.log(a / (a + b) * b / (2 * .pi))
    return deviance + scale + Stirling.rest(a + b) - Stirling.rest(a) - Stirling.rest(b)
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var lentz = ContinuedFraction(first: 1)
    for m in 0..<10_000 {
      let m = Double(m)
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      lentz.add(odd, 1)
      let even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
      if lentz.add(even, 1) { break }
    }
    return 1 / lentz.value
  }
}

enum IncompleteGamma {
  /// Q(a, x).
  static func upper(_ a: Double, _ x: Double) -> Double {
    let u = (x - a) / a
    let front = Elementary.exp(
      a * (Elementary.log1p(u) - u) + 0.5 * Elementary.log(a / (2 * .pi)) - Stirling.rest(a))
    guard x < a + 1 else {
      var lentz = ContinuedFraction(first: x + 1 - a)
      for i in 1..<10_000 {
        let i = Double(i)
        if lentz.add(-i * (i - a), x + 2 * i + 1 - a) { break }
      }
      return front / lentz.value
    }
    var (term, sum) = (1 / a, 1 / a)
    for i in 1..<10_000 {
      term *= x / (a + Double(i))
      sum += term
      if term < sum * 1e-17 { break }
    }
    return max(0, 1 - front * sum)
  }
}

enum Stirling {
  /// What log Gamma(z) is above (z - 1/2) log z - z + log(2 pi) / 2; Abramowitz and Stegun, 6.1.41.
  static func rest(_ z: Double) -> Double {
    guard z >= 10 else {
      return Elementary.lgamma(z)
        - ((z - 0.5) * Elementary.log(z) - z + 0.5 * Elementary.log(2 * .pi))
    }
    let w = 1 / (z * z)
    let series = 1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188)))
    return series / z
  }
}

/// b0 + a1 / (b1 + a2 / (b2 + ...)), from the left.
private struct ContinuedFraction {
  private static let tiny = 1e-300
  private(set) var value: Double
  private var c: Double
  private var d = 0.0

  init(first: Double) { (value, c) = (first == 0 ? Self.tiny : first, first) }

  /// Adds a part; tells whether it changed nothing any more.
  @discardableResult
  mutating func add(_ a: Double, _ b: Double) -> Bool {
    d = b + a * d
    if abs(d) < Self.tiny { d = Self.tiny }
    c = b + a / c
    if abs(c) < Self.tiny { c = Self.tiny }
    d = 1 / d
    value *= c * d
    return abs(c * d - 1) < 1e-16
  }
}
