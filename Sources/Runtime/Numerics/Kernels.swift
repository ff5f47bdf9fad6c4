// The only door to the compiled kernels; chooses the instruction level once.

import CKernels

/// The compiled float kernels of one instruction level.
public struct Kernels: @unchecked Sendable {
  // The table is constant data of the program, so sharing the pointer is safe.
  private let table: UnsafePointer<fq_kernel_table>

  /// The level this process uses: the best the machine runs, or the one named by `FQ_ISA`.
  public static let chosen = Kernels(table: fq_kernels_chosen())

  /// The kernels of a named level ("v4", "v3", "baseline"), or nil where the machine lacks it.
  public static func named(_ level: String) -> Kernels? {
    fq_kernels(level).map(Kernels.init(table:))
  }

  /// The level's name.
  public var name: String { String(cString: table.pointee.name) }

  /// Computes one matrix product.
  public func product(
    _ s: ProductShape<Float>, bias: UnsafePointer<Float>?, relu: Bool, accumulate: Bool
  ) {
    table.pointee.product(
      Int64(s.m), Int64(s.n), Int64(s.k), s.a, Int64(s.rowStride), Int64(s.columnStride), s.b,
      Int64(s.ldb), s.c, Int64(s.ldc), bias, relu ? 1 : 0, accumulate ? 1 : 0)
  }

  /// An elementwise function of the kernel set.
  public enum Function: CaseIterable, Sendable { case exp, tanh, sigmoid, softplus }

  /// Applies an elementwise function; `x` and `out` may be the same buffer.
  public func apply(
    _ function: Function, count: Int, _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
  ) {
    switch function {
    case .exp: table.pointee.exp(Int64(count), x, out)
    case .tanh: table.pointee.tanh(Int64(count), x, out)
    case .sigmoid: table.pointee.sigmoid(Int64(count), x, out)
    case .softplus: table.pointee.softplus(Int64(count), x, out)
    }
  }

  /// Computes one operation of a column expression on blocks; the result is a block of its own.
  func compute(
    _ operation: Int32, count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    _ c: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    table.pointee.expression(operation, Int64(count), a, b, c, out)
  }

  /// Counts the values that are NaN.
  func missing(_ count: Int, _ x: UnsafePointer<Double>) -> Int {
    Int(table.pointee.missing(Int64(count), x))
  }

  /// Adds the upper triangle of Z'Z with a constant column to `gram`, in doubles.
  func gram(
    rows: Int, count: Int, width: Int, _ z: UnsafePointer<Float>,
    into gram: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
  ) {
    table.pointee.gram(Int64(rows), Int64(count), Int64(width), z, gram, scratch)
  }

  /// Adds Z'v to `count + 1` sums, the constant's last.
  func weightedSums(
    rows: Int, count: Int, _ z: UnsafePointer<Float>, _ v: UnsafePointer<Double>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    table.pointee.weighted_sums(Int64(rows), Int64(count), z, v, sums)
  }

  /// Runs independent multiply-adds; gives the number of float operations done.
  public func probePeak(rounds: Int) -> Double {
    var sink: Float = 0
    return table.pointee.peak_probe(Int64(rounds), &sink)
  }

  fileprivate var raw: fq_kernel_table { table.pointee }
}

extension Float: NetworkScalar {
  public static func product(
    _ shape: ProductShape<Float>, bias: UnsafePointer<Float>?, relu: Bool, accumulate: Bool
  ) {
    Kernels.chosen.product(shape, bias: bias, relu: relu, accumulate: accumulate)
  }

  public static func columnSums(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.column_sums(Int64(rows), Int64(width), x, sums)
  }

  public static func columnMoments(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, mean: UnsafeMutablePointer<Double>,
    variance: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.column_moments(Int64(rows), Int64(width), x, mean, variance)
  }

  public static func normalizeReLU(
    rows: Int, width: Int, _ x: UnsafeMutablePointer<Float>, _ by: Normalization<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.normalize_relu(
      Int64(rows), Int64(width), x, by.mean, by.inverse, by.gain, by.offset, y)
  }

  public static func normalizeReLUSums(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Float>, output y: UnsafePointer<Float>,
    normalized: UnsafePointer<Float>, sum: UnsafeMutablePointer<Double>,
    sumNormalized: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.normalize_relu_sums(
      Int64(rows), Int64(width), dy, y, normalized, sum, sumNormalized)
  }

  public static func normalizeBackward(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Float>, normalized: UnsafePointer<Float>,
    scale: UnsafePointer<Float>, mean: UnsafePointer<Float>, meanNormalized: UnsafePointer<Float>
  ) {
    Kernels.chosen.raw.normalize_backward(
      Int64(rows), Int64(width), dy, normalized, scale, mean, meanNormalized)
  }

  public static func reluBackward(
    count: Int, _ dy: UnsafeMutablePointer<Float>, output y: UnsafePointer<Float>
  ) {
    Kernels.chosen.raw.relu_backward(Int64(count), dy, y)
  }

  public static func addL1(
    count: Int, weight: UnsafePointer<Float>, strength: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.add_l1(Int64(count), weight, strength, gradient)
  }

  public static func adam(_ step: AdamStep<Float>) {
    Kernels.chosen.raw.adam(
      Int64(step.count), step.weight, step.gradient, step.first, step.second, Float(step.scale),
      Float(step.rate), Float(AdamStep<Float>.beta1), Float(AdamStep<Float>.beta2),
      Float(step.correction1), Float(step.correction2), Float(AdamStep<Float>.epsilon))
  }

  public static func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
    Kernels.chosen.raw.sum_of_squares(Int64(count), x)
  }
}

extension ColumnProgram.Operation {
  /// The kernel that computes it; nil where a function of Swift does.
  var kernel: Int32? {
    let number: Int
    switch self {
    case .add: number = FQ_ADD
    case .subtract: number = FQ_SUBTRACT
    case .multiply: number = FQ_MULTIPLY
    case .divide: number = FQ_DIVIDE
    case .negate: number = FQ_NEGATE
    case .equal: number = FQ_EQUAL
    case .notEqual: number = FQ_NOT_EQUAL
    case .less: number = FQ_LESS
    case .lessEqual: number = FQ_LESS_EQUAL
    case .greater: number = FQ_GREATER
    case .greaterEqual: number = FQ_GREATER_EQUAL
    case .and: number = FQ_AND
    case .or: number = FQ_OR
    case .not: number = FQ_NOT
    case .isMissing: number = FQ_IS_MISSING
    case .isPresent: number = FQ_IS_PRESENT
    case .coalesce: number = FQ_COALESCE
    case .choose: number = FQ_CHOOSE
    case .power, .map: return nil
    }
    return Int32(number)
  }
}
