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
  public enum Function: CaseIterable, Sendable { case exp, tanh, sigmoid, softplus, erf }

  /// Applies an elementwise function; `x` and `out` may be the same buffer.
  public func apply(
    _ function: Function, count: Int, _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
  ) {
    switch function {
    case .exp: table.pointee.exp(Int64(count), x, out)
    case .tanh: table.pointee.tanh(Int64(count), x, out)
    case .sigmoid: table.pointee.sigmoid(Int64(count), x, out)
    case .softplus: table.pointee.softplus(Int64(count), x, out)
    case .erf: table.pointee.erf(Int64(count), x, out)
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

  /// Multiplies a large matrix, row after row, with rows of `width` numbers.
  func tallProduct(
    rows: Int, inner: Int, width: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>
  ) {
    table.pointee.tall_product(Int64(rows), Int64(inner), Int64(width), a, Int64(inner), b, c)
  }

  /// Multiplies the transpose of a large matrix, kept row after row, with rows of `width` numbers.
  func tallTransposed(
    inner: Int, columns: Int, width: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>
  ) {
    table.pointee.tall_transposed(
      Int64(inner), Int64(columns), Int64(width), a, Int64(columns), b, c)
  }

  /// The number of series that a filter over time takes side by side.
  var lanes: Int { Int(table.pointee.lanes) }
  /// The most regressors of a filter over time.
  static let mostRegressors = Int(FQ_STATES)

  /// Coefficients over windows, for one block of lanes; see `RollingLoadings`.
  func rollingLoadings(
    _ s: LaneSeries, window: Int, step: Int, least: Int,
    into solutions: UnsafeMutablePointer<Double>
  ) {
    table.pointee.rolling_loadings(
      Int64(s.regressorCount), Int64(s.periods), Int64(window), Int64(step), Double(least),
      s.regressors, Int64(s.stride), s.values, solutions)
  }

  /// Filters loadings that walk, for one block of lanes; see `WalkingLoadings`.
  func walkingLoadings(_ s: LaneSeries, _ walk: WalkLanes) {
    table.pointee.walking_loadings(
      Int64(s.regressorCount), Int64(s.periods), walk.begin, walk.counted, s.regressors,
      Int64(s.stride), s.values, walk.walk, walk.residual, walk.state, walk.covariance, walk.sums,
      walk.path, walk.spreads)
  }

  /// Filters the variances of one block of lanes; see `GARCH`.
  func garch(_ s: LaneSeries, _ lanes: VarianceLanes) {
    table.pointee.garch(
      Int64(s.periods), Int64(s.stride), s.values, lanes.constant, lanes.shock, lanes.memory,
      lanes.start, lanes.sums, lanes.variances)
  }

  /// Filters the correlations of the regressors with one block of lanes; see `DynamicCorrelations`.
  func correlations(_ s: LaneSeries, _ lanes: CorrelationLanes) {
    table.pointee.correlations(
      Int64(s.regressorCount + 1), Int64(s.periods), s.regressors, Int64(s.stride), s.values,
      lanes.mean, lanes.shock, lanes.memory, CorrelationLanes.ridge, lanes.sums, lanes.slopes,
      lanes.path)
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
    _ tile: RowTile<Float>, adding sums: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.column_sums(Int64(tile.rows), Int64(tile.width), tile.x, sums)
  }

  public static func moments(
    _ tile: RowTile<Float>, seen: Int, mean: UnsafeMutablePointer<Double>,
    square: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.moments(
      Int64(tile.rows), Int64(tile.width), tile.x, Int64(seen), mean, square)
  }

  public static func affineReLU(
    _ tile: RowTile<Float>, _ by: Normalization<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.affine_relu(
      Int64(tile.rows), Int64(tile.width), tile.x, by.scale, by.shift, y)
  }

  public static func affineReLUBackward(
    _ tile: RowTile<Float>, _ by: Normalization<Float>, _ dy: UnsafeMutablePointer<Float>,
    sum: UnsafeMutablePointer<Double>, sumNormalized: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.affine_relu_backward(
      Int64(tile.rows), Int64(tile.width), tile.x, by.scale, by.shift, by.mean, by.inverse, dy, sum,
      sumNormalized)
  }

  public static func normalizeBackward(
    _ tile: RowTile<Float>, a: UnsafePointer<Float>, b: UnsafePointer<Float>,
    c: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.normalize_backward(Int64(tile.rows), Int64(tile.width), tile.x, a, b, c, dy)
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
      Float(step.rate), Float(step.decay1), Float(step.decay2),
      Float(step.correction1), Float(step.correction2), Float(AdamStep<Float>.epsilon))
  }

  public static func add(
    count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.add(Int64(count), x, y)
  }

  public static func priorLikelihood(
    _ tile: RowTile<Float>, factors: Int, mean: UnsafePointer<Double>,
    variance: UnsafePointer<Double>, residual: Double, into sums: UnsafeMutablePointer<Double>
  ) {
    precondition(factors <= Padding.factors)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Padding.factors) { narrow in
      guard let m = narrow.baseAddress else { return }
      let v = m + Padding.factors
      for k in 0..<factors { (m[k], v[k]) = (Float(mean[k]), Float(variance[k])) }
      Kernels.chosen.raw.prior_likelihood(
        Int64(tile.rows), Int64(tile.width), Int64(factors), tile.x, m, v, Float(residual), sums)
    }
  }

  public static func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
    Kernels.chosen.raw.sum_of_squares(Int64(count), x)
  }
}

