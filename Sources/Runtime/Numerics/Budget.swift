// One object that every loop consults: threads, cancellation and memory are the same mechanism.
//
// A budget is created once per run and handed down. Work asks `check()` at least every millisecond
// and reserves memory before it allocates, so Ctrl-C and a memory cap are always a thrown error
// and never a trap.

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why work stopped before it was done.
public enum BudgetError: Error, Equatable, Sendable {
  /// The user asked the work to stop.
  case cancelled
  /// The time limit was reached.
  case timeout
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
  /// 0 to go on, 1 if the user asked to stop, 2 if the time is up.
  private let stop = Atomic<UInt8>(0)

  /// Creates a budget; `memoryLimit` defaults to no limit.
  public init(threads: Int = 1, memoryLimit: Int = .max) {
    precondition(threads >= 1 && memoryLimit > 0)
    self.threads = threads
    self.memoryLimit = memoryLimit
  }

  /// When the time is up, on the monotonic clock in nanoseconds; the largest number means never.
  private let deadline = Atomic<Int64>(.max)

  /// Whether the work was asked to stop.
  public var isCancelled: Bool {
    if deadline.load(ordering: .relaxed) != .max { expireIfDue() }
    return stop.load(ordering: .relaxed) != 0
  }

  /// Stops all work some seconds from now.
  public func setTimeLimit(seconds: Double) {
    let now = MonotonicClock.nanoseconds
    deadline.store(now + Int64(min(seconds, 1e9) * 1e9), ordering: .relaxed)
  }

  private func expireIfDue() {
    if MonotonicClock.nanoseconds >= deadline.load(ordering: .relaxed) { expire() }
  }

  /// Asks the work to stop. Safe to call from a signal handler.
  public func cancel() { stop.store(1, ordering: .relaxed) }

  /// Says that the time limit is reached.
  public func expire() {
    _ = stop.compareExchange(expected: 0, desired: 2, ordering: .relaxed)
  }

  /// Makes the budget usable again after an interruption; a time limit stays reached.
  public func rearm() {
    _ = stop.compareExchange(expected: 1, desired: 0, ordering: .relaxed)
  }

  /// Throws if the work was asked to stop, or if its time is up.
  public func check() throws(BudgetError) {
    if deadline.load(ordering: .relaxed) != .max { expireIfDue() }
    switch stop.load(ordering: .relaxed) {
    case 0: return
    case 2: throw BudgetError.timeout
    default: throw BudgetError.cancelled
    }
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

/// A clock that only runs forward.
enum MonotonicClock {
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
