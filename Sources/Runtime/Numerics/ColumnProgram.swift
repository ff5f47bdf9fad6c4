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

  /// Rows per block: a handful of blocks fit the first cache.
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

  /// A step whose results are wanted, and the inputs that they are made of.
  public struct Output: Sendable {
    public let step: Int
    public let inputs: [Int]

    /// Asks for a step's results.
    public init(step: Int, inputs: [Int]) { (self.step, self.inputs) = (step, inputs) }
  }

  /// The results of a step, and how many are undefined: missing although none of the inputs of their row is.
  public struct Result: Sendable {
    public let values: [Double]
    public let undefined: Int
  }

  /// Appends another program, whose inputs become the operands given; gives the number of its last step.
  public mutating func append(_ other: ColumnProgram, inputs: [Operand]) -> Int {
    let first = steps.count
    for step in other.steps {
      let operands = step.operands.map { operand -> Operand in
        switch operand {
        case .input(let index): inputs[index]
        case .step(let index): .step(first + index)
        }
      }
      steps.append(Step(operation: step.operation, operands: operands))
    }
    return steps.count - 1
  }

  /// Runs the program in one pass over the rows and gives the last step's results.
  public func run(_ inputs: [Input], rows: Int, threads: Int = 1) -> Result {
    run(
      inputs, outputs: [Output(step: steps.count - 1, inputs: Array(inputs.indices))], rows: rows,
      threads: threads)[0]
  }

  /// Runs the program in one pass over the rows and gives the results of several steps.
  public func run(
    _ inputs: [Input], outputs: [Output], rows: Int, threads: Int = 1
  ) -> [Result] {
    precondition(outputs.allSatisfy { steps.indices.contains($0.step) })
    let blocks = (rows + Self.blockLength - 1) / Self.blockLength
    let parts = rows < 1 << 16 ? 1 : max(1, min(threads, blocks))
    var undefined = [Int](repeating: 0, count: parts * outputs.count)
    let values = Self.filled(outputs.count, rows) { targets in
      Self.withPointers(inputs) { sources in
        undefined.withUnsafeMutableBufferPointer { counts in
          // Each part writes its own rows and its own counts.
          nonisolated(unsafe) let (counts, sources, targets) = (counts, sources, targets)
          Parallel.blocks(parts, threads: threads) { part in
            var runner = BlockRunner(self, sources, outputs, targets)
            for block in (part * blocks / parts)..<((part + 1) * blocks / parts) {
              let start = block * Self.blockLength
              runner.run(start, min(Self.blockLength, rows - start))
            }
            for (place, count) in runner.undefined.enumerated() {
              counts[part * outputs.count + place] = count
            }
            runner.release()
          }
        }
      }
    }
    return outputs.indices.map { place in
      let counts = (0..<parts).map { undefined[$0 * outputs.count + place] }
      return Result(values: values[place], undefined: counts.reduce(0, +))
    }
  }

  // Arrays that a body fills, without a first pass of zeros.
  private static func filled(
    _ count: Int, _ rows: Int, _ targets: [UnsafeMutablePointer<Double>] = [],
    _ body: ([UnsafeMutablePointer<Double>]) -> Void
  ) -> [[Double]] {
    guard targets.count < count else {
      body(targets)
      return []
    }
    var rest: [[Double]] = []
    let own = [Double](unsafeUninitializedCapacity: rows) { buffer, filledCount in
      // An empty buffer has no address; nothing is written to it either.
      let place = buffer.baseAddress ?? UnsafeMutablePointer<Double>.allocate(capacity: 1)
      rest = filled(count, rows, targets + [place], body)
      if buffer.baseAddress == nil { place.deallocate() }
      filledCount = rows
    }
    return [own] + rest
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

/// The memory of one thread, and the steps as addresses: a block costs a call for each step and nothing else.
private struct BlockRunner {
  /// An address that moves with the rows, or stays.
  private struct Place {
    let base: UnsafeMutablePointer<Double>
    let moves: Int

    func at(_ start: Int) -> UnsafeMutablePointer<Double> { base + start * moves }
  }

  private struct FlatStep {
    /// The kernel, or -1 for a function of Swift.
    let kernel: Int32
    let a: Place
    let b: Place
    let c: Place
    let target: Place
  }

  private let program: ColumnProgram
  private let inputs: [ColumnProgram.Source]
  private let outputs: [ColumnProgram.Output]
  private let targets: [UnsafeMutablePointer<Double>]
  private let memory: UnsafeMutablePointer<Double>
  private let steps: UnsafeMutablePointer<FlatStep>
  private let kernels = Kernels.chosen
  var undefined: [Int]

  init(
    _ program: ColumnProgram, _ inputs: [ColumnProgram.Source],
    _ outputs: [ColumnProgram.Output], _ targets: [UnsafeMutablePointer<Double>]
  ) {
    (self.program, self.inputs, self.outputs) = (program, inputs, outputs)
    self.targets = targets
    undefined = outputs.map { _ in 0 }
    let length = ColumnProgram.blockLength
    let count = program.steps.count
    // A block for each step, then one for each input, filled if it is a scalar.
    let blocks = count + inputs.count
    memory = .allocate(capacity: length * blocks)
    memory.initialize(repeating: 0, count: length * blocks)
    let scratch = memory
    let sources = inputs.enumerated().map { index, input -> Place in
      switch input {
      case .column(let numbers):
        return Place(base: UnsafeMutablePointer(mutating: numbers), moves: 1)
      case .scalar(let number):
        let block = scratch + (count + index) * length
        block.update(repeating: number, count: length)
        return Place(base: block, moves: 0)
      }
    }
    let results = (0..<count).map { step -> Place in
      let output = outputs.firstIndex { $0.step == step }
      return output.map { Place(base: targets[$0], moves: 1) }
        ?? Place(base: scratch + step * length, moves: 0)
    }
    steps = .allocate(capacity: count)
    for (index, step) in program.steps.enumerated() {
      let places = step.operands.map { operand -> Place in
        switch operand {
        case .input(let index): sources[index]
        case .step(let index): results[index]
        }
      }
      (steps + index).initialize(
        to: FlatStep(
          kernel: step.operation.kernel ?? -1, a: places[0], b: places[min(1, places.count - 1)],
          c: places[places.count - 1], target: results[index]))
    }
  }

  func release() {
    memory.deallocate()
    steps.deallocate()
  }

  mutating func run(_ start: Int, _ count: Int) {
    for index in 0..<program.steps.count {
      let step = steps[index]
      guard step.kernel < 0 else {
        kernels.compute(
          step.kernel, count: count, step.a.at(start), step.b.at(start), step.c.at(start),
          step.target.at(start))
        continue
      }
      Self.compute(
        program.steps[index].operation, step.a.at(start), step.b.at(start),
        step.target.at(start), count)
    }
    for place in outputs.indices { settle(place, start, count) }
  }

  // What Swift computes, element by element; what is not finite is missing, here and in the steps that follow.
  private static func compute(
    _ operation: ColumnProgram.Operation, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    _ target: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for row in 0..<count {
      var result = Double.nan
      if case .map(let function) = operation { result = function(a[row]) }
      if case .power = operation { result = Elementary.pow(a[row], b[row]) }
      target[row] = result.isFinite ? result : .nan
    }
  }

  // A missing result is undefined if its row had every input.
  private mutating func settle(_ place: Int, _ start: Int, _ count: Int) {
    let results = targets[place] + start
    guard kernels.missing(count, results) > 0 else { return }
    for row in 0..<count where results[row].isNaN {
      let isComplete = outputs[place].inputs.allSatisfy { index in
        switch inputs[index] {
        case .column(let numbers): !numbers[start + row].isNaN
        case .scalar(let number): !number.isNaN
        }
      }
      if isComplete { undefined[place] += 1 }
    }
  }
}
