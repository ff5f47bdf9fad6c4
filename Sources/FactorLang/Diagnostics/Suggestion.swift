// The nearest known name, and only when it is near enough to be worth saying.

/// Finds names that were probably meant.
public enum Suggestion {
  /// Gives the nearest candidate if confident: same letters in other case, or at most two slips
  /// (one in a short name) and at most a third of its length.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.unicodeScalars)
    guard !wanted.isEmpty else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      if candidate.lowercased() == name.lowercased() { return candidate }
      let scalars = Array(candidate.unicodeScalars)
      let limit = allowance(min(wanted.count, scalars.count))
      guard abs(scalars.count - wanted.count) <= limit else { continue }
      let found = distance(wanted, scalars)
      let isBetter = best.map {
        found < $0.distance || (found == $0.distance && candidate < $0.name)
      }
      guard found <= limit, isBetter ?? true else { continue }
      // `c5` is no slip for `c1`: numbers are meant as they are written.
      if scalars.count == wanted.count, letters(scalars) == letters(wanted) { continue }
      best = (candidate, found)
    }
    return best?.name
  }

  private static func letters(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    scalars.filter { !("0"..."9" ~= $0) }
  }

  /// How many slips a name of this length forgives.
  private static func allowance(_ length: Int) -> Int {
    switch length {
    case ...1: return 0
    case 2...4: return 1
    case 5...8: return 2
    default: return max(2, length / 3)
    }
  }

  /// Counts insertions, deletions, substitutions and swaps of neighbours (Damerau, restricted).
  public static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var previous = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for (column, other) in right.enumerated() {
        let substitution = previous[column] + (scalar == other ? 0 : 1)
        var cost = min(substitution, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
