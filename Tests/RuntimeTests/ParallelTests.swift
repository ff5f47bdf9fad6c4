// Threads: every block runs once, and the number of threads changes nothing.

import FactorRuntime
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: [(0, 4), (1, 4), (2, 1), (7, 3), (1000, 8)])
  func everyBlockRunsExactlyOnce(count: Int, threads: Int) {
    let runs = Mutex([Int](repeating: 0, count: count))
    Parallel.blocks(count, threads: threads) { block in runs.withLock { $0[block] += 1 } }
    #expect(runs.withLock { $0 }.allSatisfy { $0 == 1 })
  }

  @Test func resultsDoNotDependOnThreads() {
    func run(_ threads: Int) -> [Double] {
      let results = Mutex([Double](repeating: 0, count: 40))
      Parallel.blocks(40, threads: threads) { block in
        var stream = RandomStream(seed: 1, purpose: .example, stream: UInt32(block))
        let sum = (0..<200).reduce(0.0) { total, _ in total + stream.normal() }
        results.withLock { $0[block] = sum }
      }
      return results.withLock { $0 }
    }
    let alone = run(1)
    for threads in [2, 3, 16, 64] { #expect(run(threads) == alone) }
  }

  @Test func oneThreadRunsBlocksInOrder() {
    let order = Mutex<[Int]>([])
    Parallel.blocks(20, threads: 1) { block in order.withLock { $0.append(block) } }
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test func severalThreadsReallyRunSideBySide() {
    // Two blocks that wait for each other end only if both run at once.
    let arrived = Atomic<Int>(0)
    let together = Mutex(0)
    Parallel.blocks(2, threads: 2) { _ in
      arrived.add(1, ordering: .sequentiallyConsistent)
      var patience = 200_000_000
      while arrived.load(ordering: .sequentiallyConsistent) < 2, patience > 0 { patience -= 1 }
      if patience > 0 { together.withLock { $0 += 1 } }
    }
    #expect(together.withLock { $0 } == 2)
  }

  @Test func aLargeStackHoldsADeepRecursion() {
    @Sendable func depth(_ n: Int) -> Int { n == 0 ? 0 : 1 + depth(n - 1) }
    let reached = Mutex(0)
    Parallel.onLargeStack(bytes: 256 << 20) { reached.withLock { $0 = depth(200_000) } }
    #expect(reached.withLock { $0 } == 200_000)
  }

  @Test func processorsAreCounted() { #expect(Parallel.processorCount >= 1) }
}
