// Evaluation runs on a thread with a known, large stack, so that deep programs end in a diagnostic
// and never in a crash, on the main thread and on any other.

import FactorRuntime

enum LargeStack {
  /// Room for the deepest nesting of calls and expressions that the language allows.
  static let bytes = 1 << 29

  /// Runs `body` there and waits for it.
  static func run<Result>(_ body: () -> Result) -> Result {
    withoutActuallyEscaping(body) { escaping in
      // The caller waits, so nothing is shared at the same time.
      nonisolated(unsafe) let work = escaping
      nonisolated(unsafe) var result: Result?
      Parallel.onLargeStack(bytes: bytes) { result = work() }
      guard let result else { preconditionFailure("the thread ran its body") }
      return result
    }
  }
}
