// Shares over columns, GELU, layer normalisation, nearest codes and attention: what a number type must offer, and
// the definition in Float64.
//
// Sources: Vaswani et al. (2017); Ba, Kiros and Hinton (2016); Duan et al. (2022), equations 8 and 14; van
// den Oord, Vinyals and Kavukcuoglu (2017).

/// Queries, keys and values of one head over sequences of equal length; rows are `stride` apart.
public struct AttentionShape: Sendable {
  public var sequences: Int
  /// Rows of a sequence; at most `longest`.
  public var steps: Int
  /// Columns of the head.
  public var size: Int
  public var stride: Int
  public var scale: Double

  /// The longest sequence; also the row length of the weights.
  public static let longest = 64

  /// Describes the attention of one head.
  public init(sequences: Int, steps: Int, size: Int, stride: Int, scale: Double) {
    precondition(steps <= Self.longest)
    (self.sequences, self.steps, self.size) = (sequences, steps, size)
    (self.stride, self.scale) = (stride, scale)
  }
}

/// The maps of attention networks.
public protocol AttentionScalar {
  /// y += w x, row by row.
  static func addScaledRows(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, by w: UnsafePointer<Self>,
    to y: UnsafeMutablePointer<Self>)
  /// out = x . y, row by row.
  static func rowDots(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>)
  /// x becomes softmax(x), by column.
  static func softmaxColumns(rows: Int, width: Int, _ x: UnsafeMutablePointer<Self>)
  static func softmaxColumnsBackward(
    rows: Int, width: Int, y: UnsafePointer<Self>, _ dy: UnsafeMutablePointer<Self>)
  /// y = max(0, x) / sum, by column; equal shares where no entry is positive. `totals` keeps the sums.
  static func reluShares(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>,
    totals: UnsafeMutablePointer<Self>)
  static func reluSharesBackward(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, y: UnsafePointer<Self>,
    totals: UnsafePointer<Self>, _ dy: UnsafeMutablePointer<Self>)
  /// y = x P(x), P the standard normal distribution, and x becomes the slope of y; for whole rows (Hendrycks and
  /// Gimpel 2016).
  static func gelu(count: Int, _ x: UnsafeMutablePointer<Self>, into y: UnsafeMutablePointer<Self>)
  /// y *= x, for whole rows.
  static func multiply(count: Int, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>)
  /// Normalises the first `size` columns of each row; padding columns become zero.
  static func layerNorm(
    _ tile: RowTile<Self>, size: Int, gain: UnsafePointer<Self>, offset: UnsafePointer<Self>,
    epsilon: Double, normalized: UnsafeMutablePointer<Self>, inverse: UnsafeMutablePointer<Self>,
    into y: UnsafeMutablePointer<Self>)
  /// `normalized` is the tile; gradients of gain and offset are added up.
  static func layerNormBackward(
    _ normalized: RowTile<Self>, size: Int, inverse: UnsafePointer<Self>,
    gain: UnsafePointer<Self>, _ dy: UnsafeMutablePointer<Self>,
    gainGradient: UnsafeMutablePointer<Double>, offsetGradient: UnsafeMutablePointer<Double>)
  /// The first code with the least distance, from scores x . code and squares |code|^2.
  static func nearest(
    scores: RowTile<Self>, codes: Int, squares: UnsafePointer<Self>,
    into found: UnsafeMutablePointer<Int32>)
  /// Softmax attention within each sequence; weights have `AttentionShape.longest` columns.
  static func attention(
    _ shape: AttentionShape, q: UnsafePointer<Self>, k: UnsafePointer<Self>,
    v: UnsafePointer<Self>, weights: UnsafeMutablePointer<Self>,
    into out: UnsafeMutablePointer<Self>)
  static func attentionBackward(
    _ shape: AttentionShape, q: UnsafePointer<Self>, k: UnsafePointer<Self>,
    v: UnsafePointer<Self>, weights: UnsafePointer<Self>, outGradient: UnsafePointer<Self>,
    dq: UnsafeMutablePointer<Self>, dk: UnsafeMutablePointer<Self>, dv: UnsafeMutablePointer<Self>)
}

extension Double: AttentionScalar {
  public static func addScaledRows(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, by w: UnsafePointer<Double>,
    to y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<(rows * width) { y[i] += w[i / width] * x[i] }
  }

  public static func rowDots(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rows {
      out[i] = (0..<width).reduce(0) { $0 + x[i * width + $1] * y[i * width + $1] }
    }
  }

  public static func softmaxColumns(rows: Int, width: Int, _ x: UnsafeMutablePointer<Double>) {
    for j in 0..<width {
      let top = (0..<rows).map { x[$0 * width + j] }.max() ?? 0
      var total = 0.0
      for i in 0..<rows {
        x[i * width + j] = Elementary.exp(x[i * width + j] - top)
        total += x[i * width + j]
      }
      for i in 0..<rows { x[i * width + j] /= total }
    }
  }

