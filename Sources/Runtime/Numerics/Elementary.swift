// The only door to libm, so that scalar results agree wherever they are computed.
//
// Definition: the C library's functions, unchanged. Missing values: NaN in gives NaN out.
// Degrees of freedom: none. Reference: ISO C, annex F.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Scalar elementary functions.
public enum Elementary {
  /// The exponential function.
  @inline(__always) public static func exp(_ x: Double) -> Double { scalarExp(x) }
  /// The exponential function less one, accurate near zero.
  @inline(__always) public static func expm1(_ x: Double) -> Double { scalarExpm1(x) }
  /// The natural logarithm.
  @inline(__always) public static func log(_ x: Double) -> Double { scalarLog(x) }
  /// The natural logarithm of one plus `x`, accurate near zero.
  @inline(__always) public static func log1p(_ x: Double) -> Double { scalarLog1p(x) }
  /// The sine of an angle in radians.
  @inline(__always) public static func sin(_ x: Double) -> Double { scalarSin(x) }
  /// The cosine of an angle in radians.
  @inline(__always) public static func cos(_ x: Double) -> Double { scalarCos(x) }
  /// The hyperbolic tangent.
  @inline(__always) public static func tanh(_ x: Double) -> Double { scalarTanh(x) }
  /// The square root, correctly rounded.
  @inline(__always) public static func sqrt(_ x: Double) -> Double { x.squareRoot() }
  /// `x` raised to the power `y`.
  @inline(__always) public static func pow(_ x: Double, _ y: Double) -> Double { scalarPow(x, y) }
  /// The error function.
  @inline(__always) public static func erf(_ x: Double) -> Double { scalarErf(x) }
  /// One less the error function, accurate in the upper tail.
  @inline(__always) public static func erfc(_ x: Double) -> Double { scalarErfc(x) }
  /// The logarithm of the absolute value of the gamma function.
  @inline(__always) public static func lgamma(_ x: Double) -> Double { scalarLgamma(x) }
}

// Free functions, because inside the enum its own names would shadow the C library's.
private func scalarExp(_ x: Double) -> Double { exp(x) }
private func scalarExpm1(_ x: Double) -> Double { expm1(x) }
private func scalarLog(_ x: Double) -> Double { log(x) }
private func scalarLog1p(_ x: Double) -> Double { log1p(x) }
private func scalarSin(_ x: Double) -> Double { sin(x) }
private func scalarCos(_ x: Double) -> Double { cos(x) }
private func scalarTanh(_ x: Double) -> Double { tanh(x) }
private func scalarPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func scalarErf(_ x: Double) -> Double { erf(x) }
private func scalarErfc(_ x: Double) -> Double { erfc(x) }
private func scalarLgamma(_ x: Double) -> Double { lgamma(x) }
