// Regimes of a path: groups of periods whose factors lie close together, and how one follows another.
//
// Definition: k-means on factors standardised over the path (divided by the population deviation; a factor
// without any is left at zero). Starts are drawn by k-means++ from a counter-based stream, the best of several
// is kept; ties go to the group with the lower number, a group that loses all its periods takes the one
// furthest from its centroid. Groups are numbered from 0 by rising mean velocity of their periods. Without a
// number of groups, the one of 2...4 with the largest mean silhouette is taken.
//   transition[i][j]  share of periods in i, the last one aside, that are followed by one in j; a row is missing
//                     where none is followed
//   dwell[i]          mean length of the runs of i; the first and last run count as long as they were seen
//   turns[t]          the nearest centroid has changed, and it is nearer than 0.8 times the next one
// Missing values: none may be there. The groups are found from the whole path: they look ahead.
// References: Arthur and Vassilvitskii (2007); Lloyd (1982); Rousseeuw (1987), silhouettes.

/// Groups of a path's periods.
public struct PathClusters: Sendable, Equatable {
  /// The group of each period, slowest first.
  public let labels: [Int]
  /// Groups x factors, in the units of the path.
  public let centroids: [[Double]]
  /// Periods x groups, in standardised units.
  public let distances: [[Double]]
  /// The sum of squared distances to the nearest centroid.
  public let inertia: Double
  /// The mean silhouette, in -1...1.
  public let silhouette: Double
  /// The mean velocity of each group's periods; missing for one that only holds the first period.
  public let velocity: [Double]

  /// A centroid counts as reached when it is this much nearer than the next.
  public static let clearRatio = 0.8
  static let starts = 8
  static let rounds = 200

  /// The number of groups.
  public var count: Int { centroids.count }

  /// Finds so many groups; nil if the path has fewer different periods.
  public init?(_ path: [[Double]], count: Int, seed: UInt64 = 1) {
    precondition(count > 0 && !path.contains { $0.contains { !$0.isFinite } })
    let scale = Scale(path)
    let points = path.map(scale.standardised)
    guard Set(points).count >= count else { return nil }
    var found: Grouping?
    for start in 0..<Self.starts {
      var stream = RandomStream(seed: seed, purpose: .regimes, stream: UInt32(1 + start))
      let next = Grouping(points, count: count, &stream)
      if next.inertia < found?.inertia ?? .infinity { found = next }
    }
    guard let found else { return nil }
    let speeds = FactorDynamics.velocity(path)
    let means = (0..<count).map { group in
      Moments(path.indices.filter { found.labels[$0] == group }.map { speeds[$0] }).mean
    }
    // A group without a velocity comes last.
    func rank(_ group: Int) -> Double { means[group].isNaN ? .infinity : means[group] }
    let order = (0..<count).sorted { (rank($0), $0) < (rank($1), $1) }
    let labels = found.labels.map { label in order.firstIndex(of: label) ?? label }
    self.labels = labels
    centroids = order.map { scale.original(found.centroids[$0]) }
    velocity = order.map { means[$0] }
    distances = points.map { point in order.map { Self.distance(point, found.centroids[$0]) } }
    inertia = found.inertia
    silhouette = Self.silhouette(points, labels, count: count)
  }

  /// Finds the number of groups that are told apart best; nil if the path has fewer than two different periods.
  public static func bySilhouette(
    _ path: [[Double]], among counts: ClosedRange<Int> = 2...4, seed: UInt64 = 1
  ) -> PathClusters? {
    var best: PathClusters?
    for count in counts {
      guard let next = PathClusters(path, count: count, seed: seed) else { break }
      if next.silhouette > best?.silhouette ?? -.infinity { best = next }
    }
    return best
  }

  // MARK: How one follows another

  /// The share of each group's periods that are followed by each.
  public var transition: [[Double]] {
    var counts = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for (now, next) in zip(labels, labels.dropFirst()) { counts[now][next] += 1 }
    return counts.map { row in
      let total = row.reduce(0, +)
      return row.map { total > 0 ? $0 / total : .nan }
    }
  }

  /// The mean length of each group's runs.
  public var dwell: [Double] {
    (0..<count).map { group in
      let periods = labels.count { $0 == group }
      let runs = labels.indices.count { t in
        labels[t] == group && (t == 0 || labels[t - 1] != group)
      }
      return runs > 0 ? Double(periods) / Double(runs) : .nan
    }
  }

  /// Distance to the nearest centroid over that to the next; missing with one group.
  public var ratios: [Double] {
    distances.map { row in
      let sorted = row.sorted()
      guard sorted.count > 1 else { return .nan }
      return sorted[1] > 0 ? sorted[0] / sorted[1] : 1
    }
  }

