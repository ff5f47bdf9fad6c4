// The pool's promises: every block of every phase once, whatever the threads, asleep or awake.

import FactorRuntime
import Synchronization
import Testing

@Suite struct BlockPoolTests {
  @Test(arguments: [1, 2, 3, 4, 8])
  func everyBlockOfEveryPhaseRunsOnce(threads: Int) {
    let pool = BlockPool(threads: threads)
    let seen = Mutex<[[Int]]>(Array(repeating: [], count: 400))
    let work: BlockWork = { phase, block in seen.withLock { $0[phase].append(block) } }
    for phase in 0..<400 {
      pool.run(work, phase: phase, blocks: phase % 9)
      // A phase is over when `run` returns.
      #expect(seen.withLock { $0[phase].sorted() } == Array(0..<(phase % 9)))
    }
  }

  @Test func threadsThatFellAsleepWakeForTheNextPhase() {
    let pool = BlockPool(threads: 3)
    let count = Mutex(0)
    for phase in 0..<5 {
      var time = ContinuousClock.now
      let pause = time + .milliseconds(30)
      while time < pause { time = ContinuousClock.now }
      pool.run({ _, _ in count.withLock { $0 += 1 } }, phase: phase, blocks: 8)
    }
    #expect(count.withLock { $0 } == 40)
  }

  @Test func blocksRunSideBySide() {
    // Each of two blocks waits for the other: a pool of one thread could never end this.
    let pool = BlockPool(threads: 2)
    let started = Mutex(0)
    pool.run(
      { _, _ in
        started.withLock { $0 += 1 }
        while started.withLock({ $0 }) < 2 {}
      }, phase: 0, blocks: 2)
    #expect(started.withLock { $0 } == 2)
  }

  @Test func manyPoolsComeAndGo() {
    for _ in 0..<50 {
      let pool = BlockPool(threads: 4)
      let sum = Mutex(0)
      pool.run({ _, block in sum.withLock { $0 += block } }, phase: 0, blocks: 5)
      #expect(sum.withLock { $0 } == 10)
    }
  }
}
