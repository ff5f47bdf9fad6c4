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
    rows: Int, width: Int, _ x: UnsafePointer<Double>, into sums: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      sums[j] = 0
      for i in 0..<rows { sums[j] += x[i * width + j] }
    }
  }

  public static func columnMoments(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, mean: UnsafeMutablePointer<Double>,
    variance: UnsafeMutablePointer<Double>
  ) {
    columnSums(rows: rows, width: width, x, into: mean)
    for j in 0..<width {
      mean[j] /= Double(rows)
      variance[j] = 0
      for i in 0..<rows {
        let d = x[i * width + j] - mean[j]
        variance[j] += d * d
      }
      variance[j] /= Double(rows)
    }
  }

  public static func normalizeReLU(
    rows: Int, width: Int, _ x: UnsafeMutablePointer<Double>, _ by: Normalization<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rows {
      for j in 0..<width {
        let at = i * width + j
        x[at] = (x[at] - by.mean[j]) * by.inverse[j]
        y[at] = max(0, by.gain[j] * x[at] + by.offset[j])
      }
    }
  }

  public static func normalizeReLUSums(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Double>, output y: UnsafePointer<Double>,
    normalized: UnsafePointer<Double>, sum: UnsafeMutablePointer<Double>,
    sumNormalized: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      (sum[j], sumNormalized[j]) = (0, 0)
      for i in 0..<rows {
        let at = i * width + j
        dy[at] = y[at] > 0 ? dy[at] : 0
        sum[j] += dy[at]
        sumNormalized[j] += dy[at] * normalized[at]
      }
    }
  }

  public static func normalizeBackward(
    rows: Int, width: Int, _ dy: UnsafeMutablePointer<Double>, normalized: UnsafePointer<Double>,
    scale: UnsafePointer<Double>, mean: UnsafePointer<Double>, meanNormalized: UnsafePointer<Double>
  ) {
    for i in 0..<rows {
      for j in 0..<width {
        let at = i * width + j
        dy[at] = scale[j] * (dy[at] - mean[j] - normalized[at] * meanNormalized[j])
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
    let (beta1, beta2) = (AdamStep<Double>.beta1, AdamStep<Double>.beta2)
    for i in 0..<s.count {
      let g = s.gradient[i] * s.scale
      s.first[i] = beta1 * s.first[i] + (1 - beta1) * g
      s.second[i] = beta2 * s.second[i] + (1 - beta2) * g * g
      let root = (s.second[i] * s.correction2).squareRoot()
      s.weight[i] -= s.rate * s.first[i] * s.correction1 / (root + AdamStep<Double>.epsilon)
    }
  }

  public static func sumOfSquares(count: Int, _ x: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += x[i] * x[i] }
    return sum
  }
}
