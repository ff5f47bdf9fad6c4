// The search for the two weights of a variance or a correlation, from the best of some starts.

/// Asks for the deviance at `point` and is told by `take`.
struct WeightSearch: Sendable {
  private let starts: [Persistence.Pair]
  private let evaluations: Int
  private var tried: [Double] = []
  private var search: NelderMead?

  /// Begins from the only start, or tries all of them and begins from the best.
  init(_ starts: [Persistence.Pair], evaluations: Int) {
    precondition(!starts.isEmpty)
    (self.starts, self.evaluations) = (starts, evaluations)
    if starts.count == 1 { begin(from: starts[0]) }
  }

  private mutating func begin(from start: Persistence.Pair) {
    search = NelderMead(
      from: Persistence.point(start.shock, start.memory), steps: [0.7, 0.7],
      evaluations: evaluations, tolerance: 1e-10)
  }

  /// Where the deviance is wanted next.
  var point: Persistence.Pair {
    search.map { Persistence.weights($0.point) } ?? starts[tried.count]
  }

  var isDone: Bool { search?.isDone ?? false }

  mutating func take(_ deviance: Double) {
    guard search == nil else {
      search?.take(deviance)
      return
    }
    tried.append(deviance)
    guard tried.count == starts.count else { return }
    begin(from: zip(starts, tried).min { $0.1 < $1.1 }?.0 ?? starts[0])
  }

  /// The best weights so far, their deviance and whether the search ended at a minimum.
  var best: (weights: Persistence.Pair, deviance: Double, hasConverged: Bool) {
    guard let search else { return (starts[0], .nan, false) }
    return (Persistence.weights(search.best.point), search.best.value, search.hasConverged)
  }
}
