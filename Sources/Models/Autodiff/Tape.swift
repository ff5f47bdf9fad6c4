// Records operations on small Float64 matrices and computes their gradients.
//
// Values and gradients live in two arenas that `reset()` empties without freeing, so a training step
// allocates nothing once the arenas have grown to their size. Matrices are row-major. The large
// float32 products of a network do not run here: they enter through leaves (their sufficient
// statistics) and take their gradients back through sinks. Variables reach the tape by a plain pointer:
// counting references would cost more than the arithmetic of a small matrix.

/// A tape: operations in the order they were done.
public final class Tape {
  struct Node {
    var operation: Operation
    var rows: Int
    var columns: Int
    var offset: Int
    var count: Int { rows * columns }
  }

  struct LinearEntry {
    var node: Int32
    var gradient: Int
  }

  let storage: TapeReference

  /// Creates a tape with room for the given number of values.
  public init(capacity: Int = 1 << 16) {
    storage = .allocate(capacity: 1)
    storage.initialize(to: TapeStorage(capacity: capacity))
  }

  deinit {
    storage.pointee.free()
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  var nodes: UnsafeMutablePointer<Node> { storage.pointee.nodes }
  /// What is recorded, in order.
  var recorded: UnsafeBufferPointer<Node> {
    UnsafeBufferPointer(start: nodes, count: storage.pointee.nodeCount)
  }
  var values: UnsafeMutablePointer<Double> { storage.pointee.values }
  var gradients: UnsafeMutablePointer<Double> { storage.pointee.gradients }

  /// Forgets everything recorded; keeps the memory.
  public func reset() { storage.pointee.reset() }

  /// Puts a copy of a matrix on the tape; its gradient is added to `gradient` by `backward`.
  public func leaf(
    rows: Int, columns: Int, _ source: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>? = nil
  ) -> Variable {
    var sink: Int32 = -1
    if let gradient {
      storage.pointee.sinks.append(gradient)
      sink = Int32(storage.pointee.sinks.count - 1)
    }
    let variable = storage.append(.leaf(sink: sink), rows: rows, columns: columns)
    variable.values.update(from: source, count: rows * columns)
    return variable
  }

  /// Puts a constant matrix with all entries equal on the tape.
  public func constant(_ value: Double, rows: Int = 1, columns: Int = 1) -> Variable {
    storage.constant(value, rows: rows, columns: columns)
  }
}

/// What a tape holds.
struct TapeStorage {
  fileprivate(set) var nodes: UnsafeMutablePointer<Tape.Node>
  fileprivate(set) var values: UnsafeMutablePointer<Double>
  fileprivate(set) var gradients: UnsafeMutablePointer<Double>
  fileprivate(set) var used = 0
  fileprivate var nodeCount = 0
  private var nodeCapacity = 4096
  private var capacity: Int
  var entries: [Tape.LinearEntry] = []
  var sinks: [UnsafeMutablePointer<Double>] = []

  fileprivate init(capacity: Int) {
    self.capacity = capacity
    values = .allocate(capacity: capacity)
    gradients = .allocate(capacity: capacity)
    nodes = .allocate(capacity: nodeCapacity)
    entries.reserveCapacity(256)
    sinks.reserveCapacity(256)
  }

  fileprivate func free() {
    values.deallocate()
    gradients.deallocate()
    nodes.deallocate()
  }

  fileprivate mutating func reset() {
    entries.removeAll(keepingCapacity: true)
    sinks.removeAll(keepingCapacity: true)
    (used, nodeCount) = (0, 0)
  }

  // The arenas move when they grow, so offsets are kept, not pointers.
  fileprivate mutating func grow(to size: Int) {
    let newValues = UnsafeMutablePointer<Double>.allocate(capacity: size)
    newValues.update(from: values, count: used)
    values.deallocate()
    gradients.deallocate()
    values = newValues
    gradients = .allocate(capacity: size)
    capacity = size
  }

  @inline(__always)
  fileprivate mutating func take(_ count: Int) -> Int {
    if used + count > capacity { grow(to: max(capacity * 2, used + count)) }
    defer { used += count }
    return used
  }

  @inline(__always)
  fileprivate mutating func append(_ node: Tape.Node) -> Int32 {
    if nodeCount == nodeCapacity {
      let larger = UnsafeMutablePointer<Tape.Node>.allocate(capacity: 2 * nodeCapacity)
      larger.moveInitialize(from: nodes, count: nodeCount)
      nodes.deallocate()
      (nodes, nodeCapacity) = (larger, 2 * nodeCapacity)
    }
    (nodes + nodeCount).initialize(to: node)
    nodeCount += 1
    return Int32(nodeCount - 1)
  }
}

/// A tape as its variables know it; valid as long as the tape.
typealias TapeReference = UnsafeMutablePointer<TapeStorage>

extension UnsafeMutablePointer where Pointee == TapeStorage {
  var values: UnsafeMutablePointer<Double> { pointee.values }
  /// How many numbers are recorded.
  var used: Int { pointee.used }

  /// Takes room for values.
  @inline(__always)
  func take(_ count: Int) -> Int { pointee.take(count) }

  /// Records an operation; its value is for the caller to write.
  @inline(__always)
  func append(_ operation: Operation, rows: Int, columns: Int) -> Variable {
    let offset = pointee.take(rows * columns)
    let node = Tape.Node(operation: operation, rows: rows, columns: columns, offset: offset)
    return Variable(
      tape: self, node: pointee.append(node), rowCount: Int32(rows), columnCount: Int32(columns),
      offset: offset)
  }

  /// Puts a constant matrix with all entries equal on the tape.
  func constant(_ value: Double, rows: Int = 1, columns: Int = 1) -> Variable {
    let variable = append(.leaf(sink: -1), rows: rows, columns: columns)
    variable.values.update(repeating: value, count: rows * columns)
    return variable
  }

  /// Records a number that was computed outside together with its gradients.
  ///
  /// `body` reads the three inputs' values and writes one gradient per input entry.
  func linearised(
    _ a: Variable, _ b: Variable, _ c: Variable,
    _ body: (
      _ values: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>),
      _ gradients: (
        UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
      )
    ) -> Double
  ) -> Variable {
    let first = Int32(pointee.entries.count)
    let slots = (take(a.count), take(b.count), take(c.count))
    pointee.entries.append(Tape.LinearEntry(node: a.node, gradient: slots.0))
    pointee.entries.append(Tape.LinearEntry(node: b.node, gradient: slots.1))
    pointee.entries.append(Tape.LinearEntry(node: c.node, gradient: slots.2))
    let result = body(
      (UnsafePointer(a.values), UnsafePointer(b.values), UnsafePointer(c.values)),
      (values + slots.0, values + slots.1, values + slots.2))
    let variable = append(.linearised(first: first, count: 3), rows: 1, columns: 1)
    variable.values[0] = result
    return variable
  }
}

/// A matrix on a tape.
public struct Variable {
  let tape: TapeReference
  let node: Int32
  fileprivate let rowCount: Int32
  fileprivate let columnCount: Int32
  fileprivate let offset: Int

  /// The number of rows.
  public var rows: Int { Int(rowCount) }
  /// The number of columns.
  public var columns: Int { Int(columnCount) }
  /// The number of entries.
  public var count: Int { rows * columns }
  /// The entries, row by row; valid until the tape records more.
  public var values: UnsafeMutablePointer<Double> { tape.pointee.values + offset }
  /// The gradient's entries after `backward`.
  public var gradient: UnsafeMutablePointer<Double> { tape.pointee.gradients + offset }
  /// The value of a 1 x 1 matrix.
  public var scalar: Double { values[0] }
}
