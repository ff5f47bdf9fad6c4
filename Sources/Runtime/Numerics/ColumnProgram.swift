// An elementwise expression over columns, computed in one pass over memory.
//
// Goals in order: the same bits as element by element, one pass over the columns however long the
// expression, no allocation per operation. The rows are cut into blocks that stay in the first cache;
// every operation runs over one block before the next block is touched. NaN is the missing value: a
// comparison with it is NaN, `and` and `or` follow Kleene, and a result that is not finite becomes NaN and
// is counted where none of the inputs of its row was missing.

/// A straight-line program over blocks of columns.
public struct ColumnProgram: Sendable {
  /// What is done to one to three operands.
  public enum Operation: Sendable {
    case add, subtract, multiply, divide, power, negate
    case equal, notEqual, less, lessEqual, greater, greaterEqual
    case and, or, not
    case isMissing, isPresent
    /// The first operand, or the second where it is missing.
    case coalesce
    /// The second operand where the first holds, the third where it does not.
    case choose
    case map(@Sendable (Double) -> Double)
  }

  /// Where an operand comes from.
  public enum Operand: Sendable {
    /// A column or number given when the program runs.
    case input(Int)
    /// The result of an earlier step.
    case step(Int)
  }

  /// A column of numbers, or one number for every row.
  public enum Input: Sendable {
    case column([Double])
    case scalar(Double)
  }

  struct Step: Sendable {
    let operation: Operation
    let operands: [Operand]
  }

  /// Rows per block: a handful of blocks fill half the first cache.
  static let blockLength = 512

  private(set) var steps: [Step] = []

  /// Creates an empty program.
  public init() {}

  /// Adds a step and gives its number; operands are inputs or earlier steps.
  public mutating func append(_ operation: Operation, _ operands: [Operand]) -> Int {
    precondition((1...3).contains(operands.count))
    steps.append(Step(operation: operation, operands: operands))
    return steps.count - 1
  }

  /// Runs the program and gives the last step's results, and how many are undefined: not finite
  /// although no input of their row is missing.
  public func run(
    _ inputs: [Input], rows: Int, threads: Int = 1
  ) -> (values: [Double], undefined: Int) {
    precondition(!steps.isEmpty)
    let blocks = (rows + Self.blockLength - 1) / Self.blockLength
    let parts = rows < 1 << 16 ? 1 : max(1, min(threads, blocks))
    var undefined = [Int](repeating: 0, count: parts)
    let values = [Double](unsafeUninitializedCapacity: rows) { target, count in
      Self.withPointers(inputs) { pointers in
        undefined.withUnsafeMutableBufferPointer { counts in
          // Each part writes its own rows and its own count.
          nonisolated(unsafe) let counts = counts
          nonisolated(unsafe) let pointers = pointers
          guard let base = target.baseAddress else { return }
          nonisolated(unsafe) let output = base
          Parallel.blocks(parts, threads: threads) { part in
            var runner = BlockRunner(self, pointers)
            for block in (part * blocks / parts)..<((part + 1) * blocks / parts) {
              let start = block * Self.blockLength
              runner.run(start, min(Self.blockLength, rows - start), output + start)
            }
            counts[part] = runner.undefined
            runner.release()
          }
        }
      }
      count = rows
    }
    return (values, undefined.reduce(0, +))
  }

  /// An input as the threads see it: its numbers, or one number.
  fileprivate enum Source {
    case column(UnsafePointer<Double>)
    case scalar(Double)
  }

  private static func withPointers(
    _ inputs: [Input], _ sources: [Source] = [], _ body: ([Source]) -> Void
  ) {
    guard sources.count < inputs.count else { return body(sources) }
    switch inputs[sources.count] {
    case .scalar(let number): withPointers(inputs, sources + [.scalar(number)], body)
    case .column(let numbers):
      numbers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        withPointers(inputs, sources + [.column(base)], body)
      }
    }
  }
}

/// The scratch memory of one thread.
private struct BlockRunner {
  private let program: ColumnProgram
  private let inputs: [ColumnProgram.Source]
  private let scratch: UnsafeMutablePointer<Double>
  private let scalars: UnsafeMutablePointer<Double>
  var undefined = 0

  init(_ program: ColumnProgram, _ inputs: [ColumnProgram.Source]) {
    (self.program, self.inputs) = (program, inputs)
    let length = ColumnProgram.blockLength
    scratch = .allocate(capacity: length * program.steps.count)
    scratch.initialize(repeating: 0, count: length * program.steps.count)
    scalars = .allocate(capacity: length * max(1, inputs.count))
    for (index, input) in inputs.enumerated() {
      var filler = Double.nan
      if case .scalar(let number) = input { filler = number }
      (scalars + index * length).initialize(repeating: filler, count: length)
    }
  }

