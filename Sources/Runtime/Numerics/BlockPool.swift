// A few threads that stay, for the many short phases of one fit.
//
// A phase is some numbered blocks of work. Blocks are handed out by a counter, so a thread that the system
// has put aside holds up at most one of them. What a block computes depends on its number alone, so threads
// cannot change a bit. Waiting threads spin for about the length of a phase, then sleep.

import Synchronization

/// Does one block of a phase; called from any thread of a pool. A closure that is made once, not a protocol:
/// its body is compiled for the number type at hand, a generic class's witness would not be.
public typealias BlockWork = (_ phase: Int, _ block: Int) -> Void

/// Threads that run the blocks of a phase side by side; used from one thread at a time.
public final class BlockPool {
  private let core = Core()
  private let threads: [Parallel.Thread]

  /// Starts a pool of `threads` threads, the caller's among them.
  public init(threads: Int) {
    let core = core
    self.threads = (1..<max(1, threads)).compactMap { _ in Parallel.startThread { core.serve() } }
  }

  deinit {
    core.close()
    for thread in threads { thread.join() }
  }

  /// Runs blocks 0 to `blocks` - 1 of a phase and returns when all are done.
  public func run(_ work: @escaping BlockWork, phase: Int, blocks: Int) {
    guard blocks > 1, !threads.isEmpty else {
      for block in 0..<blocks { work(phase, block) }
      return
    }
    core.run(work, phase: phase, blocks: blocks)
  }
}

/// What the threads of a pool share.
private final class Core: @unchecked Sendable {
  /// How often a waiting thread looks before it sleeps: some fifty microseconds.
  private static let patience = 50_000
  private static let mostBlocks = 1 << 15

  // The number of the phase, its blocks, and the next one to do: one word, so that a late thread can never
  // take a block of a phase that is over.
  private let ticket = Atomic<UInt64>(0)
  private let unfinished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let gate = SleepGate()
  // Written before the ticket that announces them, read after it.
  private var work: BlockWork?
  private var phase = 0
  private var number: UInt64 = 0

  func run(_ work: @escaping BlockWork, phase: Int, blocks: Int) {
    precondition(blocks < Self.mostBlocks)
    (self.work, self.phase) = (work, phase)
    unfinished.store(blocks, ordering: .relaxed)
    number = (number &+ 1) & 0xFFFF_FFFF
    ticket.store(number << 32 | UInt64(blocks) << 16, ordering: .sequentiallyConsistent)
    wakeSleepers()
    takeBlocks()
    wait { unfinished.load(ordering: .sequentiallyConsistent) > 0 }
    self.work = nil
  }

  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    gate.change {}
  }

  func serve() {
    var seen: UInt64 = 0
    while !isClosed.load(ordering: .acquiring) {
      let current = ticket.load(ordering: .acquiring) >> 32
      if current != seen {
        seen = current
        takeBlocks()
      }
      wait { isIdle(since: seen) }
    }
  }

  // In one order with the sleepers' count, so that no wake-up can be missed.
  private func isIdle(since seen: UInt64) -> Bool {
    ticket.load(ordering: .sequentiallyConsistent) >> 32 == seen
      && !isClosed.load(ordering: .sequentiallyConsistent)
  }

  private func takeBlocks() {
    while true {
      let taken = ticket.add(1, ordering: .acquiringAndReleasing).oldValue
      let (block, blocks) = (Int(taken & 0xFFFF), Int(taken >> 16 & 0xFFFF))
      guard block < blocks, let work else { return }
      work(phase, block)
      if unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { wakeSleepers() }
    }
  }

  private func wakeSleepers() {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { gate.change {} }
  }

  // Spins while the condition holds, then sleeps until it does not.
  private func wait(while condition: () -> Bool) {
    for _ in 0..<Self.patience where !condition() { return }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    gate.sleep(while: condition)
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }
}
