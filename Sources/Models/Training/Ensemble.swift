// Fits the members of an ensemble side by side and averages them at the level of r-hat.
//
// Rotations differ between seeds, so loadings and factors are never averaged.

import FactorRuntime
import Synchronization

enum Ensemble {
  /// Runs `body` for every member, on as many threads as the budget allows; results keep the
  /// members' order, so the thread count cannot change a bit.
  static func map<Result: Sendable>(
    members: Int, budget: Budget, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    Parallel.blocks(members, threads: budget.threads) { member in
      let result = Swift.Result { try body(member) }
      results.withLock { $0[member] = result }
    }
    return try results.withLock { finished in
      try (0..<members).compactMap { try finished[$0]?.get() }
    }
  }

  /// The seed of a member: its own root of random numbers.
  static func seed(_ root: UInt64, member: Int) -> UInt64 {
    let key = SIMD2(UInt32(truncatingIfNeeded: root), UInt32(truncatingIfNeeded: root >> 32))
    let words = Philox.block(counter: SIMD4(UInt32(member), 0, 0, 0x6671), key: key)
    return UInt64(words.x) << 32 | UInt64(words.y)
  }

  /// The mean of equally long lists, in member order.
  static func mean(_ lists: [[Double]]) -> [Double] {
    guard var total = lists.first, lists.count > 1 else { return lists.first ?? [] }
    for list in lists.dropFirst() {
      for i in total.indices { total[i] += list[i] }
    }
    let share = 1 / Double(lists.count)
    for i in total.indices { total[i] *= share }
    return total
  }
}
