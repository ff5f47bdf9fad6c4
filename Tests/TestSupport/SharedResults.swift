// What several tests ask for and one of them makes: fits that would otherwise be made anew for every battery.

import Synchronization

/// Results by name, each made once in a process.
public final class SharedResults<Value: Sendable>: Sendable {
  /// One result; who asks for it while it is made waits.
  private final class Slot: Sendable { let value = Mutex<Value?>(nil) }

  private let slots = Mutex<[String: Slot]>([:])

  public init() {}

  /// The result of a name; what fails is tried anew by the next who asks.
  public func value(_ name: String, _ make: () throws -> Value) throws -> Value {
    let slot = slots.withLock { slots in
      let slot = slots[name] ?? Slot()
      slots[name] = slot
      return slot
    }
    return try slot.value.withLock { value in
      if let value { return value }
      let made = try make()
      value = made
      return made
    }
  }
}