  func release() {
    scratch.deallocate()
    scalars.deallocate()
  }

  mutating func run(_ start: Int, _ count: Int, _ output: UnsafeMutablePointer<Double>) {
    let last = program.steps.count - 1
    for (index, step) in program.steps.enumerated() {
      let target = index == last ? output : scratch + index * ColumnProgram.blockLength
      withOperands(step.operands, start) { a, b, c in
        Self.compute(step.operation, a, b, c, target, count)
      }
    }
    settle(start, count, output)
  }

  private func withOperands(
    _ operands: [ColumnProgram.Operand], _ start: Int,
    _ body: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
  ) {
    let a = pointer(operands[0], start)
    let b = operands.count > 1 ? pointer(operands[1], start) : a
    let c = operands.count > 2 ? pointer(operands[2], start) : a
    body(a, b, c)
  }

  private func pointer(_ operand: ColumnProgram.Operand, _ start: Int) -> UnsafePointer<Double> {
    switch operand {
    case .step(let index): return UnsafePointer(scratch + index * ColumnProgram.blockLength)
    case .input(let index):
      guard case .column(let numbers) = inputs[index] else {
        return UnsafePointer(scalars + index * ColumnProgram.blockLength)
      }
      return numbers + start
    }
  }

  // A missing result is undefined if its row had every input.
  private mutating func settle(
    _ start: Int, _ count: Int, _ output: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<count where output[row].isNaN {
      let isComplete = inputs.allSatisfy { input in
        switch input {
        case .column(let numbers): !numbers[start + row].isNaN
        case .scalar(let number): !number.isNaN
        }
      }
      if isComplete { undefined += 1 }
    }
  }
}

extension BlockRunner {
  @inline(__always)
  private static func each(
    _ target: UnsafeMutablePointer<Double>, _ count: Int, _ body: (Int) -> Double
  ) {
    for row in 0..<count { target[row] = body(row) }
  }

  /// What is not finite is missing, here and in the steps that follow.
  @inline(__always)
  private static func finite(
    _ target: UnsafeMutablePointer<Double>, _ count: Int, _ body: (Int) -> Double
  ) {
    for row in 0..<count {
      let result = body(row)
      target[row] = abs(result) <= Double.greatestFiniteMagnitude ? result : .nan
    }
  }

  @inline(__always)
  private static func compare(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>,
    _ count: Int, _ holds: (Double, Double) -> Bool
  ) {
    for row in 0..<count {
      let (x, y) = (a[row], b[row])
      let answer: Double = holds(x, y) ? 1 : 0
      target[row] = x != x || y != y ? .nan : answer
    }
  }

  fileprivate static func compute(
    _ operation: ColumnProgram.Operation, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    _ c: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    switch operation {
    case .add: finite(target, count) { a[$0] + b[$0] }
    case .subtract: finite(target, count) { a[$0] - b[$0] }
    case .multiply: finite(target, count) { a[$0] * b[$0] }
    case .divide: finite(target, count) { a[$0] / b[$0] }
    case .power: finite(target, count) { Elementary.pow(a[$0], b[$0]) }
    case .negate: each(target, count) { 0 - a[$0] }
    case .equal: compare(a, b, target, count) { $0 == $1 }
    case .notEqual: compare(a, b, target, count) { $0 != $1 }
    case .less: compare(a, b, target, count) { $0 < $1 }
    case .lessEqual: compare(a, b, target, count) { $0 <= $1 }
    case .greater: compare(a, b, target, count) { $0 > $1 }
    case .greaterEqual: compare(a, b, target, count) { $0 >= $1 }
    case .and: each(target, count) { a[$0] == 0 || b[$0] == 0 ? 0 : a[$0] * b[$0] }
    case .or: each(target, count) { a[$0] == 1 || b[$0] == 1 ? 1 : a[$0] + b[$0] }
    case .not: each(target, count) { 1 - a[$0] }
    case .isMissing: each(target, count) { a[$0].isNaN ? 1 : 0 }
    case .isPresent: each(target, count) { a[$0].isNaN ? 0 : 1 }
    case .coalesce: each(target, count) { a[$0].isNaN ? b[$0] : a[$0] }
    case .choose:
      each(target, count) { a[$0].isNaN ? .nan : a[$0] != 0 ? b[$0] : c[$0] }
    case .map(let function): finite(target, count) { function(a[$0]) }
    }
  }
}
