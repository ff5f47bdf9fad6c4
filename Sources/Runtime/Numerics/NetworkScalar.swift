// What a network's layers need of a number type.
//
// `Float` runs on the compiled kernels; `Double` runs on plain loops that state the definition. A
// layer is written once over this protocol, so its gradients are checked in Double against finite
// differences and its kernels in Float against the definition.

/// A number type that networks can be built from.
public protocol NetworkScalar: BinaryFloatingPoint, CellScalar, AttentionScalar, Sendable {
  /// Computes `c = a b`, plus `c` if `accumulate`, plus `bias`, then `max(0, c)` if `relu`.
  static func product(
    _ shape: ProductShape<Self>, bias: UnsafePointer<Self>?, relu: Bool, accumulate: Bool)

  /// Adds the sum of each column of a tile to `sums`.
  static func columnSums(_ tile: RowTile<Self>, adding sums: UnsafeMutablePointer<Double>)

  /// Merges each column's mean and centred squares into those of the `seen` rows before.
  static func moments(
    _ tile: RowTile<Self>, seen: Int, mean: UnsafeMutablePointer<Double>,
    square: UnsafeMutablePointer<Double>)

  /// Writes `y = max(0, scale x + shift)`.
  static func affineReLU(
    _ tile: RowTile<Self>, _ by: Normalization<Self>, into y: UnsafeMutablePointer<Self>)

  /// Masks `dy` by the sign of `scale x + shift` in place, and adds the sums of `dy` and of `dy` times the
  /// standardised `x` by column.
  static func affineReLUBackward(
    _ tile: RowTile<Self>, _ by: Normalization<Self>, _ dy: UnsafeMutablePointer<Self>,
    sum: UnsafeMutablePointer<Double>, sumNormalized: UnsafeMutablePointer<Double>)

  /// Turns `dy` into `a dy + b x + c`, by column.
  static func normalizeBackward(
    _ tile: RowTile<Self>, a: UnsafePointer<Self>, b: UnsafePointer<Self>, c: UnsafePointer<Self>,
    _ dy: UnsafeMutablePointer<Self>)

  /// Masks `dy` by `y > 0` in place.
  static func reluBackward(
    count: Int, _ dy: UnsafeMutablePointer<Self>, output y: UnsafePointer<Self>)

  /// Adds `strength * sign(weight)` to the gradient.
  static func addL1(
    count: Int, weight: UnsafePointer<Self>, strength: UnsafePointer<Self>,
    gradient: UnsafeMutablePointer<Self>)

  /// Applies one Adam update.
  static func adam(_ step: AdamStep<Self>)

  /// Adds `x` to `y`.
  static func add(count: Int, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)

  /// Sums over rows of loadings b with their return y behind them, with e = y - b'm and s = residual + b^2'v:
  /// of e^2 / s, of log s, of (1 / s - (e / s)^2) / 2; then for every factor of b e / s, and of b^2 times the
  /// third. There are at most `Padding.factors` of them.
  static func priorLikelihood(
    _ tile: RowTile<Self>, factors: Int, mean: UnsafePointer<Double>,
    variance: UnsafePointer<Double>, residual: Double, into sums: UnsafeMutablePointer<Double>)

  /// Gives the sum of squares.
  static func sumOfSquares(count: Int, _ x: UnsafePointer<Self>) -> Double
}

/// Some rows of a row-major matrix whose rows are `width` long.
public struct RowTile<Scalar> {
  public var rows: Int
  public var width: Int
  public var x: UnsafePointer<Scalar>

  /// Describes a tile.
  public init(rows: Int, width: Int, _ x: UnsafePointer<Scalar>) {
    (self.rows, self.width, self.x) = (rows, width, x)
  }
}

/// The operands of one matrix product: `c[m x n] = a[m x k] b[k x n]`, `a` read through two strides.
public struct ProductShape<Scalar> {
  /// Rows of the result.
  public var m: Int
  /// Columns of the result that are written; a multiple of eight.
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
    precondition(n % Padding.half == 0)
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.rowStride, self.columnStride) = (a, rowStride, columnStride)
    (self.b, self.ldb, self.c, self.ldc) = (b, ldb, c, ldc)
  }
}

/// A batch normalisation by column: statistics, and the affine map they and the parameters make.
public struct Normalization<Scalar> {
  public var mean: UnsafePointer<Scalar>
  /// 1 / standard deviation.
  public var inverse: UnsafePointer<Scalar>
  /// gain / standard deviation, and what is added after it.
  public var scale: UnsafePointer<Scalar>
  public var shift: UnsafePointer<Scalar>

  /// Creates the operands of a normalisation.
  public init(
    mean: UnsafePointer<Scalar>, inverse: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>,
    shift: UnsafePointer<Scalar>
  ) {
    (self.mean, self.inverse, self.scale, self.shift) = (mean, inverse, scale, shift)
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
  /// The decay of both moments.
  public var decay1: Double
  public var decay2: Double

  public static var beta1: Double { 0.9 }
  public static var beta2: Double { 0.999 }
  public static var epsilon: Double { 1e-8 }

  /// Creates the operands of one update.
  public init(
    count: Int, weight: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>,
    first: UnsafeMutablePointer<Scalar>, second: UnsafeMutablePointer<Scalar>, scale: Double,
    rate: Double, correction1: Double, correction2: Double, decay1: Double = beta1,
    decay2: Double = beta2
  ) {
    (self.count, self.weight, self.gradient) = (count, weight, gradient)
    (self.first, self.second, self.scale, self.rate) = (first, second, scale, rate)
    (self.correction1, self.correction2) = (correction1, correction2)
    (self.decay1, self.decay2) = (decay1, decay2)
  }
}

/// Column padding of every matrix a kernel writes.
public enum Padding {
  /// Output widths are multiples of this; padding columns hold zeros.
  public static let lanes = 16

  /// The most factors whose likelihood is summed.
  public static let factors = 32

  /// A product may leave the second half of the lanes of a narrow result unwritten.
  public static let half = 8

  /// Rounds a width up to what a product writes at least.
  public static func halfPadded(_ width: Int) -> Int { (width + half - 1) / half * half }

  /// Rounds a width up to whole lanes.
  public static func padded(_ width: Int) -> Int { (width + lanes - 1) / lanes * lanes }
}
