// Where the factors of a regression over time come from: the task, or the panel itself.

import FactorRuntime

/// The factors of a model that does not find them.
enum FactorSource: Sendable, Equatable {
  /// Observed ones, by their names in the task.
  case given([String])
  /// Made from the panel.
  case made([PanelFactor])

  /// The factors of a task where it has some, else those made from the panel.
  init(of task: FactorTask, otherwise made: [PanelFactor]) {
    self = task.observed.names.isEmpty ? .made(made) : .given(task.observed.names)
  }

  var names: [String] {
    switch self {
    case .given(let names): names
    case .made(let factors): factors.map(\.rawValue)
    }
  }

  /// Whether characteristics are sorted by.
  var sorts: Bool {
    if case .made(let factors) = self {
      factors.contains { $0.characteristic != nil }
    } else {
      false
    }
  }

  /// The names as a setting is shown.
  var text: String { "[\(names.joined(separator: ", "))]" }
}

/// Reads the factors of a task's periods.
struct FactorReader: Sendable {
  let source: FactorSource
  private let panel: PanelFactors

  /// Throws the fact that the task lacks what the factors are made of.
  init(_ source: FactorSource, of task: FactorTask) throws {
    self.source = source
    switch source {
    case .given(let names):
      guard task.observed.names == names else {
        throw ModelError.otherFactors(expected: names, found: task.observed.names)
      }
      panel = try PanelFactors([], in: [])
    case .made(let factors):
      panel = try PanelFactors(factors, in: task.characteristicNames)
    }
  }

  /// The factors of a period from its rows with a return.
  func values(_ task: FactorTask, _ period: Int, rows: [Int]) -> [Double] {
    switch source {
    case .given: Array(task.observed.row(period))
    case .made: panel.values(task, rows: rows)
    }
  }
}

// MARK: In a container

extension FactorSource {
  var json: JSON {
    switch self {
    case .given(let names): .fields(("given", .list(names.map(JSON.text))))
    case .made(let factors): .fields(("made", .list(factors.map { .text($0.rawValue) })))
    }
  }

  init(_ json: JSON?) throws {
    let facts = StoredFacts(json)
    if json?["given"] != nil {
      self = .given(try facts.texts("given"))
    } else {
      let words = try facts.texts("made")
      self = .made(words.compactMap(PanelFactor.init))
      guard names == words else { throw facts.fault("made") }
    }
  }
}
