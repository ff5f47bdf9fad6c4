// The search of Nelder and Mead (1965) for a minimum, one value at a time: whoever computes the values asks where,
// so that many searches can share one pass over the data.

/// A search for the point where a function is least.
///
/// It asks for the value at `point` and is told by `take`. When its simplex has become small it begins once more
/// from the best point with a simplex of the first size: what that does not better is a minimum, not a place where
/// the simplex has collapsed.
public struct NelderMead: Sendable {
  /// Where the value is wanted next.
  public private(set) var point: [Double]
  /// The best point so far, and its value.
  public private(set) var best: (point: [Double], value: Double)
  /// The number of values it was told.
  public private(set) var evaluations = 0
  /// Whether there is nothing more to ask.
  public private(set) var isDone = false
  /// Whether the search ended since the values of a small simplex agree, and beginning again found no better.
  public private(set) var hasConverged = false

  private let steps: [Double]
  private let limit: Int
  private let tolerance: Double
  private var simplex: [(point: [Double], value: Double)] = []
  private var phase = Phase.begin
  private var reflected: (point: [Double], value: Double) = ([], .infinity)
  private var isSecond = false
  private var valueOfFirst = Double.infinity

  private enum Phase {
    case begin, reflect, expand, outside, inside
    case shrink(Int)
  }

  /// Begins at a point, with a simplex that reaches a step further along each coordinate; gives up after
  /// `evaluations` values in each of its two runs.
  public init(
    from start: [Double], steps: [Double], evaluations: Int = 300, tolerance: Double = 1e-9
  ) {
    precondition(start.count == steps.count && !start.isEmpty)
    (point, best) = (start, (start, .infinity))
    (self.steps, limit, self.tolerance) = (steps, evaluations, tolerance)
  }

  /// Takes the value at `point`; one that is not a number is as bad as can be.
  public mutating func take(_ value: Double) {
    guard !isDone else { return }
    evaluations += 1
    let here = (point: point, value: value.isNaN ? .infinity : value)
    if here.value < best.value { best = here }
    switch phase {
    case .begin: begin(here)
    case .reflect: reflect(here)
    case .expand: replaceWorst(here.value < reflected.value ? here : reflected)
    case .outside: contract(here, below: reflected.value)
    case .inside: contract(here, below: simplex[simplex.count - 1].value)
    case .shrink(let vertex): shrink(here, vertex)
    }
    if evaluations >= (isSecond ? 2 : 1) * limit, !isDone { end(converged: false) }
  }

  private mutating func begin(_ here: (point: [Double], value: Double)) {
    simplex.append(here)
    guard simplex.count > steps.count else {
      point = simplex[0].point
      point[simplex.count - 1] += steps[simplex.count - 1]
      return
    }
    nextRound()
  }

  private mutating func reflect(_ here: (point: [Double], value: Double)) {
    reflected = here
    let (least, second, most) = (
      simplex[0].value, simplex[simplex.count - 2].value, simplex[simplex.count - 1].value
    )
    switch here.value {
    case ..<least: ask(.expand, 2)
    case ..<second: replaceWorst(here)
    case ..<most: ask(.outside, 0.5)
    default: ask(.inside, -0.5)
    }
  }

  private mutating func contract(_ here: (point: [Double], value: Double), below bound: Double) {
    if here.value < bound { replaceWorst(here) } else { askShrunk(1) }
  }

  private mutating func shrink(_ here: (point: [Double], value: Double), _ vertex: Int) {
    simplex[vertex] = here
    if vertex + 1 < simplex.count { askShrunk(vertex + 1) } else { nextRound() }
  }

  private mutating func replaceWorst(_ with: (point: [Double], value: Double)) {
    simplex[simplex.count - 1] = with
    nextRound()
  }

  // Sorts the simplex and reflects its worst vertex, unless the values agree.
  private mutating func nextRound() {
    simplex.sort { $0.value < $1.value }
    let (least, most) = (simplex[0].value, simplex[simplex.count - 1].value)
    if most - least <= tolerance * (abs(least) + tolerance), most.isFinite {
      end(converged: true)
    } else {
      ask(.reflect, 1)
    }
  }

  // Asks for the point on the line from the worst vertex through the middle of the others, so far beyond it.
  private mutating func ask(_ next: Phase, _ distance: Double) {
    phase = next
    let worst = simplex[simplex.count - 1].point
    for j in point.indices {
      let middle = simplex.dropLast().reduce(0) { $0 + $1.point[j] } / Double(simplex.count - 1)
      point[j] = middle + distance * (middle - worst[j])
    }
  }

  private mutating func askShrunk(_ vertex: Int) {
    phase = .shrink(vertex)
    for j in point.indices { point[j] = (simplex[0].point[j] + simplex[vertex].point[j]) / 2 }
  }

  private mutating func end(converged: Bool) {
    guard !isSecond else {
      isDone = true
      hasConverged =
        converged && valueOfFirst - best.value <= 1e-6 * (abs(best.value) + tolerance)
      return
    }
    (isSecond, valueOfFirst) = (true, best.value)
    (simplex, phase, point) = ([], .begin, best.point)
  }
}