extension Float: CellScalar {
  public static func gather(
    rows: Int, width: Int, table: UnsafePointer<Float>, from: UnsafePointer<Int32>,
    into out: UnsafeMutablePointer<Float>, stride: Int
  ) { Kernels.chosen.raw.gather(Int64(rows), Int64(width), table, from, out, Int64(stride)) }

  public static func scatterAdd(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, stride: Int, to: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.scatter_add(Int64(rows), Int64(width), x, Int64(stride), to, table) }

  public static func lstmForward(
    _ g: GateRows<Float>, memory: UnsafePointer<Float>, from: UnsafePointer<Int32>,
    c: UnsafeMutablePointer<Float>, h: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.lstm_forward(Int64(g.rows), Int64(g.width), g.gates, memory, from, c, h) }

  public static func lstmBackward(
    _ g: GateRows<Float>, memory: UnsafePointer<Float>, from: UnsafePointer<Int32>,
    c: UnsafePointer<Float>, dh: UnsafePointer<Float>, dc: UnsafePointer<Float>,
    memoryGradient: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.lstm_backward(
      Int64(g.rows), Int64(g.width), g.gates, memory, from, c, dh, dc, memoryGradient)
  }

  public static func gruAfterForward(
    _ g: GateRows<Float>, before: UnsafePointer<Float>, h: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.gru_after_forward(Int64(g.rows), Int64(g.width), g.gates, before, h) }

  public static func gruAfterBackward(
    _ g: GateRows<Float>, before: UnsafePointer<Float>, dh: UnsafePointer<Float>,
    into beforeGradient: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.gru_after_backward(
      Int64(g.rows), Int64(g.width), g.gates, before, dh, beforeGradient)
  }

  public static func gruBeforeGates(_ g: GateRows<Float>, before: UnsafePointer<Float>) {
    Kernels.chosen.raw.gru_before_gates(Int64(g.rows), Int64(g.width), g.gates, before)
  }

  public static func gruBeforeForward(
    _ g: GateRows<Float>, before: UnsafePointer<Float>, h: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.gru_before_forward(Int64(g.rows), Int64(g.width), g.gates, before, h) }

  public static func gruBeforeBackward(
    _ g: GateRows<Float>, before: UnsafePointer<Float>, dh: UnsafePointer<Float>,
    into beforeGradient: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.gru_before_backward(
      Int64(g.rows), Int64(g.width), g.gates, before, dh, beforeGradient)
  }

