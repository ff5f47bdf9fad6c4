// The encoder's portfolios of stocks: weights that add to one over the stocks of a month, and their returns.
//
// Definition, for features e_i and returns y_i: a_ij = softmax over i of (W e_i + b)_j, y_p(j) = sum_i a_ij y_i.
// Source: Duan et al. (2022), equations 5 and 6.

import FactorRuntime

final class StockPortfolios<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let map: LinearMap<Scalar>
  private let weights: Buffer
  private let width: Int
  let count: Int

  init(_ map: LinearMap<Scalar>, rows: Int) {
    (self.map, width, count) = (map, map.width, map.outputs)
    weights = AlignedMemory.zeros(rows * width)
  }

  deinit { AlignedMemory.free(weights) }

  func prepare() { map.prepare() }

  /// The portfolios' returns.
  func returns(
    rows: Int, _ features: UnsafePointer<Scalar>, stride: Int, _ y: UnsafePointer<Scalar>
  ) -> [Double] {
    map.forward(rows: rows, features, stride: stride, into: weights)
    Scalar.softmaxColumns(rows: rows, width: width, weights)
    var result = [Double](repeating: 0, count: count)
    for i in 0..<rows {
      for j in 0..<count { result[j] += Double(weights[i * width + j]) * Double(y[i]) }
    }
    return result
  }

  /// The weight of a stock in a portfolio, after `returns`.
  func weight(_ stock: Int, _ portfolio: Int) -> Scalar { weights[stock * width + portfolio] }

  /// Adds the gradients of the parameters and of the features, given those of the returns.
  func backward(
    rows: Int, _ features: UnsafePointer<Scalar>, stride: Int, _ y: UnsafePointer<Scalar>,
    returns: [Double], slopes: UnsafePointer<Double>, into target: Buffer, featureSlopes: Buffer
  ) {
    // The softmax's gradient in closed form: a_ij s_j (y_i - y_p(j)).
    for i in 0..<rows {
      let row = weights + i * width
      for j in 0..<count { row[j] *= Scalar(slopes[j] * (Double(y[i]) - returns[j])) }
      for j in count..<width { row[j] = 0 }
    }
    map.addGradient(rows: rows, features, stride: stride, weights, into: target)
    map.sendDown(rows: rows, weights, into: featureSlopes, accumulate: true)
  }
}
