// Records operations on small Float64 matrices and computes their gradients.
//
// Values and gradients live in two arenas that `reset()` empties without freeing, so a training step
// allocates nothing once the arenas have grown to their size. Matrices are row-major. The large
// float32 products of a network do not run here: they enter through leaves (their sufficient
// statistics) and take their gradients back through sinks.

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

  var nodes: [Node] = []
  var entries: [LinearEntry] = []
  var sinks: [UnsafeMutablePointer<Double>] = []
  private(set) var values: UnsafeMutablePointer<Double>
  private(set) var gradients: UnsafeMutablePointer<Double>
  private var capacity: Int
  private(set) var used = 0

  /// Creates a tape with room for the given number of values.
  public init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    values = .allocate(capacity: capacity)
    gradients = .allocate(capacity: capacity)
    nodes.reserveCapacity(4096)
    entries.reserveCapacity(256)
    sinks.reserveCapacity(256)
  }

  deinit {
    values.deallocate()
    gradients.deallocate()
  }

  /// Forgets everything recorded; keeps the memory.
  public func reset() {
    nodes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    sinks.removeAll(keepingCapacity: true)
    used = 0
  }

  /// Takes room for values; the arenas move when they grow, so offsets are kept, not pointers.
  func take(_ count: Int) -> Int {
    if used + count > capacity { grow(to: max(capacity * 2, used + count)) }
    defer { used += count }
    return used
  }

  private func grow(to size: Int) {
    let newValues = UnsafeMutablePointer<Double>.allocate(capacity: size)
    newValues.update(from: values, count: used)
    values.deallocate()
    gradients.deallocate()
    values = newValues
    gradients = .allocate(capacity: size)
    capacity = size
  }

  func append(_ operation: Operation, rows: Int, columns: Int) -> Variable {
    let offset = take(rows * columns)
    return append(operation, rows: rows, columns: columns, at: offset)
  }

  func append(_ operation: Operation, rows: Int, columns: Int, at offset: Int) -> Variable {
    nodes.append(Node(operation: operation, rows: rows, columns: columns, offset: offset))
    return Variable(tape: self, node: Int32(nodes.count - 1))
  }

  /// Puts a copy of a matrix on the tape; its gradient is added to `gradient` by `backward`.
  public func leaf(
    rows: Int, columns: Int, _ source: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>? = nil
  ) -> Variable {
    var sink: Int32 = -1
    if let gradient {
      sinks.append(gradient)
      sink = Int32(sinks.count - 1)
    }
    let variable = append(.leaf(sink: sink), rows: rows, columns: columns)
    values.advanced(by: nodes[nodes.count - 1].offset).update(from: source, count: rows * columns)
    return variable
  }

  /// Puts a constant matrix with all entries equal on the tape.
  public func constant(_ value: Double, rows: Int = 1, columns: Int = 1) -> Variable {
    let variable = append(.leaf(sink: -1), rows: rows, columns: columns)
    (values + nodes[nodes.count - 1].offset).update(repeating: value, count: rows * columns)
    return variable
  }

  /// Records a number that was computed outside together with its gradients.
  ///
  /// `body` reads the three inputs' values and writes one gradient per input entry.
  public func linearised(
    _ a: Variable, _ b: Variable, _ c: Variable,
    _ body: (
      _ values: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>),
      _ gradients: (
        UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
      )
    ) -> Double
  ) -> Variable {
    let first = Int32(entries.count)
    let slots = (take(a.count), take(b.count), take(c.count))
    entries.append(LinearEntry(node: a.node, gradient: slots.0))
    entries.append(LinearEntry(node: b.node, gradient: slots.1))
    entries.append(LinearEntry(node: c.node, gradient: slots.2))
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
  unowned(unsafe) let tape: Tape
  let node: Int32

  var record: Tape.Node { tape.nodes[Int(node)] }
  /// The number of rows.
  public var rows: Int { record.rows }
  /// The number of columns.
  public var columns: Int { record.columns }
  /// The number of entries.
  public var count: Int { record.count }
  /// The entries, row by row; valid until the tape records more.
  public var values: UnsafeMutablePointer<Double> { tape.values + record.offset }
  /// The gradient's entries after `backward`.
  public var gradient: UnsafeMutablePointer<Double> { tape.gradients + record.offset }
  /// The value of a 1 x 1 matrix.
  public var scalar: Double { values[0] }
}
