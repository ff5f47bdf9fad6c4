// What a shock adds and what remains of the past, as numbers that a search may change without limits.

enum Persistence {
  /// The largest sum of the two.
  static let most = 0.999

  typealias Pair = (shock: Double, memory: Double)

  /// Weights that daily returns often have.
  static let usual: Pair = (0.05, 0.90)

  /// The two weights at a point: their sum, and the share of shocks in it, by logistic functions.
  static func weights(_ point: [Double]) -> Pair {
    let total = most / (1 + Elementary.exp(-point[0]))
    let share = 1 / (1 + Elementary.exp(-point[1]))
    return (total * share, total * (1 - share))
  }

  /// The point of two positive weights.
  static func point(_ shock: Double, _ memory: Double) -> [Double] {
    let total = shock + memory
    return [Elementary.log(total / (most - total)), Elementary.log(shock / memory)]
  }
}
