// Movement of a path: numbers worked by hand, and what must hold on any path.

import FactorRuntime
import TestSupport
import Testing

@Suite struct FactorDynamicsTests {
  private func walk(_ count: Int, seed: UInt64) -> [[Double]] {
    var stream = RandomStream(seed: seed, purpose: .example)
    var z = [0.0, 0.0]
    return (0..<count).map { _ in
      z = z.map { 0.9 * $0 + stream.normal() }
      return z
    }
  }

  // Mean 2, variance 2/3; (1, 2, 3): lag 1 products (-1)(0) and (0)(1).
  @Test func autocorrelationByHand() {
    expectClose(FactorDynamics.autocorrelation([1, 2, 3], lag: 1), 0, absolute: 1e-15)
    expectClose(FactorDynamics.autocorrelation([1, 2, 3], lag: 2), -1.5, absolute: 1e-15)
    // Mean 0, variance 1: alternating signs.
    expectClose(FactorDynamics.autocorrelation([1, -1, 1, -1], lag: 1), -1, absolute: 1e-15)
    expectClose(FactorDynamics.autocorrelation([1, -1, 1, -1], lag: 0), 1, absolute: 1e-15)
    #expect(FactorDynamics.autocorrelation([2, 2, 2], lag: 1) == 0)
    #expect(FactorDynamics.autocorrelation([1, 2], lag: 2).isNaN)
    #expect(FactorDynamics.autocorrelation([1, .nan, 3], lag: 1).isNaN)
  }

  // Steps (3, 4), (0, 0), (-3, -4) from the origin.
  @Test func movementByHand() {
    let path: [[Double]] = [[0, 0], [3, 4], [3, 4], [0, 0]]
    let velocity = FactorDynamics.velocity(path)
    #expect(velocity[0].isNaN && Array(velocity.dropFirst()) == [5, 0, 5])
    let speed = FactorDynamics.acceleration(path)
    #expect(speed[0].isNaN && speed[1].isNaN && Array(speed.dropFirst(2)) == [-5, 5])
    // Second differences (-3, -4) and (-3, -4).
    let bend = FactorDynamics.acceleration(path, of: .path)
    #expect(bend[1].isNaN && Array(bend.dropFirst(2)) == [5, 5])
    #expect(FactorDynamics.velocity([]).isEmpty)
    #expect(FactorDynamics.Acceleration.allCases.allSatisfy { !$0.sentence.isEmpty })
  }

  // Velocities 1, 1, 1, 1, 6: mean 2, deviation 2, so that the limit at two deviations is 6.
  @Test func shiftsByHand() {
    let velocity = [.nan, 1, 1, 1, 1, 6]
    #expect(FactorDynamics.shifts(velocity, threshold: 2) == [Bool](repeating: false, count: 6))
    #expect(FactorDynamics.shifts(velocity, threshold: 1.9).last == true)
    // Before the last there is no deviation at all.
    let online = FactorDynamics.shifts(velocity, sample: .past(window: 100, least: 4))
    #expect(online == [false, false, false, false, false, true])
    #expect(FactorDynamics.shifts(velocity, sample: .online).allSatisfy { !$0 })
  }

  @Test func onlineShiftsReadNothingLater() {
    let velocity = FactorDynamics.velocity(walk(200, seed: 3))
    let whole = FactorDynamics.shifts(velocity, threshold: 1.5, sample: .online)
    #expect(whole.contains(true))
    for count in [30, 120, 199] {
      let part = FactorDynamics.shifts(
        Array(velocity.prefix(count)), threshold: 1.5, sample: .online)
      #expect(part == Array(whole.prefix(count)))
    }
    // A window forgets: the wild start is not there any more after ten periods.
    let calm = [Double](repeating: 100, count: 5) + (0..<30).map { 1 + 0.01 * Double($0 % 3) } + [2]
    let short = FactorDynamics.shifts(calm, sample: .past(window: 10, least: 5))
    #expect(short.last == true)
    #expect(FactorDynamics.shifts(calm, sample: .past(window: 100, least: 5)).last == false)
  }

