// The stack that compiled code runs on: one frame per open call, slots instead of names.
//
// Slots above `top` always hold `.nothing`, so a frame needs no initialisation and keeps nothing alive
// once it is popped.

import FactorLang
import FactorRuntime

/// Runs the nodes of one statement, or of one column expression over some rows.
final class Machine {
  let evaluator: Evaluator
  /// The rows whose columns bare names mean; nil outside column expressions.
  let rows: (any ColumnSource)?
  /// The root of random numbers; `seed` inside a block changes it until the block ends.
  var seed: UInt64
  /// Results that were not finite although nothing they were computed from was missing.
  var undefined = 0
  private(set) var base = 0
  private(set) var top = 0
  private(set) var depth: Int
  private var slots: UnsafeMutablePointer<Value>
  private var capacity = 64
  private var ticks: UInt8 = 0

  init(_ evaluator: Evaluator, rows: (any ColumnSource)? = nil, seed: UInt64, depth: Int = 0) {
    (self.evaluator, self.rows, self.seed, self.depth) = (evaluator, rows, seed, depth)
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: .nothing, count: capacity)
  }

  deinit {
    slots.deinitialize(count: capacity)
    slots.deallocate()
  }

  /// Reads or writes a slot of the open frame.
  @inline(__always)
  subscript(slot: Int) -> Value {
    get { slots[base + slot] }
    set { slots[base + slot] = newValue }
  }

  /// Puts a value above the open frame: an argument of the call being prepared.
  @inline(__always)
  func push(_ value: Value) {
    if top == capacity { grow(to: top + 1) }
    slots[top] = value
    top += 1
  }

  /// What a call must put back when it ends.
  struct Caller {
    let base: Int
    let seed: UInt64
  }

  /// Opens a frame whose arguments were pushed from `start` on.
  @inline(__always)
  func enter(_ start: Int, _ slotCount: Int) throws -> Caller {
    if start + slotCount > capacity { grow(to: start + slotCount) }
    guard depth < evaluator.deepestCall else {
      pop(to: start)
      throw Fault.callDepth(evaluator.deepestCall)
    }
    try tick()
    let caller = Caller(base: base, seed: seed)
    base = start
    top = start + slotCount
    depth += 1
    return caller
  }

  /// Closes the open frame.
  @inline(__always)
  func leave(_ start: Int, _ caller: Caller) {
    pop(to: start)
    (base, seed) = (caller.base, caller.seed)
    depth -= 1
  }

  /// Runs code in a frame whose arguments were pushed from `start` on.
  func run(_ code: Routine, from start: Int, captures: [Value]) throws -> Value {
    let caller = try enter(start, code.slotCount)
    defer { leave(start, caller) }
    for (index, slot) in code.captureSlots.enumerated() { self[slot] = captures[index] }
    return try code.body.evaluate(self)
  }

  /// Drops everything above a place.
  @inline(__always)
  func pop(to place: Int) {
    while top > place {
      top -= 1
      slots[top] = .nothing
    }
  }

  /// Asks the budget now and then whether to go on.
  @inline(__always)
  func tick() throws {
    ticks &+= 1
    if ticks == 0 { try evaluator.budget.check() }
  }

  private func grow(to needed: Int) {
    let larger = max(2 * capacity, needed)
    let moved = UnsafeMutablePointer<Value>.allocate(capacity: larger)
    moved.moveInitialize(from: slots, count: capacity)
    (moved + capacity).initialize(repeating: .nothing, count: larger - capacity)
    slots.deallocate()
    (slots, capacity) = (moved, larger)
  }
}

/// A compiled body: a function, a lambda, a column expression or a statement.
final class Routine: Sendable {
  let body: Node
  let slotCount: Int
  /// Where the captured values go, in the order of the captures.
  let captureSlots: [Int]

  init(_ body: Node, _ scope: FrameScope) {
    self.body = body
    slotCount = scope.slotCount
    captureSlots = scope.captures.map(\.slot)
  }
}

/// The source that nodes belong to; shared, because a fault needs it and nothing else does.
final class Unit: Sendable {
  let source: Source
  init(_ source: Source) { self.source = source }
}
