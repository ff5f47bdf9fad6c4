// One object that every loop consults: threads, cancellation and memory are the same mechanism.
//
// A budget is created once per run and handed down. Work asks `check()` at least every millisecond
// and reserves memory before it allocates, so Ctrl-C and a memory cap are always a thrown error
// and never a trap.

import Synchronization

/// Why work stopped before it was done.
public enum BudgetError: Error, Equatable, Sendable {
  /// The user, or a time limit, asked the work to stop.
  case cancelled
  /// A reservation would pass the cap; both figures are bytes.
  case memory(purpose: String, needed: Int, available: Int)
}

/// What a run may use: threads, memory, and whether it should go on.
public final class Budget: Sendable {
  /// Threads that independent work may use; results never depend on this number.
  public let threads: Int
  /// The largest number of bytes that may be reserved at one time.
  public let memoryLimit: Int
  private let reserved = Atomic<Int>(0)
  private let stop = Atomic<Bool>(false)

  /// Creates a budget; `memoryLimit` defaults to no limit.
  public init(threads: Int = 1, memoryLimit: Int = .max) {
    precondition(threads >= 1 && memoryLimit > 0)
    self.threads = threads
    self.memoryLimit = memoryLimit
  }

  /// Whether the work was asked to stop.
  public var isCancelled: Bool { stop.load(ordering: .relaxed) }

  /// Asks the work to stop. Safe to call from a signal handler.
  public func cancel() { stop.store(true, ordering: .relaxed) }

  /// Makes the budget usable again after an interruption.
  public func rearm() { stop.store(false, ordering: .relaxed) }

  /// Throws `BudgetError.cancelled` if the work was asked to stop.
  public func check() throws(BudgetError) {
    if isCancelled { throw BudgetError.cancelled }
  }

  /// Reserves bytes before they are allocated; throws if the cap would be passed.
  public func reserve(_ bytes: Int, for purpose: String) throws {
    let total = reserved.add(bytes, ordering: .relaxed).newValue
    if total > memoryLimit {
      reserved.subtract(bytes, ordering: .relaxed)
      let available = max(0, memoryLimit - (total - bytes))
      throw BudgetError.memory(purpose: purpose, needed: bytes, available: available)
    }
  }

  /// Gives reserved bytes back.
  public func release(_ bytes: Int) { reserved.subtract(bytes, ordering: .relaxed) }
}
