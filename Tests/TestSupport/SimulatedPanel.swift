// Tasks from simulated worlds, and the ways in which tests disturb them.

import FactorRuntime
import Models

/// Builders of tasks for tests of models.
public enum SimulatedPanel {
  /// A task on a small recurrent world, split into 60 % training, 20 % validation and 20 % test.
  public static func task(
    _ member: RecurrentWorld.Member = .r_dyn, firms: Int = 16, months: Int = 40,
    characteristics: Int = 5, seed: UInt64 = 1
  ) throws -> FactorTask {
    let world = try! RecurrentWorld(
      member, firms: firms, months: months, characteristics: characteristics, seed: seed)
    return try task(world, SplitDesign.shares.split(months: months))
  }

  /// The task of a world from 2000-01, missing characteristics zero.
  public static func task(_ world: any SimulatedWorld, _ split: Split) throws -> FactorTask {
    let start = Period(index: 24_000)
    let rows = world.present.indices.filter { world.present[$0] }
    let index = try PanelIndex.sorting(
      months: rows.map { start + $0 / world.firms },
      assets: rows.map { Int32($0 % world.firms) },
      names: (0..<world.firms).map { String(10_000 + $0) }
    ).index
    let width = world.characteristicNames.count
    return FactorTask(
      index: index, characteristicNames: world.characteristicNames,
      characteristics: rows.flatMap { row in
        world.characteristics[(row * width)..<((row + 1) * width)].map { $0.isNaN ? 0 : $0 }
      }, returns: rows.map { world.returns[$0] }, targetName: "return", split: split,
      observed: world.observed)
  }
}

extension FactorTask {
  /// The same task with other numbers.
  public func replacing(
    characteristics: [Float]? = nil, returns: [Double]? = nil, observed: ObservedFactors? = nil
  ) -> FactorTask {
    FactorTask(
      index: index, characteristicNames: characteristicNames,
      characteristics: characteristics ?? self.characteristics, returns: returns ?? self.returns,
      targetName: targetName, split: split, observed: observed ?? self.observed)
  }

  /// The same task with noise for every return and observed factor from one month on, and every
  /// characteristic from another month on.
  public func scrambled(returnsFrom: Int, characteristicsFrom: Int, seed: UInt64 = 99) -> FactorTask
  {
    var stream = RandomStream(seed: seed, purpose: .example)
    var (returns, characteristics) = (returns, characteristics)
    for i in index.offsets[returnsFrom]..<returns.count { returns[i] = 0.3 * stream.normal() }
    for i in (index.offsets[characteristicsFrom] * width)..<characteristics.count {
      characteristics[i] = Float(2 * stream.uniform() - 1)
    }
    var values = observed.values
    for i in (returnsFrom * observed.names.count)..<values.count {
      values[i] = 0.3 * stream.normal()
    }
    return replacing(
      characteristics: characteristics, returns: returns,
      observed: ObservedFactors(observed.names, values))
  }

  /// The task without some of its rows, which must leave every month at least one.
  public func selecting(_ rows: [Int]) -> FactorTask {
    FactorTask(
      index: index.selecting(rows), characteristicNames: characteristicNames,
      characteristics: rows.flatMap { characteristics[($0 * width)..<(($0 + 1) * width)] },
      returns: rows.map { returns[$0] }, targetName: targetName, split: split, observed: observed)
  }

  /// The task with the rows of every month in another order, the same for all months; gives also
  /// where each row came from. Months must hold the same firms.
  public func relabelled(seed: UInt64 = 5) -> (task: FactorTask, source: [Int]) {
    var stream = RandomStream(seed: seed, purpose: .example)
    var order = Array(0..<rows(0).count)
    for i in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(i, stream.below(i + 1)) }
    let source = (0..<monthCount).flatMap { month in order.map { rows(month).lowerBound + $0 } }
    let moved = replacing(
      characteristics: source.flatMap { characteristics[($0 * width)..<(($0 + 1) * width)] },
      returns: source.map { returns[$0] })
    return (moved, source)
  }
}
