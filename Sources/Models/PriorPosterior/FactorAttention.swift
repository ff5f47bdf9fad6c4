// The predictor's attention over the stocks of a month, one head for each factor.
//
// Definition: key_i = W e_i, a_i = max(0, cos(q, key_i)) / sum over i of it, equal shares where no cosine is
// positive; the head reads sum_i a_i (V e_i) = V (sum_i a_i e_i), so only the mean of features is taken here.
// Source: Duan et al. (2022), equations 12 to 15.

import FactorRuntime

final class FactorAttention<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let heads: Int
  private let map: LinearMap<Scalar>
  private let query: Int
  private unowned let parameters: ParameterBlock<Scalar>
  /// The row length of features, and of keys of one head.
  private let width: Int
  /// The row length of one number for each head.
  private let columns: Int
  private let keys: Buffer
  private let lengths: Buffer
  private let cosines: Buffer
  private let shares: Buffer
  private let slopes: Buffer
  private let totals: Buffer
  private let means: Buffer
  private let meanSlopes: Buffer
  private let meanTransposed: Buffer

  /// `map` gives the keys of all heads side by side, `query` is a tensor of a row for each head.
  init(
    heads: Int, _ map: LinearMap<Scalar>, query: Int, in parameters: ParameterBlock<Scalar>,
    rows: Int
  ) {
    (self.heads, self.map, self.query, self.parameters) = (heads, map, query, parameters)
    width = Padding.padded(map.inputs)
    columns = Padding.padded(heads)
    keys = AlignedMemory.zeros(rows * map.width)
    (lengths, cosines) = (
      AlignedMemory.zeros(rows * columns), AlignedMemory.zeros(rows * columns)
    )
    (shares, slopes) = (AlignedMemory.zeros(rows * columns), AlignedMemory.zeros(rows * columns))
    totals = AlignedMemory.zeros(columns)
    (means, meanSlopes) = (AlignedMemory.zeros(heads * width), AlignedMemory.zeros(heads * width))
    meanTransposed = AlignedMemory.zeros(width * columns)
  }

  deinit {
    for buffer in [
      keys, lengths, cosines, shares, slopes, totals, means, meanSlopes, meanTransposed,
    ] { AlignedMemory.free(buffer) }
  }

  func prepare() { map.prepare() }

  private func queryLength(_ head: Int) -> Scalar {
    let q = parameters.weights(query) + head * width
    var sum: Scalar = 0
    for j in 0..<width { sum += q[j] * q[j] }
    return sum.squareRoot()
  }

  /// The weighted mean of features of each head, heads x features.
  func means(rows: Int, _ features: UnsafePointer<Scalar>) -> [Double] {
    map.forward(rows: rows, features, stride: width, into: keys)
    for head in 0..<heads {
      let (q, length) = (parameters.weights(query) + head * width, queryLength(head))
      for i in 0..<rows {
        let key = keys + i * map.width + head * width
        var (dot, square): (Scalar, Scalar) = (0, 0)
        for j in 0..<width {
          dot += q[j] * key[j]
          square += key[j] * key[j]
        }
        let size = square.squareRoot()
        lengths[i * columns + head] = size
        cosines[i * columns + head] = size > 0 && length > 0 ? dot / (size * length) : 0
      }
    }
    Scalar.reluShares(rows: rows, width: columns, cosines, into: shares, totals: totals)
    Scalar.product(
      ProductShape(
        m: heads, n: width, k: rows, a: shares, rowStride: 1, columnStride: columns, b: features,
        ldb: width, c: means, ldc: width),
      bias: nil, relu: false, accumulate: false)
    return (0..<heads).flatMap { head in
      (0..<map.inputs).map { Double(means[head * width + $0]) }
    }
  }

  /// The share of a stock in a head, after `means`.
  func share(_ stock: Int, _ head: Int) -> Scalar { shares[stock * columns + head] }

  /// Adds the gradients of the parameters and of the features, given those of the means.
  func backward(
    rows: Int, _ features: UnsafePointer<Scalar>, slopes given: UnsafePointer<Double>,
    into target: Buffer, featureSlopes: Buffer
  ) {
    for head in 0..<heads {
      for j in 0..<map.inputs {
        let slope = Scalar(given[head * map.inputs + j])
        meanSlopes[head * width + j] = slope
        meanTransposed[j * columns + head] = slope
      }
    }
    Scalar.product(
      ProductShape(
        m: rows, n: width, k: heads, a: shares, rowStride: columns, columnStride: 1,
        b: meanSlopes, ldb: width, c: featureSlopes, ldc: width),
      bias: nil, relu: false, accumulate: true)
    Scalar.product(
      ProductShape(
        m: rows, n: columns, k: map.inputs, a: features, rowStride: width, columnStride: 1,
        b: meanTransposed, ldb: columns, c: slopes, ldc: columns),
      bias: nil, relu: false, accumulate: false)
    Scalar.reluSharesBackward(
      rows: rows, width: columns, cosines, y: shares, totals: totals, slopes)
    for head in 0..<heads { keyBackward(rows: rows, head, into: target) }
    map.addGradient(rows: rows, features, stride: width, keys, into: target)
    map.sendDown(rows: rows, keys, into: featureSlopes, accumulate: true)
  }

  // Turns the keys of a head into their gradient: that of a cosine.
  private func keyBackward(rows: Int, _ head: Int, into target: Buffer) {
    let (q, length) = (parameters.weights(query) + head * width, queryLength(head))
    let dq = target + parameters.tensors[query].offset + head * width
    for i in 0..<rows {
      let (place, key) = (i * columns + head, keys + i * map.width + head * width)
      let (slope, cosine, size) = (slopes[place], cosines[place], lengths[place])
      guard slope != 0, size > 0, length > 0 else {
        key.update(repeating: 0, count: width)
        continue
      }
      let (both, own, asked) = (
        slope / (size * length), slope * cosine / (size * size), slope * cosine / (length * length)
      )
      for j in 0..<width {
        let value = key[j]
        key[j] = both * q[j] - own * value
        dq[j] += both * value - asked * q[j]
      }
    }
  }
}