  @Test func strongerShiftsAreAmongTheMilderOnes() {
    let velocity = FactorDynamics.velocity(walk(300, seed: 8))
    for sample in [FactorDynamics.Sample.whole, .online] {
      let mild = FactorDynamics.shifts(velocity, threshold: 1.5, sample: sample)
      let strong = FactorDynamics.shifts(velocity, threshold: 2, sample: sample)
      #expect(zip(strong, mild).allSatisfy { !$0 || $1 })
      #expect(mild.count { $0 } > strong.count { $0 })
    }
  }

  // A path moved or turned moves no faster; one of twice the size moves twice as fast.
  @Test func velocityKnowsNoPlaceAndNoDirection() {
    let path = walk(50, seed: 1)
    let velocity = FactorDynamics.velocity(path).dropFirst()
    let turned = path.map { [0.6 * $0[0] - 0.8 * $0[1] + 3, 0.8 * $0[0] + 0.6 * $0[1] - 1] }
    expectClose(
      Array(FactorDynamics.velocity(turned).dropFirst()), Array(velocity), absolute: 1e-12)
    let double = FactorDynamics.velocity(path.map { $0.map { 2 * $0 } }).dropFirst()
    expectClose(Array(double), velocity.map { 2 * $0 }, absolute: 1e-12)
    #expect(
      FactorDynamics.shifts(FactorDynamics.velocity(path.map { $0.map { 2 * $0 } }))
        == FactorDynamics.shifts(FactorDynamics.velocity(path)))
  }

  @Test func rollingCorrelationsAreThoseOfTheWindow() {
    let x = [1.0, 2, 3, 4, 9]
    let found = FactorDynamics.rollingCorrelation(x, [2, 4, 6, 1, .nan], window: 3)
    #expect(found[0].isNaN && found[1].isNaN && found[4].isNaN)
    expectClose(found[2], 1, absolute: 1e-12)
    // (2, 3, 4) with (4, 6, 1).
    expectClose(
      found[3], Correlation.pearson([2, 3, 4], [4, 6, 1]), absolute: 1e-15)
    #expect(FactorDynamics.rollingCorrelation(x, x).allSatisfy { $0.isNaN })
  }

  @Test func theLastPeriodHasATrend() {
    #expect(FactorDynamics.trend([.nan, 1, 1, 1, 9]) == .high)
    #expect(FactorDynamics.trend([.nan, 1, 1, 1, 0.2]) == .low)
    #expect(FactorDynamics.trend([.nan, 1, 1, 1, 1.5]) == .normal)
    #expect(FactorDynamics.trend([.nan]) == nil && FactorDynamics.trend([]) == nil)
  }
}

@Suite struct PathClusterTests {
  /// Two places on a line, one in which the path stands still and one in which it jumps.
  private let still: [[Double]] = [[0], [0.1], [0], [0.1], [10], [12], [10], [12], [0], [0.1]]

  @Test func groupsByHand() throws {
    let found = try #require(PathClusters(still, count: 2))
    #expect(found.labels == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0])
    expectClose(found.centroids[0], [0.05], absolute: 1e-12)
    expectClose(found.centroids[1], [11], absolute: 1e-12)
    // Velocities .1 .1 .1, then 9.9 2 2 2, then 12 .1.
    expectClose(found.velocity[0], (0.1 + 0.1 + 0.1 + 12 + 0.1) / 5, absolute: 1e-12)
    expectClose(found.velocity[1], (9.9 + 2 + 2 + 2) / 4, absolute: 1e-12)
    // Five periods of the first group are followed, four by their own; four of the second, three.
    #expect(found.transition == [[0.8, 0.2], [0.25, 0.75]])
    #expect(found.dwell == [3, 4])
    #expect(found.turns == [false, false, false, false, true, false, false, false, true, false])
    #expect(found.ratios.allSatisfy { $0 < 0.2 })
    #expect(found.silhouette > 0.8)
  }

  @Test func groupsAreNumberedByVelocity() throws {
    // The jumping place comes first; it still gets the higher number.
    let path = Array(still[4..<8]) + [[0.0], [0.1], [0], [0.1], [0], [0.1], [0], [0.1]]
    let found = try #require(PathClusters(path, count: 2))
    #expect(found.labels == [1, 1, 1, 1] + [Int](repeating: 0, count: 8))
    #expect(found.velocity[0] < found.velocity[1])
    // The second group is left for good, so that its row of transitions is whole and the first one stays.
    #expect(found.transition == [[1, 0], [0.25, 0.75]])
  }

