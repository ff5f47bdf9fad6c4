// Nodes that wait until their list is complete, so that each list is allocated once and in its
// final size. Lists nest, so a list takes what lies above the place at which it began.

/// A stack whose upper part can be moved into an array.
struct NodeStack<Element>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity = 64
  /// How many nodes wait.
  private(set) var count = 0

  init() { base = .allocate(capacity: capacity) }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// Puts a node on top.
  mutating func append(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Moves the nodes from a place on into an array.
  mutating func take(from start: Int) -> [Element] {
    guard start < count else { return [] }
    let number = count - start
    let source = base + start
    count = start
    return Array(unsafeUninitializedCapacity: number) { buffer, filled in
      buffer.baseAddress?.moveInitialize(from: source, count: number)
      filled = number
    }
  }

  /// Drops the nodes from a place on, after a fault.
  mutating func drop(from start: Int) {
    guard start < count else { return }
    (base + start).deinitialize(count: count - start)
    count = start
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    (base, capacity) = (larger, capacity * 2)
  }
}
