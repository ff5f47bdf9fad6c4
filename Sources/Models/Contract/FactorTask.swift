// The question a model is asked: which returns, explained by which characteristics, split when.
//
// Alignment, always: the row of firm i and month t holds the excess return earned in month t and
// characteristics known at the end of month t-1. Nothing else reaches a model.

import FactorRuntime

/// A panel in the one alignment that models see, with its three blocks of months.
public struct FactorTask: Sendable {
  /// Months, row ranges and firms; rows are ordered by month, then firm.
  public let index: PanelIndex
  /// The characteristics' names, in column order.
  public let characteristicNames: [String]
  /// Rows x characteristics, row-major, missing values already zero.
  public let characteristics: [Float]
  /// The excess return of each row, in decimals.
  public let returns: [Double]
  /// Factors observed in the periods of the returns; often none.
  public let observed: ObservedFactors
  /// The target's name, for printing.
  public let targetName: String
  /// Train, validation and test months; nil until `split`.
  public var split: Split?
  /// The first month that counts in running means of factors; nil for the first of the task.
  /// Models with a mean forecast leave earlier months out of their means, and out of nothing else.
  public var meansFrom: Period?
  /// Set where characteristics are kept from a fitted model.
  var silence: Silence?
  /// The digest of the data, once somebody asked; copies with another split share it.
  private let known = TaskDigest()

  /// Creates a task; the arrays must agree in size.
  public init(
    index: PanelIndex, characteristicNames: [String], characteristics: [Float],
    returns: [Double], targetName: String, split: Split? = nil,
    observed: ObservedFactors = .none
  ) {
    precondition(characteristics.count == returns.count * characteristicNames.count)
    precondition(index.offsets.last == returns.count)
    precondition(observed.values.count == index.months.count * observed.names.count)
    self.index = index
    self.characteristicNames = characteristicNames
    self.characteristics = characteristics
    self.returns = returns
    self.targetName = targetName
    self.split = split
    self.observed = observed
  }

  /// The digest of names, months, firms and numbers, but not of the split.
  public func digest(threads: Int) -> String { known.value { TaskDigest.compute(self, threads) } }

  /// The number of months.
  public var monthCount: Int { index.months.count }
  /// The number of characteristics.
  public var width: Int { characteristicNames.count }

  /// The rows of a month.
  public func rows(_ month: Int) -> Range<Int> { index.offsets[month]..<index.offsets[month + 1] }

  /// The rows of a run of months.
  public func rows(_ months: Range<Int>) -> Range<Int> {
    index.offsets[months.lowerBound]..<index.offsets[months.upperBound]
  }

  /// Some of the rows, ascending, without a split; months without rows go.
  public func keeping(_ kept: [Int]) -> FactorTask {
    var matrix: [Float] = []
    matrix.reserveCapacity(kept.count * width)
    for row in kept { matrix += characteristics[(row * width)..<((row + 1) * width)] }
    var part = FactorTask(
      index: index.selecting(kept), characteristicNames: characteristicNames,
      characteristics: matrix, returns: kept.map { returns[$0] }, targetName: targetName,
      observed: observed.names.isEmpty ? .none : observed.selecting(months(of: kept)))
    part.meansFrom = meansFrom
    part.silence = silence.map { silence in
      let rows = kept.flatMap { silence.characteristics[($0 * width)..<(($0 + 1) * width)] }
      return Silence(columns: silence.columns, place: silence.place, characteristics: rows)
    }
    return part
  }

  // The positions of the months of some rows, ascending.
  private func months(of rows: [Int]) -> [Int] {
    var (found, month) = ([Int](), 0)
    for row in rows {
      while index.offsets[month + 1] <= row { month += 1 }
      if found.last != month { found.append(month) }
    }
    return found
  }

  /// The position of the first month that counts in running means of factors.
  public var firstMeanMonth: Int { meansFrom.map { index.lowerBound($0) } ?? 0 }

  /// A run of months, split anew.
  public func months(_ months: Range<Int>, split: Split?) -> FactorTask {
    var part = keeping(Array(rows(months)))
    part.split = split
    return part
  }

  /// Throws where a model reads characteristics and there are none.
  func requireCharacteristics(for model: String) throws {
    if characteristicNames.isEmpty { throw ModelError.noCharacteristics(model: model) }
  }

  /// The split, or the error that there is none.
  public func requireSplit() throws -> Split {
    guard let split else { throw ModelError.noSplit }
    return split
  }
}
