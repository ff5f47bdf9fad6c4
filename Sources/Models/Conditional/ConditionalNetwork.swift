// What a conditional factor model needs of its beta network, so that perceptrons and recurrent networks are
// trained, frozen, forecast with and written to files by the same code.

import FactorRuntime

/// What makes a beta network, apart from data.
protocol LoadingDesign: Sendable, Equatable {
  var inputs: Int { get }
  var outputs: Int { get }
  /// Parameters a user would count.
  var parameterCount: Int { get }
  /// The design as facts of a header.
  var facts: JSON { get }
  init(_ facts: StoredFacts) throws
  /// Sees that the weights of a member are there before memory for them is taken.
  func checkSizes(_ name: String, _ container: Container) throws
  /// Numbers that training and forecasting hold at a time, apart from the data.
  func room(rowsOfBatch: Int, rowsOfMonth: Int, firms: Int) -> Int
}

/// A beta network in training that can be frozen.
protocol ConditionalNetwork: LoadingNetwork, WeightedNetwork {
  associatedtype Design: LoadingDesign
  associatedtype Run: LoadingRun where Run.Network == Self
  /// Weights as they forecast; a value.
  associatedtype Frozen: Sendable
  /// Whether loadings depend on the firms' earlier rows.
  static var readsHistories: Bool { get }
  /// The tensors of the last linear map, whose columns are the outputs.
  var head: (weight: Int, bias: Int) { get }
  /// Creates a network with room for batches of `longestBatch` months.
  init(_ design: Design, _ data: ConditionalData<Scalar>, longestBatch: Int)
  /// Creates one that only holds weights.
  init(blank design: Design)
  func initialize(_ stream: inout RandomStream)
  /// Forgets what was carried from earlier batches.
  func resetStates()
  func frozen() -> Frozen
}

extension ConditionalNetwork {
  /// Starts with one residual variance for all stocks, where outputs hold one.
  func startVariance(_ columns: LoadingColumns) {
    guard columns.hasVariance else { return }
    let (last, tensor) = (columns.outputs - 1, parameters.tensors[head.weight])
    for row in 0..<tensor.rows {
      parameters.weights(head.weight)[row * tensor.stride + last] = 0
    }
    parameters.weights(head.bias)[last] = Scalar(StockVariance.start)
  }
}

/// Frozen weights at work on data, month by month.
protocol LoadingRun: AnyObject {
  associatedtype Network: ConditionalNetwork
  init(_ design: Network.Design, _ data: ConditionalData<Network.Scalar>)
  var outputWidth: Int { get }
  /// Starts anew with some weights; the next month asked for is `month`.
  func begin(_ weights: Network.Frozen, at month: Int)
  /// The loadings of a month's rows, `outputWidth` apart; months are asked for in order.
  func loadings(_ month: Int) -> UnsafeMutablePointer<Network.Scalar>
}
