// What a factor network reads of a period: returns of managed portfolios, observed factors, or nothing.

import FactorRuntime

enum ManagedInputs {
  /// Months x (characteristics + 1), the constant portfolio last. Portfolios of silenced
  /// characteristics earn nothing; the others are what they were.
  static func returns(of task: FactorTask, _ budget: Budget = Budget()) throws -> [[Double]] {
    let portfolios = try ManagedPortfolios(
      characteristics: task.silence?.characteristics ?? task.characteristics, count: task.width,
      offsets: task.index.offsets,
      threads: budget.threads, budget: budget)
    try budget.check()
    var matrix = try portfolios.returns(task.returns)
    for j in task.silence?.portfolios ?? [] {
      for month in 0..<matrix.rows { matrix[month, j] = 0 }
    }
    return (0..<matrix.rows).map { Array(matrix.row($0)) }
  }
}

/// What a fitted or a planned factor network reads of a period beside the loadings.
enum FactorReading: Sendable, Equatable {
  case nothing
  case managed
  /// Factors observed beside the panel, by name.
  case observed([String])

  /// How many numbers that is.
  func width(characteristics: Int) -> Int {
    switch self {
    case .nothing: 0
    case .managed: characteristics + 1
    case .observed(let names): names.count
    }
  }

  /// Periods x numbers; throws where the task has other factors, or none.
  func series(of task: FactorTask, _ budget: Budget = Budget()) throws -> [[Double]] {
    switch self {
    case .nothing: return []
    case .managed: return try ManagedInputs.returns(of: task, budget)
    case .observed(let names):
      guard !task.observed.names.isEmpty || !names.isEmpty else {
        throw ModelError.noFactors(option: "fac_in: observed")
      }
      guard task.observed.names == names else {
        throw ModelError.otherFactors(expected: names, found: task.observed.names)
      }
      // A period whose returns are not there yet has no factors either, and nothing follows from it.
      return (0..<task.monthCount).map { task.observed.row($0).map { $0.isNaN ? 0 : $0 } }
    }
  }

  var facts: JSON {
    switch self {
    case .nothing: .fields(("none", .bool(true)))
    case .managed: .fields(("managed", .bool(true)))
    case .observed(let names): .fields(("observed", .list(names.map(JSON.text))))
    }
  }

  init(_ facts: StoredFacts) throws {
    if facts.value?["observed"] != nil {
      self = .observed(try facts.texts("observed"))
    } else {
      self = facts.value?["managed"] != nil ? .managed : .nothing
    }
  }
}

/// What the factor network of an autoencoder reads, which has no portfolios of its own.
enum PortfolioInput: String, HyperparameterChoice, Sendable {
  case managed, observed

  var sentence: String {
    switch self {
    case .managed: "the returns of characteristic-managed portfolios"
    case .observed: FactorInput.observed.sentence
    }
  }

  func reading(_ task: FactorTask) -> FactorReading {
    self == .managed ? .managed : .observed(task.observed.names)
  }
}

extension FactorInput {
  func reading(_ task: FactorTask) -> FactorReading {
    switch self {
    case .beta: .nothing
    case .managed: .managed
    case .observed: .observed(task.observed.names)
    }
  }
}
