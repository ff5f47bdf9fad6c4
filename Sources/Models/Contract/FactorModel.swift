// What every model answers, so that one scorer, one splitter and one loop serve all.

import FactorRuntime

/// A model that can be fitted on the training and validation months of a task.
public protocol FactorModel: Sendable {
  /// Fits; test months must not influence the result in any way.
  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel
}

/// What a fit may use besides its data.
public struct FitContext: Sendable {
  /// The root of all random numbers of the fit.
  public let seed: UInt64
  public let budget: Budget
  /// A fit whose weights this one starts from; nil for a start from random ones.
  public var start: (any FittedModel)?
  /// The fit on the training months alone whose epochs and blend this one takes over; then the task's split is
  /// `Split.trainedOnAll`, and no choice is made.
  public var tuned: (any FittedModel)?
  /// The state of an interrupted fit of the same data and settings, to go on from.
  public var earlier: Container?
  /// Where states on the way are kept; nil for nowhere.
  public var checkpoints: FitCheckpoints?
  /// Called with the state after each epoch, from any thread.
  public let progress: @Sendable (FitProgress) -> Void

  /// Creates a context.
  public init(
    seed: UInt64, budget: Budget = Budget(), start: (any FittedModel)? = nil,
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) {
    (self.seed, self.budget, self.start, self.progress) = (seed, budget, start, progress)
  }
}

/// The state of a fit after one epoch of one ensemble member.
public struct FitProgress: Sendable {
  public let member: Int
  public let members: Int
  public let epoch: Int
  public let epochs: Int
  public let trainingLoss: Double
  public let validationLoss: Double
  public let bestEpoch: Int
  public let bestLoss: Double
}

/// How a forecast of a month is made.
public enum ForecastMode: String, CaseIterable, Sendable {
  case mean, prior, blend, direct

  /// What the mode does, in one sentence.
  public var sentence: String {
    switch self {
    case .mean: "loadings times the running mean of past factors"
    case .prior: "loadings times the factor the learned predictor expects"
    case .blend: "a mix of prior and mean, its weight chosen on the validation months"
    case .direct: "the network's own forecast"
    }
  }
}

/// A fit on the rows of a task: what it describes and what it forecast.
public struct Predictions: Sendable {
  /// Fitted with the month's own returns: measures description of risk. Nil for pure predictors.
  public var total: [Double]?
  /// Forecasts made before the month, by mode.
  public var forecasts: [(mode: ForecastMode, values: [Double])]
  /// The mode used for sorts.
  public var preferred: ForecastMode
  /// Forecast variance of each row's return, where the model has one.
  public var variance: [Double]?
  /// Months x factors of the first ensemble member, as fitted; empty without factors.
  public var factors: [[Double]]
  /// Months x latent variables behind those factors, filtered; empty where there are none.
  public var latent: [[Double]] = []
  /// Variance of each row's return beyond its factors, where a model has one by stock.
  public var residualVariance: [Double]?

  /// The forecasts of a mode.
  public func forecast(_ mode: ForecastMode) -> [Double]? {
    forecasts.first { $0.mode == mode }?.values
  }

  /// The forecasts of the preferred mode.
  public var preferredForecast: [Double] { forecast(preferred) ?? forecasts.first?.values ?? [] }
}

/// A model with its parameters.
public protocol FittedModel: Sendable {
  /// What to show of the fit.
  var summary: FitSummary { get }
  /// Describes and forecasts every row of a task with frozen weights.
  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions
  /// What is left of a fit that was stopped; nil for a whole one.
  var pause: FitPause? { get }
  /// The model as it forecasts: what is left of a stopped fit takes its best epoch, which is work.
  func settled(_ budget: Budget) throws -> any FittedModel
  /// Adds what the model needs to forecast to a container; its card reads it back.
  func encode(into container: inout Container) throws
  /// Whether factors are a function of managed portfolios, which can then be silenced alone.
  var readsManagedPortfolios: Bool { get }
  /// The loadings of every row, rows x factors, of the same member as `Predictions.factors` and in the
  /// units that go with them; nil for models whose loadings do not depend on the row, or without any.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix?
  /// The filtered path of the factors of the same member, with the decoder's Jacobians; nil for models that have
  /// none.
  func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath?
  /// The loadings of every row to look at; nil for models without any. They may know more than those a
  /// forecast is made with.
  func shownLoadings(_ task: FactorTask, budget: Budget) throws -> ShownLoadings?
  /// How well each asset is rebuilt over some months of a task, with its own return and without; nil for models that
  /// do not rebuild assets from each other.
  func leaveOneOut(_ task: FactorTask, _ months: Range<Int>, budget: Budget) throws -> [LeftOut]?
  /// What latents hold of some months of a task, in means over the members; nil for models without a judge of them.
  func latentFigures(
    _ task: FactorTask, _ months: Range<Int>, budget: Budget
  ) throws -> LatentFigures?
  /// The share of the prior in the blend forecast; nil where there is none.
  var priorShare: Double? { get }
  /// One member of the ensemble as a model of its own; nil where there is none.
  func member(_ number: Int) -> (any FittedModel)?
  /// Forecasts every row in the preferred mode, learning nothing from the rows that wait for their
  /// return. Every month but the last must have rows that do not wait.
  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double]
}