  public static func softmaxColumnsBackward(
    rows: Int, width: Int, y: UnsafePointer<Double>, _ dy: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      let inner = (0..<rows).reduce(0) { $0 + y[$1 * width + j] * dy[$1 * width + j] }
      for i in 0..<rows { dy[i * width + j] = y[i * width + j] * (dy[i * width + j] - inner) }
    }
  }

  public static func reluShares(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>,
    totals: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      totals[j] = (0..<rows).reduce(0) { $0 + Swift.max(0, x[$1 * width + j]) }
      for i in 0..<rows {
        y[i * width + j] =
          totals[j] > 0 ? Swift.max(0, x[i * width + j]) / totals[j] : 1 / Double(rows)
      }
    }
  }

  public static func reluSharesBackward(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    totals: UnsafePointer<Double>, _ dy: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      let inner = (0..<rows).reduce(0) { $0 + y[$1 * width + j] * dy[$1 * width + j] }
      for i in 0..<rows {
        let at = i * width + j
        dy[at] = totals[j] > 0 && x[at] > 0 ? (dy[at] - inner) / totals[j] : 0
      }
    }
  }

  public static func gelu(
    count: Int, _ x: UnsafeMutablePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count {
      let density = Elementary.exp(-0.5 * x[i] * x[i]) / (2 * Double.pi).squareRoot()
      let share = normalShare(x[i])
      y[i] = x[i] * share
      x[i] = share + x[i] * density
    }
  }

  public static func multiply(
    count: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] *= x[i] }
  }

  private static func normalShare(_ x: Double) -> Double {
    0.5 * (1 + Elementary.erf(x / 2.0.squareRoot()))
  }

  public static func layerNorm(
    _ tile: RowTile<Double>, size: Int, gain: UnsafePointer<Double>,
    offset: UnsafePointer<Double>, epsilon: Double, normalized: UnsafeMutablePointer<Double>,
    inverse: UnsafeMutablePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<tile.rows {
      let row = (0..<size).map { tile.x[i * tile.width + $0] }
      let mean = row.reduce(0, +) / Double(size)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      inverse[i] = 1 / (variance + epsilon).squareRoot()
      for j in 0..<tile.width {
        let at = i * tile.width + j
        normalized[at] = j < size ? (tile.x[at] - mean) * inverse[i] : 0
        y[at] = normalized[at] * gain[j] + offset[j]
      }
    }
  }

  public static func layerNormBackward(
    _ normalized: RowTile<Double>, size: Int, inverse: UnsafePointer<Double>,
    gain: UnsafePointer<Double>, _ dy: UnsafeMutablePointer<Double>,
    gainGradient: UnsafeMutablePointer<Double>, offsetGradient: UnsafeMutablePointer<Double>
  ) {
    let width = normalized.width
    for i in 0..<normalized.rows {
      let (n, d) = (normalized.x + i * width, dy + i * width)
      var (mean, slope) = (0.0, 0.0)
      for j in 0..<size {
        gainGradient[j] += d[j] * n[j]
        offsetGradient[j] += d[j]
        mean += d[j] * gain[j] / Double(size)
        slope += d[j] * gain[j] * n[j] / Double(size)
      }
      for j in 0..<width {
        d[j] = j < size ? (d[j] * gain[j] - mean - n[j] * slope) * inverse[i] : 0
      }
    }
  }

  public static func nearest(
    scores: RowTile<Double>, codes: Int, squares: UnsafePointer<Double>,
    into found: UnsafeMutablePointer<Int32>
  ) {
    for i in 0..<scores.rows {
      let distances = (0..<codes).map { squares[$0] - 2 * scores.x[i * scores.width + $0] }
      found[i] = Int32(distances.indices.min { distances[$0] < distances[$1] } ?? 0)
    }
  }

  public static func attention(
    _ s: AttentionShape, q: UnsafePointer<Double>, k: UnsafePointer<Double>,
    v: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<(s.sequences * s.steps) {
      let first = row / s.steps * s.steps
      let scores = (0..<s.steps).map { t in
        (0..<s.size).reduce(0) { $0 + q[row * s.stride + $1] * k[(first + t) * s.stride + $1] }
          * s.scale
      }
      let top = scores.max() ?? 0
      let powers = scores.map { Elementary.exp($0 - top) }
      let total = powers.reduce(0, +)
      for j in 0..<s.size { out[row * s.stride + j] = 0 }
      for t in 0..<s.steps {
        weights[row * AttentionShape.longest + t] = powers[t] / total
        for j in 0..<s.size {
          out[row * s.stride + j] += powers[t] / total * v[(first + t) * s.stride + j]
        }
      }
    }
  }

  public static func attentionBackward(
    _ s: AttentionShape, q: UnsafePointer<Double>, k: UnsafePointer<Double>,
    v: UnsafePointer<Double>, weights: UnsafePointer<Double>, outGradient: UnsafePointer<Double>,
    dq: UnsafeMutablePointer<Double>, dk: UnsafeMutablePointer<Double>,
    dv: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<(s.sequences * s.steps) {
      for j in 0..<s.size {
        (dq[row * s.stride + j], dk[row * s.stride + j], dv[row * s.stride + j]) = (0, 0, 0)
      }
    }
    for row in 0..<(s.sequences * s.steps) {
      let first = row / s.steps * s.steps
      let (w, d) = (weights + row * AttentionShape.longest, outGradient + row * s.stride)
      let slopes = (0..<s.steps).map { t in
        (0..<s.size).reduce(0) { $0 + d[$1] * v[(first + t) * s.stride + $1] }
      }
      let inner = (0..<s.steps).reduce(0) { $0 + w[$1] * slopes[$1] }
      for t in 0..<s.steps {
        let (g, other) = (w[t] * (slopes[t] - inner) * s.scale, (first + t) * s.stride)
        for j in 0..<s.size {
          dv[other + j] += w[t] * d[j]
          dq[row * s.stride + j] += g * k[other + j]
          dk[other + j] += g * q[row * s.stride + j]
        }
      }
    }
  }
}
