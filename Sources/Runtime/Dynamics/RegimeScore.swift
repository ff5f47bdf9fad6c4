// How well alarms and groups find the regimes of a path whose truth is known.
//
// Definition, for true flips at periods f and alarms at periods a, counted as close within `tolerance` periods:
//   hit rate       share of flips with an alarm close to them; missing without a flip
//   false alarms   alarms close to no flip, per 100 periods
//   purity         share of periods whose group is mostly of their own regime
// Missing values: none. Degrees of freedom: none.

/// Scores of a detection of regimes.
public enum RegimeScore {
  /// How many periods away an alarm still counts.
  public static let tolerance = 5

  /// The share of flips that were noticed.
  public static func hitRate(
    _ alarms: [Bool], flips: [Int], tolerance: Int = tolerance
  ) -> Double {
    guard !flips.isEmpty else { return .nan }
    let found = flips.count { flip in
      alarms.indices.contains { alarms[$0] && abs($0 - flip) <= tolerance }
    }
    return Double(found) / Double(flips.count)
  }

  /// Alarms without a flip, per 100 periods.
  public static func falseAlarms(
    _ alarms: [Bool], flips: [Int], tolerance: Int = tolerance
  ) -> Double {
    guard !alarms.isEmpty else { return .nan }
    let wrong = alarms.indices.count { t in
      alarms[t] && !flips.contains { abs($0 - t) <= tolerance }
    }
    return 100 * Double(wrong) / Double(alarms.count)
  }

  /// The share of periods in the majority of their group.
  public static func purity(_ labels: [Int], regimes: [Int]) -> Double {
    precondition(labels.count == regimes.count)
    guard !labels.isEmpty else { return .nan }
    let groups = Set(labels)
    let kept = groups.reduce(0) { sum, group in
      let members = labels.indices.filter { labels[$0] == group }
      return sum + (Set(regimes).map { r in members.count { regimes[$0] == r } }.max() ?? 0)
    }
    return Double(kept) / Double(labels.count)
  }
}
