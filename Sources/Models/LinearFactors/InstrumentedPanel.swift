// A panel as instrumented factor models see it: cross products by month and observed factors.
//
// Columns of the loadings map G, (P + 1) x C column after column: K latent factors, then observed
// ones (an intercept is an observed factor that is always one). With pairs of columns (k, l), k <= l,
//   H_t = G'W_t G   by one product of the months' triangles with the pair products of G, and
//   A   = sum_t N_t (W_t kron f_t f_t')   by the same triangles, transposed, with N_t f_t f_t'.

import FactorRuntime

/// Cross products and observed factors of some months.
final class InstrumentedPanel {
  let moments: MonthlyMoments
  let latent: Int
  /// Observed factors by month, one list each.
  let observed: [[Double]]
  // Triangles and first moments, a row a pair or a characteristic, and what is written, kept from round to round.
  private let grams: TallProduct
  private let products: TallProduct
  private var pairProducts: [Double]
  private var squares: [Double]
  private var firsts: [Double]

  var months: Int { moments.months }
  var columns: Int { latent + observed.count }
  /// The sum of squared returns.
  let total: Double

  init(_ moments: MonthlyMoments, latent: Int, observed: [[Double]]) {
    (self.moments, self.latent, self.observed) = (moments, latent, observed)
    let columns = latent + observed.count
    let pairs = columns * (columns + 1) / 2
    pairProducts = [Double](repeating: 0, count: moments.pairs * pairs)
    squares = [Double](repeating: 0, count: moments.months * pairs)
    firsts = [Double](repeating: 0, count: moments.months * columns)
    grams = TallProduct(
      moments.grams, rows: moments.pairs, inner: moments.months, columns: pairs)
    products = TallProduct(
      moments.products, rows: moments.width, inner: moments.months, columns: columns)
    total = Summation.compensated(moments.squares)
  }

  /// The place of a pair of columns, in any order.
  private func pair(_ k: Int, _ l: Int) -> Int {
    let (low, high) = (min(k, l), max(k, l))
    return low * columns - low * (low - 1) / 2 + high - low
  }

  /// Gives f_t = (G_l'W_t G_l)^-1 G_l'(Q_t - W_t G_o g_t) for all months, months x columns column
  /// after column, the observed ones as they are; and the sum of squared residuals.
  func factors(_ gamma: [Double]) -> (factors: [Double], rest: Double) {
    let (months, columns) = (months, columns)
    let pairs = columns * (columns + 1) / 2
    fillPairProducts(gamma)
    grams.transposed(pairProducts, columns: pairs, into: &squares)
    products.transposed(gamma, columns: columns, into: &firsts)
    var result = [Double](repeating: 0, count: months * columns)
    for (m, series) in observed.enumerated() {
      for t in 0..<months { result[(latent + m) * months + t] = series[t] }
    }
    var rest = CompensatedSum()
    var (gram, cross) = (
      [Double](repeating: 0, count: latent * latent), [Double](repeating: 0, count: latent)
    )
    for t in 0..<months {
      for k in 0..<latent {
        for l in 0...k { gram[k * latent + l] = squares[pair(l, k) * months + t] }
        cross[k] = firsts[k * months + t]
        for m in observed.indices {
          cross[k] -= squares[pair(k, latent + m) * months + t] * observed[m][t]
        }
      }
      for (k, f) in CrossSectionalFactors.solved(gram, cross).enumerated() {
        result[k * months + t] = f
      }
      rest.add(residual(t, result))
    }
    return (result, rest.value)
  }

  // r'r - 2 N f'G'Q + N f'Hf of one month.
  private func residual(_ t: Int, _ factors: [Double]) -> Double {
    let months = months
    var sum = 0.0
    for k in 0..<columns {
      let f = factors[k * months + t]
      var inner = -2 * firsts[k * months + t]
      for l in 0..<columns { inner += squares[pair(k, l) * months + t] * factors[l * months + t] }
      sum += f * inner
    }
    return moments.squares[t] + moments.counts[t] * sum
  }

  private func fillPairProducts(_ gamma: [Double]) {
    let (width, columns) = (moments.width, columns)
    var place = 0
    for k in 0..<columns {
      for l in k..<columns {
        for a in 0..<width {
          let (x, y) = (gamma[k * width + a], gamma[l * width + a])
          pairProducts[place] = x * y
          place += 1
          for b in (a + 1)..<max(width, a + 1) {
            pairProducts[place] = x * gamma[l * width + b] + y * gamma[k * width + b]
            place += 1
          }
        }
      }
    }
  }

  /// Solves for vec G given the factors, with a ridge of a share of the mean diagonal of the normal
  /// equations; gives the sum of squared residuals of these factors too.
  func gamma(
    _ factors: [Double], ridge: Double
  ) throws(LinearAlgebraError) -> (gamma: [Double], rest: Double) {
    let (width, columns, months) = (moments.width, columns, months)
    var place = 0
    for k in 0..<columns {
      for l in k..<columns {
        for t in 0..<months {
          squares[place] = moments.counts[t] * factors[k * months + t] * factors[l * months + t]
          place += 1
        }
      }
      for t in 0..<months {
        firsts[k * months + t] = moments.counts[t] * factors[k * months + t]
      }
    }
    let pairs = columns * (columns + 1) / 2
    grams.plain(squares, columns: pairs, into: &pairProducts)
    var right = [Double](repeating: 0, count: width * columns)
    products.plain(firsts, columns: columns, into: &right)
    var normal = normalMatrix()
    let order = width * columns
    let mean = (0..<order).reduce(0) { $0 + normal[$1 * (order + 1)] } / Double(order)
    for i in 0..<order { normal[i * (order + 1)] += ridge * mean }
    let gamma = try Cholesky(lower: normal, order: order).solve(right)
    var rest = CompensatedSum()
    rest.add(total)
    for i in 0..<order { rest.add(-gamma[i] * (right[i] + ridge * mean * gamma[i])) }
    return (gamma, rest.value)
  }

  // The lower triangle of A: blocks of columns l >= k, each symmetric.
  private func normalMatrix() -> [Double] {
    let (width, columns) = (moments.width, columns)
    let order = width * columns
    var normal = [Double](repeating: 0, count: order * order)
    normal.withUnsafeMutableBufferPointer { normal in
      pairProducts.withUnsafeBufferPointer { sums in
        var place = 0
        for k in 0..<columns {
          for l in k..<columns {
            let corner = k * width * order + l * width
            for a in 0..<width {
              for b in a..<width {
                normal[corner + a * order + b] = sums[place]
                normal[corner + b * order + a] = sums[place]
                place += 1
              }
            }
          }
        }
      }
    }
    return normal
  }
}