extension FittedModel {
  /// Refuses a task whose characteristics are not those the model was fitted on.
  func check(_ task: FactorTask) throws {
    guard task.characteristicNames == summary.characteristicNames else {
      throw ModelError.otherCharacteristics(
        expected: summary.characteristicNames, found: task.characteristicNames)
    }
  }

  /// A whole fit.
  public var pause: FitPause? { nil }

  /// A whole fit is settled.
  public func settled(_ budget: Budget) throws -> any FittedModel { self }

  /// Factors of something else, or none.
  public var readsManagedPortfolios: Bool { false }

  /// None to show.
  public func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? { nil }

  /// None to follow.
  public func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath? { nil }

  /// Those that go with the factors, which are numbered.
  public func shownLoadings(_ task: FactorTask, budget: Budget) throws -> ShownLoadings? {
    try loadings(task, budget: budget).map { values in
      ShownLoadings(
        names: (0..<values.columns).map { "f\($0 + 1)" }, values: values, knowledge: .before)
    }
  }

  /// Nothing to rebuild.
  public func leaveOneOut(
    _ task: FactorTask, _ months: Range<Int>, budget: Budget
  ) throws -> [LeftOut]? { nil }

  /// Nothing to look into.
  public func latentFigures(
    _ task: FactorTask, _ months: Range<Int>, budget: Budget
  ) throws -> LatentFigures? { nil }

  /// No blend.
  public var priorShare: Double? { nil }

  /// No members that could stand alone.
  public func member(_ number: Int) -> (any FittedModel)? { nil }

  /// Forecasts month by month from what was known: right for every model, and slow.
  public func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    let known = task.keeping(waiting.indices.filter { !waiting[$0] })
    var result = [Double](repeating: .nan, count: waiting.count)
    for (row, value) in zip(
      waiting.indices.filter { !waiting[$0] },
      try predict(known, budget: budget).preferredForecast)
    { result[row] = value }
    for month in 0..<task.monthCount {
      let rows = task.rows(month)
      guard rows.contains(where: { waiting[$0] }) else { continue }
      let past = (0..<rows.lowerBound).filter { !waiting[$0] }
      // No forecast of a month reads the returns of that month.
      let part = try predict(task.keeping(past + Array(rows)), budget: budget)
      for (row, value) in zip(rows, part.preferredForecast.suffix(rows.count)) where waiting[row] {
        result[row] = value
      }
    }
    return result
  }
}

/// Mean squared errors of an asset's standardised returns as a model rebuilds them.
public struct LeftOut: Sendable {
  public let asset: String
  /// With all returns of the month.
  public let reconstruction: Double
  /// With its own return at its mean over the training months.
  public let without: Double
}

/// What the latents of an autoencoder hold of some periods.
public struct LatentFigures: Sendable {
  /// Mean squared errors of standardised returns, of returns as they are, and of saying the training mean in them.
  public var error, rawError, rawMean: Double
  /// KL(q || N(0, I)) of a period, in nats.
  public var divergence: Double
  /// Total correlation of the latents' means, taken as normal.
  public var normal: Double
  /// Latents whose mean varies by more than 0.01.
  public var active: Double
  /// Total correlation by the judge in the best epoch of training, and the share it told right.
  public var judged, accuracy: Double
  /// The number of latents.
  public var factors: Int
}

/// A fit that was stopped between two epochs and can go on.
public struct FitPause: Sendable {
  /// The epoch reached, of how many, by the member that is least far.
  public let epoch: Int
  public let epochs: Int
  /// The best epoch so far and its validation loss, of the first member that has one.
  public let bestEpoch: Int
  public let bestLoss: Double
  /// Why the fit cannot go on; nil where it was asked to stop.
  public var cause: ModelError?
  /// The state to go on from, bit by bit as if the fit had never been stopped.
  public let checkpoint: @Sendable () -> Container
  /// Takes the best epoch as it is.
  public let best: @Sendable (Budget) throws -> any FittedModel
}

/// The facts of a fit that a user wants to see.
public struct FitSummary: Sendable {
  public var model: String
  public var settings: [(name: String, value: String)]
  public var seed: UInt64
  /// Parameters of one ensemble member.
  public var parameterCount: Int
  public var characteristicNames: [String]
  public var members: [TrainingReport]
  /// Facts the user should know, such as a setting the data forced.
  public var notes: [String]

  /// What a note begins with that tells of rounds which ended before the tolerance was reached.
  static let unconverged = "not converged"

  /// Whether a note tells that.
  public static func saysUnconverged(_ note: String) -> Bool { note.hasPrefix(unconverged) }

  /// Whether the model is trained in epochs from random weights; the others are solved.
  public var isTrained: Bool { Registry.card(model)?.isTrained ?? true }
}