  @Test func aGroupThatIsNeverFollowedHasNoTransition() throws {
    let found = try #require(PathClusters([[0], [0], [0.1], [9]], count: 2))
    let last = try #require(found.labels.last)
    #expect(found.transition[last].allSatisfy { $0.isNaN } && found.dwell[last] == 1)
  }

  @Test func theNumberOfGroupsIsFound() throws {
    var stream = RandomStream(seed: 2, purpose: .example)
    for count in 2...4 {
      let path = (0..<(30 * count)).map { t in
        [20 * Double(t / 30) + stream.normal(), 3 * Double(t / 30 % 2) + 0.1 * stream.normal()]
      }
      let found = try #require(PathClusters.bySilhouette(path))
      #expect(found.count == count)
      let runs = (0..<count).map { Set(found.labels[(30 * $0)..<(30 * $0 + 30)]) }
      #expect(runs.allSatisfy { $0.count == 1 } && Set(runs).count == count)
    }
  }

  // A unit or an origin changes no group; the same seed has the same bits.
  @Test func standardisedPathsHaveTheSameGroups() throws {
    var stream = RandomStream(seed: 7, purpose: .example)
    let path = (0..<80).map { _ in [stream.normal(), stream.normal()] }
    let found = try #require(PathClusters(path, count: 3))
    #expect(PathClusters(path, count: 3) == found)
    let scaled = try #require(PathClusters(path.map { [4 * $0[0], 8 * $0[1]] }, count: 3))
    #expect(scaled.distances.count == 80 && scaled.inertia < 1.0001 * found.inertia)
    for row in found.distances.indices {
      let nearest = found.distances[row].indices.min {
        found.distances[row][$0] < found.distances[row][$1]
      }
      #expect(found.labels[row] == nearest)
    }
    let rows = found.transition.map { $0.reduce(0, +) }
    #expect(rows.allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(zip(found.velocity, found.velocity.dropFirst()).allSatisfy { $0 <= $1 })
    // A factor that stands still says nothing.
    let flat = try #require(PathClusters(path.map { [$0[0], 5] }, count: 2))
    #expect(flat.centroids.allSatisfy { $0[1] == 5 })
  }

  @Test func tooFewPlacesHaveNoGroups() {
    #expect(PathClusters([[1, 1], [1, 1]], count: 2) == nil)
    #expect(PathClusters.bySilhouette([[1], [1]]) == nil)
    #expect(PathClusters.bySilhouette([[1], [2], [1]])?.count == 2)
    #expect(PathClusters([[3]], count: 1)?.labels == [0])
  }
}

@Suite struct RegimeScoreTests {
  // Flips at 10 and 30; alarms at 14 (close), 22 (false) and 36 (six away).
  @Test func alarmsByHand() {
    let alarms = (0..<50).map { [14, 22, 36].contains($0) }
    #expect(RegimeScore.hitRate(alarms, flips: [10, 30]) == 0.5)
    #expect(RegimeScore.hitRate(alarms, flips: [10, 30], tolerance: 6) == 1)
    #expect(RegimeScore.falseAlarms(alarms, flips: [10, 30]) == 4)
    #expect(RegimeScore.falseAlarms(alarms, flips: []) == 6)
    #expect(RegimeScore.hitRate(alarms, flips: []).isNaN)
    #expect(RegimeScore.falseAlarms([], flips: [1]).isNaN)
  }

  @Test func purityByHand() {
    #expect(RegimeScore.purity([0, 0, 0, 1, 1], regimes: [0, 0, 1, 1, 1]) == 0.8)
    #expect(RegimeScore.purity([1, 1, 0], regimes: [0, 0, 1]) == 1)
    #expect(RegimeScore.purity([0, 0, 0, 0], regimes: [0, 1, 0, 1]) == 0.5)
    #expect(RegimeScore.purity([], regimes: []).isNaN)
  }
}
