// What a forecasting network is to its fit: rows in, one number a row out, and the units before that number.

import FactorRuntime

/// What makes a forecasting network, apart from data.
protocol PredictorDesign: Sendable, Equatable {
  var inputs: Int { get }
  /// Units before the number: the loadings of a factorised forecast; 0 where the network has none of its own.
  var factors: Int { get }
  var parameterCount: Int { get }
  var facts: JSON { get }
  init(_ facts: StoredFacts) throws
  /// Sees that the weights of a member are there before memory for them is taken.
  func checkSizes(_ name: String, _ container: Container) throws
  /// Numbers that training holds for batches of some rows.
  func room(rowsOfBatch: Int) -> Int
}

/// A network that forecasts the return of each row.
protocol PredictorNetwork: WeightedNetwork {
  associatedtype Design: PredictorDesign
  /// Whether forecasts depend on the firms' earlier rows.
  static var readsHistories: Bool { get }
  /// Creates a network with room for batches of `rows` rows of the data.
  init(_ design: Design, _ data: ConditionalData<Scalar>, rows: Int, threads: Int)
  /// Creates one that only holds weights.
  init(blank design: Design)
  func initialize(_ stream: inout RandomStream)
  /// The mean squared error of some rows, ascending or not; sets the gradient.
  func gradient(_ rows: ArraySlice<Int32>) -> Double
  /// Called after the weights were set and before `forecast`.
  func freeze()
  /// The forecasts of some rows with frozen weights, `design.factors` units a row beside them where asked for.
  func forecast(_ rows: Range<Int>, into forecasts: inout [Scalar], units: inout [Scalar])
}
