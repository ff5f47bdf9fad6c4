// The mean and covariance of the factors seen so far, for forecasts that know no more than that.
//
// Definition: mean = sum f / n; covariance = (sum ff' - n mean mean') / (n - 1), zero before the
// second month. Missing values: none. Reference: Gu, Kelly and Xiu (2021), equation 21.

struct RunningFactors: Sendable {
  private var sum: [Double]
  /// Sums of products, row by row.
  private var products: [Double]
  private var seen = 0.0

  init(count: Int) {
    sum = [Double](repeating: 0, count: count)
    products = [Double](repeating: 0, count: count * count)
  }

  /// Adds the factors of a month.
  mutating func add(_ factors: [Double]) {
    let count = sum.count
    for k in 0..<count {
      sum[k] += factors[k]
      for j in 0..<count { products[k * count + j] += factors[k] * factors[j] }
    }
    seen += 1
  }

  /// The mean; zero before the first month.
  var mean: [Double] { seen > 0 ? sum.map { $0 / seen } : sum }

  /// The covariance, row by row.
  var covariance: [Double] {
    let (count, mean) = (sum.count, mean)
    guard seen > 1 else { return [Double](repeating: 0, count: count * count) }
    return products.indices.map { place in
      (products[place] - seen * mean[place / count] * mean[place % count]) / (seen - 1)
    }
  }

  /// The variance of a combination of the factors.
  static func variance(of loadings: [Double], _ covariance: [Double]) -> Double {
    let count = loadings.count
    var sum = 0.0
    for k in 0..<count {
      for j in 0..<count { sum += loadings[k] * covariance[k * count + j] * loadings[j] }
    }
    return max(0, sum)
  }
}
