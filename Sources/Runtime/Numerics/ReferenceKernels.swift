// The definition of every kernel, as plain loops in Float64.
//
// Layers run on these in gradient checks; the compiled kernels are tested against them.

extension Double: NetworkScalar {
  public static func product(
    _ s: ProductShape<Double>, bias: UnsafePointer<Double>?, relu: Bool, accumulate: Bool
  ) {
    for i in 0..<s.m {
      for j in 0..<s.n {
        var sum = (accumulate ? s.c[i * s.ldc + j] : 0) + (bias?[j] ?? 0)
        for l in 0..<s.k {
          sum += s.a[i * s.rowStride + l * s.columnStride] * s.b[l * s.ldb + j]
        }
        s.c[i * s.ldc + j] = relu ? max(0, sum) : sum
      }
    }
  }

  public static func columnSums(
    _ tile: RowTile<Double>, adding sums: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<tile.rows {
      for j in 0..<tile.width { sums[j] += tile.x[i * tile.width + j] }
    }
  }

  public static func moments(
    _ tile: RowTile<Double>, seen: Int, mean: UnsafeMutablePointer<Double>,
    square: UnsafeMutablePointer<Double>
  ) {
    let (n, m) = (Double(tile.rows), Double(seen))
    for j in 0..<tile.width {
      let column = (0..<tile.rows).map { tile.x[$0 * tile.width + j] }
      let centre = column.reduce(0, +) / n
      let spread = column.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      let gap = seen > 0 ? centre - mean[j] : 0
      mean[j] = seen > 0 ? mean[j] + gap * n / (n + m) : centre
      square[j] = (seen > 0 ? square[j] : 0) + spread + gap * gap * n * m / (n + m)
    }
  }

  public static func affineReLU(
    _ tile: RowTile<Double>, _ by: Normalization<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<tile.rows {
      for j in 0..<tile.width {
        y[i * tile.width + j] = max(0, tile.x[i * tile.width + j] * by.scale[j] + by.shift[j])
      }
    }
  }

  public static func affineReLUBackward(
    _ tile: RowTile<Double>, _ by: Normalization<Double>, _ dy: UnsafeMutablePointer<Double>,
    sum: UnsafeMutablePointer<Double>, sumNormalized: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<tile.rows {
      for j in 0..<tile.width {
        let at = i * tile.width + j
        if tile.x[at] * by.scale[j] + by.shift[j] <= 0 { dy[at] = 0 }
        sum[j] += dy[at]
        sumNormalized[j] += dy[at] * (tile.x[at] - by.mean[j]) * by.inverse[j]
      }
    }
  }

  public static func normalizeBackward(
    _ tile: RowTile<Double>, a: UnsafePointer<Double>, b: UnsafePointer<Double>,
    c: UnsafePointer<Double>, _ dy: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<tile.rows {
      for j in 0..<tile.width {
        let at = i * tile.width + j
        dy[at] = a[j] * dy[at] + b[j] * tile.x[at] + c[j]
      }
    }
  }

  public static func reluBackward(
    count: Int, _ dy: UnsafeMutablePointer<Double>, output y: UnsafePointer<Double>
  ) {
    for i in 0..<count where y[i] <= 0 { dy[i] = 0 }
  }

  public static func addL1(
    count: Int, weight: UnsafePointer<Double>, strength: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count {
      let sign = (weight[i] > 0 ? 1.0 : 0) - (weight[i] < 0 ? 1.0 : 0)
      gradient[i] += strength[i] * sign
    }
  }

  public static func adam(_ s: AdamStep<Double>) {
    let (beta1, beta2) = (s.decay1, s.decay2)
    for i in 0..<s.count {
      let g = s.gradient[i] * s.scale
      s.first[i] = beta1 * s.first[i] + (1 - beta1) * g
      s.second[i] = beta2 * s.second[i] + (1 - beta2) * g * g
      let root = (s.second[i] * s.correction2).squareRoot()
      s.weight[i] -= s.rate * s.first[i] * s.correction1 / (root + AdamStep<Double>.epsilon)
    }
  }

  public static func add(
    count: Int, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] += x[i] }
  }

  public static func priorLikelihood(
    _ tile: RowTile<Double>, factors: Int, mean: UnsafePointer<Double>,
    variance: UnsafePointer<Double>, residual: Double, into sums: UnsafeMutablePointer<Double>
  ) {
    sums.update(repeating: 0, count: 3 + 2 * factors)
    for i in 0..<tile.rows {
      let b = tile.x + i * tile.width
      var (error, spread) = (b[factors], residual)
      for k in 0..<factors {
        error -= b[k] * mean[k]
        spread += b[k] * b[k] * variance[k]
      }
      let ratio = error / spread
      let slope = (1 / spread - ratio * ratio) / 2
      sums[0] += error * ratio
      sums[1] += Elementary.log(spread)
      sums[2] += slope
      for k in 0..<factors {
        sums[3 + k] += b[k] * ratio
        sums[3 + factors + k] += slope * b[k] * b[k]
      }
    }
  }

  public static func sumOfSquares(count: Int, _ x: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += x[i] * x[i] }
    return sum
  }
}