  public static func gruBeforeReset(
    _ g: GateRows<Float>, before: UnsafePointer<Float>, dq: UnsafePointer<Float>,
    adding beforeGradient: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.gru_before_reset(
      Int64(g.rows), Int64(g.width), g.gates, before, dq, beforeGradient)
  }

  public static func tanhForward(
    count: Int, _ x: UnsafePointer<Float>, h: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.tanh_forward(Int64(count), x, h) }

  public static func leaky(count: Int, slope: Double, _ x: UnsafeMutablePointer<Float>) {
    Kernels.chosen.raw.leaky(Int64(count), Float(slope), x)
  }

  public static func leakyBackward(
    count: Int, slope: Double, y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.leaky_backward(Int64(count), Float(slope), y, dy) }

  public static func tanhBackward(
    count: Int, h: UnsafePointer<Float>, _ dh: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.tanh_backward(Int64(count), h, dh) }
}

extension Float: AttentionScalar {
  public static func addScaledRows(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, by w: UnsafePointer<Float>,
    to y: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.add_scaled_rows(Int64(rows), Int64(width), x, w, y) }

  public static func rowDots(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.row_dots(Int64(rows), Int64(width), x, y, out) }

  public static func softmaxColumns(rows: Int, width: Int, _ x: UnsafeMutablePointer<Float>) {
    Kernels.chosen.raw.softmax_columns(Int64(rows), Int64(width), x)
  }

  public static func softmaxColumnsBackward(
    rows: Int, width: Int, y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.softmax_columns_backward(Int64(rows), Int64(width), y, dy) }

  public static func reluShares(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    totals: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.relu_shares(Int64(rows), Int64(width), x, y, totals) }

  public static func reluSharesBackward(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    totals: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.relu_shares_backward(Int64(rows), Int64(width), x, y, totals, dy) }

  public static func layerNorm(
    _ tile: RowTile<Float>, size: Int, gain: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    epsilon: Double, normalized: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.layer_norm(
      Int64(tile.rows), Int64(tile.width), Int64(size), tile.x, gain, offset, Float(epsilon),
      normalized, inverse, y)
  }

  public static func layerNormBackward(
    _ n: RowTile<Float>, size: Int, inverse: UnsafePointer<Float>, gain: UnsafePointer<Float>,
    _ dy: UnsafeMutablePointer<Float>, gainGradient: UnsafeMutablePointer<Double>,
    offsetGradient: UnsafeMutablePointer<Double>
  ) {
    Kernels.chosen.raw.layer_norm_backward(
      Int64(n.rows), Int64(n.width), Int64(size), n.x, inverse, gain, dy, gainGradient,
      offsetGradient)
  }

  public static func gelu(
    count: Int, _ x: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.gelu(Int64(count), x, y) }

  public static func multiply(
    count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) { Kernels.chosen.raw.multiply_by(Int64(count), x, y) }

  public static func nearest(
    scores: RowTile<Float>, codes: Int, squares: UnsafePointer<Float>,
    into found: UnsafeMutablePointer<Int32>
  ) {
    Kernels.chosen.raw.nearest(
      Int64(scores.rows), Int64(scores.width), Int64(codes), scores.x, squares, found)
  }

  public static func attention(
    _ s: AttentionShape, q: UnsafePointer<Float>, k: UnsafePointer<Float>,
    v: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.attention(
      Int64(s.sequences), Int64(s.steps), Int64(s.size), Int64(s.stride), Float(s.scale), q, k, v,
      weights, out)
  }

  public static func attentionBackward(
    _ s: AttentionShape, q: UnsafePointer<Float>, k: UnsafePointer<Float>,
    v: UnsafePointer<Float>, weights: UnsafePointer<Float>, outGradient: UnsafePointer<Float>,
    dq: UnsafeMutablePointer<Float>, dk: UnsafeMutablePointer<Float>,
    dv: UnsafeMutablePointer<Float>
  ) {
    Kernels.chosen.raw.attention_backward(
      Int64(s.sequences), Int64(s.steps), Int64(s.size), Int64(s.stride), Float(s.scale), q, k, v,
      weights, outGradient, dq, dk, dv)
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
