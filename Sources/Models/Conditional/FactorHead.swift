// What a conditional factor model adds to the beta network: how factors arise and what they cost.

import FactorRuntime

/// One month as a head sees it: statistics on a tape, and the rows for what needs them.
struct MonthView<Scalar: NetworkScalar> {
  let month: Int
  let firms: Int
  let statistics: LoadingStatistics<Scalar>.Month
  /// Rows of loadings, `width` apart, the return in the column after them.
  let loadings: UnsafePointer<Scalar>
  let width: Int
  /// The loadings at quantiles behind these, where there are some.
  var quantiles: QuantileView<Scalar>?
}

/// What a head says of a month with frozen weights.
struct FilteredMonth: Sendable {
  /// The latent variables behind the factors given the month's own returns.
  var latent: [Double]
  /// The factors given the month's own returns, and their variances.
  var posterior: [Double]
  var posteriorVariance: [Double]
  /// The factors as expected before the month, and their variances; empty without a predictor.
  var prior: [Double]
  var priorVariance: [Double]
  /// The month's share of the validation loss.
  var loss: Double
}

/// What makes a factor head, apart from data: kept by the fitted model and written to its file.
protocol HeadDesign: Sendable {
  var factors: Int { get }
  /// What a loading network has to give.
  var columns: LoadingColumns { get }
  /// Whether factors change with the inputs, where there are any.
  var readsInputs: Bool { get }
  /// The design as facts of a header.
  var facts: JSON { get }
  init(_ facts: StoredFacts) throws
}

extension HeadDesign {
  var columns: LoadingColumns { LoadingColumns(factors: factors) }
  var readsInputs: Bool { true }
}

/// The factor side of a conditional factor model.
protocol FactorHead: AnyObject, SendableMetatype {
  associatedtype Scalar: NetworkScalar
  /// What makes the head, apart from data.
  associatedtype Design: HeadDesign
  init(_ design: Design, inputs: [[Double]], meanFirms: Double)
  /// Draws starting values.
  func initialize(_ stream: inout RandomStream)
  var factors: Int { get }
  var columns: LoadingColumns { get }
  var parameters: ParameterBlock<Double> { get }
  /// The stream that sampled losses draw from; nil where nothing is sampled.
  var draws: RandomStream? { get set }

  /// Gives the epoch's batches: runs of consecutive months.
  func batches(epoch: Int, train: Range<Int>, _ stream: inout RandomStream) -> [Range<Int>]
  /// Forgets what was carried from earlier months.
  func resetState()
  /// Puts the parameters on an empty tape.
  func loadParameters(on tape: Tape)
  /// Adds a month to the loss of a batch; called in the order of months.
  func loss(_ view: MonthView<Scalar>, on tape: Tape) -> Variable
  /// Closes a batch: adds what belongs to it as a whole.
  func closeBatch(_ loss: Variable, months: Int, on tape: Tape) -> Variable
  /// Describes a month with frozen weights and carries the state on.
  func observe(_ view: MonthView<Scalar>, on tape: Tape) -> FilteredMonth
  /// A month's share of the validation loss if all fits were zero, given the sum of squared returns; nil where that
  /// is no mark to beat.
  func idleLoss(square: Double) -> Double?
  /// Called when an epoch starts, after the parameters of the last one; `filter` describes the
  /// training months with the current weights.
  func willStart(epoch: Int, filter: () -> [FilteredMonth])
  /// Called once after training: estimates the prior again on the factors of all months that may be
  /// used, the validation months among them.
  func refinePrior(on months: [FilteredMonth], budget: Budget) throws
}

extension FactorHead {
  var draws: RandomStream? {
    get { nil }
    set {}
  }
  var columns: LoadingColumns { LoadingColumns(factors: factors) }
  func idleLoss(square: Double) -> Double? { nil }
  func willStart(epoch: Int, filter: () -> [FilteredMonth]) {}
  func closeBatch(_ loss: Variable, months: Int, on tape: Tape) -> Variable { loss }
  func refinePrior(on months: [FilteredMonth], budget: Budget) throws {}
}
