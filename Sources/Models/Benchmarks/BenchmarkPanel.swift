// The random panel of the training benchmarks, of a stated shape and with stated lives of firms.
//
// Place i of a month belongs to a new firm from every month t with (t + 7 i) mod 96 = 0 on, so that about
// one firm in a hundred leaves and one enters each month.

import FactorRuntime

/// A panel of random numbers, ready to fit.
public struct BenchmarkPanel {
  /// Months after which a place goes to another firm.
  static let life = 96

  let shape: EpochBenchmark.Shape
  /// The panel with a validation and a test month after the training months.
  public let task: FactorTask
  let seed: UInt64

  /// Draws a panel.
  public init(_ shape: EpochBenchmark.Shape, seed: UInt64) throws {
    (self.shape, self.seed) = (shape, seed)
    var stream = RandomStream(seed: seed, purpose: .world)
    // Two months more, for the validation and test blocks that a split wants.
    let total = shape.months + 2
    guard let first = Period(year: 2000, month: 1) else { throw ModelError.noSplit }
    var (months, assets): ([Period], [Int32]) = ([], [])
    let lives = total / Self.life + 2
    for t in 0..<total {
      let size = (t + 1) * shape.rows / shape.months - t * shape.rows / shape.months
      for place in 0..<size {
        months.append(first + t)
        // The number of times the place has changed hands.
        let changes = (t + 7 * place) / Self.life - 7 * place / Self.life
        assets.append(Int32(place * lives + changes))
      }
    }
    let names = (0...Int(assets.max() ?? 0)).map { String(100_000 + $0) }
    let index = try PanelIndex.sorting(months: months, assets: assets, names: names).index
    task = FactorTask(
      index: index, characteristicNames: (1...shape.characteristics).map { "c\($0)" },
      characteristics: (0..<(months.count * shape.characteristics)).map { _ in
        Float(2 * stream.uniform() - 1)
      },
      returns: months.map { _ in stream.normal() }, targetName: "ret",
      split: try Self.split(shape))
  }

  var networkData: NetworkData { NetworkData(task, returnScale: 1, inputs: []) }

  var data: ConditionalData<Float> { ConditionalData<Float>(networkData) }

  var histories: FirmHistories {
    FirmHistories(
      offsets: task.index.offsets, firms: task.index.assets,
      calendar: task.index.places)
  }

  var meanFirms: Double { Double(shape.rows) / Double(shape.months) }

  private static func split(_ shape: EpochBenchmark.Shape) throws -> Split {
    try Split(
      train: 0..<shape.months, valid: shape.months..<(shape.months + 1),
      test: (shape.months + 1)..<(shape.months + 2))
  }

  /// Managed portfolio returns by month, the constant included.
  var inputs: [[Double]] {
    var stream = RandomStream(seed: seed, purpose: .example)
    return (0..<(shape.months + 2)).map { _ in
      (0...shape.characteristics).map { _ in stream.normal() }
    }
  }

  /// The head of a conditional autoencoder, freshly drawn.
  func linearHead() -> LinearFactorHead<Float> {
    let head = LinearFactorHead<Float>(
      factors: shape.factors, inputs: inputs, meanFirms: meanFirms)
    var stream = RandomStream(seed: seed, purpose: .initialise)
    head.initialize(&stream)
    return head
  }

  /// The months of every step, `length` at a time.
  func batches(_ length: Int) -> [Range<Int>] {
    stride(from: 0, to: shape.months, by: length).map { $0..<min($0 + length, shape.months) }
  }
}
