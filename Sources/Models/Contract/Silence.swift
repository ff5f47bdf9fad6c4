// Characteristics that a frozen model is not shown, to see what it loses without them.
//
// Silencing lives in the task, not in the models: a silenced task has zeros in the columns, and
// remembers the characteristics that managed portfolios are still made of. So a model that reads
// only `characteristics` has nothing to do, and one that reads managed portfolios through
// `ManagedInputs` gets portfolios in which x_j is zero but nothing else is recomputed: with a zero
// column Z'Z would have no inverse. Reference: Gu, Kelly and Xiu (2021), section 3.6 and figure 6.

/// Where a silenced characteristic is silent.
public enum SilentPlace: String, CaseIterable, Sendable {
  case both, betas, factors

  /// What is silenced, in one sentence.
  public var sentence: String {
    switch self {
    case .both: "the characteristic in the loadings and its managed portfolio in the factors"
    case .betas: "the characteristic in the loadings only"
    case .factors: "its managed portfolio in the factor network only"
    }
  }
}

/// What a silenced task remembers.
struct Silence: Sendable {
  /// Columns of the characteristics.
  let columns: [Int]
  let place: SilentPlace
  /// The characteristics as they were.
  let characteristics: [Float]

  /// The portfolios whose returns are zero.
  var portfolios: [Int] { place == .betas ? [] : columns }
}

extension FactorTask {
  /// The task with some characteristics silent; for models that are fitted already.
  public func silencing(_ columns: [Int], in place: SilentPlace = .both) -> FactorTask {
    precondition(columns.allSatisfy { (0..<width).contains($0) })
    var matrix = characteristics
    if place != .factors {
      for row in 0..<returns.count {
        for column in columns { matrix[row * width + column] = 0 }
      }
    }
    var task = FactorTask(
      index: index, characteristicNames: characteristicNames, characteristics: matrix,
      returns: returns, targetName: targetName, split: split, observed: observed)
    task.meansFrom = meansFrom
    task.silence = Silence(columns: columns, place: place, characteristics: characteristics)
    return task
  }
}
