// What a network's layers need of a number type.
//
// `Float` runs on the compiled kernels; `Double` runs on plain loops that state the definition. A
// layer is written once over this protocol, so its gradients are checked in Double against finite
// differences and its kernels in Float against the definition.

/// A number type that networks can be built from.
public protocol NetworkScalar: BinaryFloatingPoint, Sendable {
  /// Computes `c = a b`, plus `c` if `accumulate`, plus `bias`, then `max(0, c)` if `relu`.
  static func product(
    _ shape: ProductShape<Self>, bias: UnsafePointer<Self>?, relu: Bool, accumulate: Bool)

  /// Sums each column of a row-major matrix.
  static func columnSums(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, into sums: UnsafeMutablePointer<Double>)

  /// Gives each column's mean and second central moment, divided by `rows`.
  static func columnMoments(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, mean: UnsafeMutablePointer<Double>,
    variance: UnsafeMutablePointer<Double>)

  /// Standardises `x` in place and writes `y = max(0, gain x + offset)`.
  static func normalizeReLU(
    rows: Int, width: Int, _ x: UnsafeMutablePointer<Self>, _ by: Normalization<Self>,
    into y: UnsafeMutablePointer<Self>)

  /// Masks `dy` by `y > 0` in place and sums `dy` and `dy * normalized` by column.
  static func normalizeReLUSums(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Self>, output y: UnsafePointer<Self>,
    normalized: UnsafePointer<Self>, sum: UnsafeMutablePointer<Double>,
    sumNormalized: UnsafeMutablePointer<Double>)

  /// Turns `dy` into the gradient before normalisation, in place.
  static func normalizeBackward(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Self>, normalized: UnsafePointer<Self>,
    scale: UnsafePointer<Self>, mean: UnsafePointer<Self>, meanNormalized: UnsafePointer<Self>)

  /// Masks `dy` by `y > 0` in place.
  static func reluBackward(
    count: Int, _ dy: UnsafeMutablePointer<Self>, output y: UnsafePointer<Self>)

  /// Adds `strength * sign(weight)` to the gradient.
  static func addL1(
    count: Int, weight: UnsafePointer<Self>, strength: UnsafePointer<Self>,
    gradient: UnsafeMutablePointer<Self>)

  /// Applies one Adam update.
  static func adam(_ step: AdamStep<Self>)

  /// Gives the sum of squares.
  static func sumOfSquares(count: Int, _ x: UnsafePointer<Self>) -> Double
}

/// The operands of one matrix product: `c[m x n] = a[m x k] b[k x n]`, `a` read through two strides.
public struct ProductShape<Scalar> {
  /// Rows of the result.
  public var m: Int
  /// Columns of the result; a multiple of `Padding.lanes`.
  public var n: Int
  /// Length of the reduction.
  public var k: Int
  /// Left operand and its strides.
  public var a: UnsafePointer<Scalar>
  public var rowStride: Int
  public var columnStride: Int
  /// Right operand, row-major.
  public var b: UnsafePointer<Scalar>
  public var ldb: Int
  /// Result, row-major.
  public var c: UnsafeMutablePointer<Scalar>
  public var ldc: Int

  /// Creates the description of a product.
  public init(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    b: UnsafePointer<Scalar>, ldb: Int, c: UnsafeMutablePointer<Scalar>, ldc: Int
  ) {
    precondition(n % Padding.lanes == 0)
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.rowStride, self.columnStride) = (a, rowStride, columnStride)
    (self.b, self.ldb, self.c, self.ldc) = (b, ldb, c, ldc)
  }
}

/// Column statistics and affine parameters of one normalisation.
public struct Normalization<Scalar> {
  public var mean: UnsafePointer<Scalar>
  public var inverse: UnsafePointer<Scalar>
  public var gain: UnsafePointer<Scalar>
  public var offset: UnsafePointer<Scalar>

  /// Creates the operands of a normalisation.
  public init(
    mean: UnsafePointer<Scalar>, inverse: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>,
    offset: UnsafePointer<Scalar>
  ) {
    (self.mean, self.inverse, self.gain, self.offset) = (mean, inverse, gain, offset)
  }
}

/// The operands of one Adam update (Kingma and Ba 2015, Algorithm 1).
public struct AdamStep<Scalar> {
  public var count: Int
  public var weight: UnsafeMutablePointer<Scalar>
  public var gradient: UnsafePointer<Scalar>
  public var first: UnsafeMutablePointer<Scalar>
  public var second: UnsafeMutablePointer<Scalar>
  /// Multiplies the gradient first (global-norm clipping).
  public var scale: Double
  public var rate: Double
  /// `1 / (1 - beta^t)` for the first and second moment.
  public var correction1: Double
  public var correction2: Double

  public static var beta1: Double { 0.9 }
  public static var beta2: Double { 0.999 }
  public static var epsilon: Double { 1e-8 }

  /// Creates the operands of one update.
  public init(
    count: Int, weight: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>,
    first: UnsafeMutablePointer<Scalar>, second: UnsafeMutablePointer<Scalar>, scale: Double,
    rate: Double, correction1: Double, correction2: Double
  ) {
    (self.count, self.weight, self.gradient) = (count, weight, gradient)
    (self.first, self.second, self.scale, self.rate) = (first, second, scale, rate)
    (self.correction1, self.correction2) = (correction1, correction2)
  }
}

/// Column padding of every matrix a kernel writes.
public enum Padding {
  /// Output widths are multiples of this; padding columns hold zeros.
  public static let lanes = 16

  /// Rounds a width up to whole lanes.
  public static func padded(_ width: Int) -> Int { (width + lanes - 1) / lanes * lanes }
}
