// Epochs of training on random data of a given shape, for `fq bench`.
//
// The same batches, loss, optimiser and order of work as a fit; what is left out is the validation
// pass and early stopping. Useful flops count each product once: forward, weight gradient, and the
// gradient sent down below every layer but the first.

import FactorRuntime

/// A member of a conditional model, ready to run epochs.
public final class EpochBenchmark {
  /// Which model's epoch.
  public enum Model: String, CaseIterable, Sendable { case ca2, cvra }

  /// The shape of the data.
  public struct Shape: Sendable {
    public var rows: Int
    public var months: Int
    public var characteristics: Int
    public var factors: Int

    /// The paper-size block: 231,514 firm-months, 46 characteristics, 5 factors, 144 months.
    public static let paper = Shape(rows: 231_514, months: 144, characteristics: 46, factors: 5)

    /// Creates a shape.
    public init(rows: Int, months: Int, characteristics: Int, factors: Int) {
      (self.rows, self.months) = (rows, months)
      (self.characteristics, self.factors) = (characteristics, factors)
    }
  }

  public let shape: Shape
  private let start: (Int) -> Int
  private let step: (Int) -> Double
  private var epoch = 0

  /// Prepares random data and a fresh member.
  public init(_ model: Model, _ shape: Shape, seed: UInt64 = 1) throws {
    self.shape = shape
    let task = try Self.task(shape, seed: seed)
    let hidden = [32, 16]
    switch model {
    case .ca2:
      let inputs = Self.inputs(shape, seed: seed)
      let head = LinearFactorHead<Float>(
        factors: shape.factors, inputs: inputs, meanFirms: Double(shape.rows) / Double(shape.months)
      )
      var stream = RandomStream(seed: seed, purpose: .initialise)
      head.initialize(&stream)
      (start, step) = try Self.closures(head, task, shape, hidden, longest: 1, seed)
    case .cvra:
      var options = FactorNetworkOptions()
      options.factors = shape.factors
      let head = RecurrentFactorHead<Float>(
        options: options, inputs: [], meanFirms: Double(shape.rows) / Double(shape.months))
      var stream = RandomStream(seed: seed, purpose: .initialise)
      head.initialize(&stream)
      (start, step) = try Self.closures(head, task, shape, hidden, longest: options.chunk, seed)
    }
  }

  private static func closures<Head: FactorHead>(
    _ head: Head, _ task: FactorTask, _ shape: Shape, _ hidden: [Int], longest: Int, _ seed: UInt64
  ) throws -> ((Int) -> Int, (Int) -> Double) where Head.Scalar == Float {
    let data = ConditionalData<Float>(NetworkData(task, returnScale: 1, managed: []))
    let network = BetaNetwork<Float>(
      inputs: shape.characteristics, hidden: hidden, outputs: shape.factors,
      maximumRows: data.mostRows(months: longest))
    var stream = RandomStream(seed: seed, purpose: .initialise)
    network.initialize(&stream)
    network.parameters.penalise(1e-5)
    let trainer = ConditionalTrainer(
      network: network, head: head, data: data,
      split: try Split(
        train: 0..<shape.months, valid: shape.months..<(shape.months + 1),
        test: (shape.months + 1)..<(shape.months + 2)),
      longestBatch: longest, optimizer: Adam(rate: 1e-3, clip: 1))
    var order = RandomStream(seed: seed, purpose: .shuffle)
    return (
      { epoch in
        trainer.begin(epoch: epoch, &order)
        return trainer.batchCount
      }, { trainer.step(batch: $0) }
    )
  }

  /// Plans the next epoch; gives its number of steps.
  public func begin() -> Int {
    epoch += 1
    return start(epoch)
  }

  /// Runs one step; gives the loss.
  @discardableResult
  public func run(step number: Int) -> Double { step(number) }

  /// Useful float operations of one epoch.
  public var flops: Double {
    let widths = [shape.characteristics, 32, 16, shape.factors]
    var perRow = 0.0
    for (i, (a, b)) in zip(widths, widths.dropFirst()).enumerated() {
      perRow += Double(a * b) * (i == 0 ? 4 : 6)
    }
    return perRow * Double(shape.rows)
  }

  private static func task(_ shape: Shape, seed: UInt64) throws -> FactorTask {
    var stream = RandomStream(seed: seed, purpose: .world)
    let total = shape.months + 2
    let sizes = (0..<total).map { month in
      (month + 1) * shape.rows / shape.months - month * shape.rows / shape.months
    }
    guard let first = Month(year: 2000, month: 1) else { throw ModelError.noSplit }
    var months: [Month] = []
    var assets: [Int32] = []
    for (t, size) in sizes.enumerated() {
      for i in 0..<size {
        months.append(first + t)
        assets.append(Int32(i))
      }
    }
    let names = (0..<(sizes.max() ?? 0)).map { String(100_000 + $0) }
    let index = try PanelIndex.sorting(months: months, assets: assets, names: names).index
    return FactorTask(
      index: index, characteristicNames: (1...shape.characteristics).map { "c\($0)" },
      characteristics: (0..<(months.count * shape.characteristics)).map { _ in
        Float(2 * stream.uniform() - 1)
      },
      returns: months.map { _ in stream.normal() }, targetName: "ret")
  }

  private static func inputs(_ shape: Shape, seed: UInt64) -> [[Double]] {
    var stream = RandomStream(seed: seed, purpose: .example)
    return (0..<(shape.months + 2)).map { _ in
      (0...shape.characteristics).map { _ in stream.normal() }
    }
  }
}