  /// Whether a period has clearly come into another group.
  public var turns: [Bool] {
    zip(labels.indices, ratios).map { t, ratio in
      t > 0 && labels[t] != labels[t - 1] && ratio < Self.clearRatio
    }
  }

  // MARK: Distances

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    FactorDynamics.length(zip(a, b).map { $0 - $1 })
  }

  // The mean over points of (b - a) / max(a, b): a to the others of its group, b to those of the nearest other.
  private static func silhouette(_ points: [[Double]], _ labels: [Int], count: Int) -> Double {
    guard count > 1 else { return .nan }
    let sizes = (0..<count).map { group in labels.count { $0 == group } }
    var sum = CompensatedSum()
    for (i, point) in points.enumerated() {
      var totals = [Double](repeating: 0, count: count)
      for (j, other) in points.enumerated() { totals[labels[j]] += distance(point, other) }
      let own = labels[i]
      // Alone in its group: neither here nor there.
      guard sizes[own] > 1 else { continue }
      let a = totals[own] / Double(sizes[own] - 1)
      let b =
        (0..<count).filter { $0 != own && sizes[$0] > 0 }.map { totals[$0] / Double(sizes[$0]) }
        .min() ?? 0
      if max(a, b) > 0 { sum.add((b - a) / max(a, b)) }
    }
    return sum.value / Double(points.count)
  }
}

/// Mean and deviation of each factor over a path.
private struct Scale {
  let means: [Double]
  let deviations: [Double]

  init(_ path: [[Double]]) {
    let moments = (path.first ?? []).indices.map { k in Moments(path.map { $0[k] }) }
    means = moments.map(\.mean)
    deviations = moments.map { moment in
      let deviation = moment.standardDeviation(ddof: 0)
      return deviation * deviation >= FactorDynamics.leastVariance ? deviation : .infinity
    }
  }

  func standardised(_ z: [Double]) -> [Double] {
    z.indices.map { (z[$0] - means[$0]) / deviations[$0] }
  }

  func original(_ x: [Double]) -> [Double] {
    x.indices.map { means[$0] + (deviations[$0].isFinite ? deviations[$0] * x[$0] : 0) }
  }
}

/// One run of k-means.
private struct Grouping {
  private(set) var centroids: [[Double]]
  private(set) var labels: [Int]
  private(set) var inertia = 0.0

  init(_ points: [[Double]], count: Int, _ stream: inout RandomStream) {
    centroids = Self.start(points, count: count, &stream)
    labels = [Int](repeating: -1, count: points.count)
    for _ in 0..<PathClusters.rounds {
      let next = points.map(nearest)
      guard next != labels else { break }
      labels = next
      fillEmpty(points)
      move(points)
    }
    inertia = Summation.compensated(
      points.indices.map { Self.square(points[$0], centroids[labels[$0]]) })
  }

  // Each next centre is drawn in proportion to the squared distance from those there are.
  private static func start(
    _ points: [[Double]], count: Int, _ stream: inout RandomStream
  ) -> [[Double]] {
    var centres = [points[stream.below(points.count)]]
    while centres.count < count {
      let squares = points.map { point in
        centres.reduce(Double.infinity) { min($0, square(point, $1)) }
      }
      var rest = stream.uniform() * squares.reduce(0, +)
      // Rounding may leave a rest after the last: then it is the furthest.
      var chosen = squares.indices.max { squares[$0] < squares[$1] } ?? 0
      for (i, square) in squares.enumerated() where square > 0 {
        rest -= square
        if rest < 0 {
          chosen = i
          break
        }
      }
      centres.append(points[chosen])
    }
    return centres
  }

  private static func square(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  private func nearest(_ point: [Double]) -> Int {
    var best = (0, Double.infinity)
    for (group, centre) in centroids.enumerated() {
      let found = Self.square(point, centre)
      if found < best.1 { best = (group, found) }
    }
    return best.0
  }

  private mutating func fillEmpty(_ points: [[Double]]) {
    for group in centroids.indices where !labels.contains(group) {
      let far = points.indices.max {
        Self.square(points[$0], centroids[labels[$0]])
          < Self.square(points[$1], centroids[labels[$1]])
      }
      guard let far else { return }
      labels[far] = group
      centroids[group] = points[far]
    }
  }

  private mutating func move(_ points: [[Double]]) {
    for group in centroids.indices {
      let members = points.indices.filter { labels[$0] == group }
      guard !members.isEmpty else { continue }
      centroids[group] = centroids[group].indices.map { k in
        Summation.compensated(members.map { points[$0][k] }) / Double(members.count)
      }
    }
  }
}
