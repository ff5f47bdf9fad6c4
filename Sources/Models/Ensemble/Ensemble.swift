// Fits the members of an ensemble side by side and averages them at the level of r-hat.
//
// Rotations differ between seeds, so loadings and factors are never averaged.

import FactorRuntime

enum Ensemble {
  /// Runs `body` for every member, on as many threads as the budget allows; results keep the
  /// members' order, so the thread count cannot change a bit.
  static func map<Result: Sendable>(
    members: Int, budget: Budget, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try Parallel.map(members, threads: budget.threads) { member in
      Swift.Result { try body(member) }
    }.map { try $0.get() }
  }

  /// Runs `body` for every member and adds the results up in the members' order, with no more of
  /// them at a time than there are threads.
  static func fold<Result: Sendable>(
    members: Int, budget: Budget, _ body: @escaping @Sendable (Int) throws -> Result,
    adding: (inout Result, Result) -> Void
  ) throws -> Result? {
    var total: Result?
    for first in stride(from: 0, to: members, by: budget.threads) {
      let wave = try map(members: min(budget.threads, members - first), budget: budget) {
        try body(first + $0)
      }
      for result in wave {
        guard var sum = total.take() else {
          total = result
          continue
        }
        adding(&sum, result)
        total = sum
      }
    }
    return total
  }

  /// The seed of a member: its own root of random numbers.
  static func seed(_ root: UInt64, member: Int) -> UInt64 {
    let key = SIMD2(UInt32(truncatingIfNeeded: root), UInt32(truncatingIfNeeded: root >> 32))
    let words = Philox.block(counter: SIMD4(UInt32(member), 0, 0, 0x6671), key: key)
    return UInt64(words.x) << 32 | UInt64(words.y)
  }
}
