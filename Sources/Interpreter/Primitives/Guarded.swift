// A value behind a lock, for the few places where threads meet.

import Synchronization

final class Guarded<Value: Sendable>: Sendable {
  private let lock: Mutex<Value>
  init(_ value: Value) { lock = Mutex(value) }

  func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    lock.withLock { body(&$0) }
  }

  func read<Result: Sendable>(_ body: (Value) -> Result) -> Result { lock.withLock { body($0) } }
}
