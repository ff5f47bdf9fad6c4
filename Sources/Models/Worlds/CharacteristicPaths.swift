// Characteristics of simulated worlds: AR(1) paths by firm, ranked to (-1, 1) every month.
//
// Definition: cbar_t = rho cbar_(t-1) + e, rho uniform on [0.9, 1] by characteristic
// (0.6 for the first `fast` ones), e standard normal; c = 2 rank / (firms + 1) - 1. Reference: Gu, Kelly and Xiu (2020), internet appendix.

import FactorRuntime

struct CharacteristicPaths {
  let firms: Int
  /// Months simulated, plus the one before the first return.
  let months: Int
  let count: Int
  /// Months x firms x characteristics.
  private let ranks: [Float]
  /// The same before ranking; empty unless asked for.
  private let paths: [Float]

  init(
    firms: Int, months sample: Int, count: Int, fast: Int, seed: UInt64, keepsRaw: Bool = false,
    budget: Budget
  ) throws(BudgetError) {
    let months = sample + 1
    (self.firms, self.months, self.count) = (firms, months, count)
    var ranks = [Float](repeating: 0, count: months * firms * count)
    var paths = [Float](repeating: 0, count: keepsRaw ? ranks.count : 0)
    for j in 0..<count {
      var stream = RandomStream(seed: seed, purpose: .world, stream: 1000 + UInt32(j))
      let rho = j < fast ? 0.6 : 0.9 + 0.1 * stream.uniform()
      var path = (0..<firms).map { _ in stream.normal() }
      for t in 0..<months {
        try budget.check()
        if t > 0 {
          for i in 0..<firms { path[i] = rho * path[i] + stream.normal() }
        }
        if keepsRaw {
          for i in 0..<firms { paths[(t * firms + i) * count + j] = Float(path[i]) }
        }
        let order = (0..<firms).sorted { path[$0] < path[$1] }
        for (position, i) in order.enumerated() {
          let rank = Double(position + 1)
          ranks[(t * firms + i) * count + j] = Float(2 * rank / Double(firms + 1) - 1)
        }
      }
    }
    (self.ranks, self.paths) = (ranks, paths)
  }

  /// The ranked characteristics of a firm in a month.
  func rank(month: Int, firm: Int) -> (Int) -> Double {
    { Double(ranks[(month * firms + firm) * count + $0]) }
  }

  /// The characteristics known before each of the last `sample` returns.
  func lagged(months sample: Int) -> [Float] { Array(ranks[places(sample)]) }

  /// The same on a raw scale, exp(cbar); exponents are cut at 80, which Float still holds.
  func laggedRaw(months sample: Int) -> [Float] {
    paths[places(sample)].map { Float(Elementary.exp(Double(max(-80, min(80, $0))))) }
  }

  private func places(_ sample: Int) -> Range<Int> {
    let stride = firms * count
    let start = months - sample - 1
    return (start * stride)..<((start + sample) * stride)
  }
}
