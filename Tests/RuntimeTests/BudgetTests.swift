// Budgets: cancellation, and memory that is counted before it is taken.

import FactorRuntime
import Synchronization
import Testing

@Suite struct BudgetTests {
  @Test func cancelStopsAndRearmAllows() throws {
    let budget = Budget(threads: 2)
    try budget.check()
    budget.cancel()
    #expect(budget.isCancelled)
    #expect(throws: BudgetError.cancelled) { try budget.check() }
    budget.rearm()
    try budget.check()
    #expect(!budget.isCancelled && budget.threads == 2)
  }

  @Test func reservationsAddUpToTheCapAndNoFurther() throws {
    let budget = Budget(memoryLimit: 100)
    try budget.reserve(60, for: "returns")
    try budget.reserve(40, for: "loadings")
    #expect(throws: BudgetError.memory(purpose: "sort", needed: 1, available: 0)) {
      try budget.reserve(1, for: "sort")
    }
    budget.release(40)
    #expect(throws: BudgetError.memory(purpose: "sort", needed: 41, available: 40)) {
      try budget.reserve(41, for: "sort")
    }
    try budget.reserve(40, for: "sort")
  }

  @Test func aRefusedReservationHoldsNothing() throws {
    let budget = Budget(memoryLimit: 10)
    for _ in 0..<5 { #expect(throws: BudgetError.self) { try budget.reserve(11, for: "x") } }
    try budget.reserve(10, for: "x")
  }

  @Test func threadsTogetherNeverHoldMoreThanTheCap() {
    let budget = Budget(memoryLimit: 1000)
    let held = Mutex((now: 0, most: 0, granted: 0))
    Parallel.blocks(64, threads: 8) { _ in
      for _ in 0..<50 where (try? budget.reserve(90, for: "block")) != nil {
        held.withLock {
          $0.now += 90
          $0.most = max($0.most, $0.now)
          $0.granted += 1
        }
        held.withLock { $0.now -= 90 }
        budget.release(90)
      }
    }
    let result = held.withLock { $0 }
    #expect(result.most <= 1000 && result.granted > 0)
    #expect(throws: Never.self) { try budget.reserve(1000, for: "all of it") }
  }
}
