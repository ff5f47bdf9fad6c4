// Windows along a life: which values they hold, across gaps, and that one may give up.

import FactorRuntime
import Testing

@Suite struct TimelinesTests {
  private static let months = [1, 2, 3, 5, 6].compactMap { Period(year: 2000, month: $0) }
  private static let lives = Timelines(series: months)

  @Test func aWindowHoldsTheMonthsOfAGapAsMissing() {
    var seen: [[Double]] = []
    let sums = Self.lives.rolling([1, 2, 3, 5, 6], window: 3, minimum: 2) {
      seen.append(Array($0))
      return $0.reduce(0) { $0 + ($1.isNaN ? 0 : $1) }
    }
    #expect(sums[0].isNaN)
    #expect(Array(sums[1...]) == [3, 6, 8, 11])
    #expect(seen.map { $0.count { $0.isNaN } } == [1, 0, 1, 1])
  }

  @Test func aPairCountsWhereBothAreThere() {
    let (a, b) = ([1, .nan, 3, 5, 6], [1, 2, 3, .nan, 6])
    func present(_ window: UnsafeBufferPointer<Double>) -> Int { window.count { !$0.isNaN } }
    let counts = Self.lives.rolling(a, b, window: 2, minimum: 1) { x, y in
      Double(10 * present(x) + present(y))
    }
    #expect(counts.enumerated().allSatisfy { $0 == 3 ? $1.isNaN : $1 == 11 })
  }

  /// What a statistic throws, such as the wish to stop, ends the pass at once.
  @Test func aStatisticMayGiveUp() {
    var calls = 0
    #expect(throws: BudgetError.cancelled) {
      try Self.lives.rolling([1, 2, 3, 5, 6], window: 1, minimum: 1) { _ in
        calls += 1
        if calls == 3 { throw BudgetError.cancelled }
        return 0
      }
    }
    #expect(calls == 3)
    #expect(throws: BudgetError.timeout) {
      try Self.lives.rolling([1, 2, 3, 5, 6], [1, 2, 3, 5, 6], window: 1, minimum: 1) { _, _ in
        throw BudgetError.timeout
      }
    }
  }
}
