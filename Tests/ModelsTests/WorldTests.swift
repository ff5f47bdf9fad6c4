// Simulated worlds: what they promise of alignment, ranks and oracles.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct WorldTests {
  private typealias Member = RecurrentWorld.Member

  private func small(_ member: RecurrentWorld.Member, seed: UInt64 = 1) -> RecurrentWorld {
    try! RecurrentWorld(member, firms: 25, months: 30, characteristics: 4, seed: seed)
  }

  @Test(arguments: RecurrentWorld.Member.allCases)
  func aWorldIsAFunctionOfItsArguments(member: RecurrentWorld.Member) {
    let (a, b, other) = (small(member), small(member), small(member, seed: 2))
    #expect(a.returns == b.returns && a.characteristics == b.characteristics)
    #expect(a.loadings == b.loadings && a.factors == b.factors && a.regimes == b.regimes)
    #expect(a.returns != other.returns && a.characteristics != other.characteristics)
  }

  @Test func moreCharacteristicsLeaveTheOthersAlone() {
    let (few, many) = (
      small(.r_full), try! RecurrentWorld(.r_full, firms: 25, months: 30, characteristics: 6)
    )
    #expect(few.returns == many.returns)
    for row in 0..<(25 * 30) {
      for j in 0..<4 {
        #expect(few.characteristics[row * 4 + j] == many.characteristics[row * 6 + j])
      }
    }
  }

  @Test func characteristicsAreRanksWithMeanZero() {
    let world = small(.r_dyn)
    #expect(world.characteristics.count == 25 * 30 * 4)
    for month in 0..<30 {
      for j in 0..<4 {
        let x = (0..<25).map { Double(world.characteristics[((month * 25) + $0) * 4 + j]) }
        #expect(x.allSatisfy { $0 > -1 && $0 < 1 })
        // Ranks in Float: 25 roundings of numbers below one.
        expectClose(x.reduce(0, +), 0, absolute: 2e-6)
        #expect(Set(x).count == 25)
      }
    }
  }

  // The row of a month holds the characteristics that made its loadings.
  @Test func loadingsAreTheStatedMapOfTheRowsOwnCharacteristics() {
    let world = small(.r_dyn)
    for row in 0..<(25 * 30) {
      let c = (0..<3).map { Double(world.characteristics[row * 4 + $0]) }
      let sign = c[2] > 0 ? 1.0 : c[2] < 0 ? -1 : 0
      let expected = [1.2 * c[0], 3 * c[0] * c[1], 0.6 * sign]
      expectClose(Array(world.loadings[(row * 3)..<(row * 3 + 3)]), expected, absolute: 1e-12)
    }
    #expect(world.loadings == world.staticLoadings)
  }

  @Test func loadingMemoryKeepsTheSizeButNotTheValues() {
    let world = try! RecurrentWorld(.r_mem, firms: 60, months: 60, characteristics: 3)
    #expect(world.loadings != world.staticLoadings)
    for k in 0..<3 {
      func deviation(_ x: [Double]) -> Double {
        let values = stride(from: k, to: x.count, by: 3).map { x[$0] }
        let mean = values.reduce(0, +) / Double(values.count)
        let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (sum / Double(values.count)).squareRoot()
      }
      // Scaled over the sample and one more month, so not exactly equal.
      expectClose(deviation(world.loadings), deviation(world.staticLoadings), relative: 0.05)
    }
  }

  // Wide bounds around known means (sd of one draw: .07 total, .03 predictive).
  @Test func oraclesAreWhereTheyShouldBe() {
    func mean(_ member: RecurrentWorld.Member, _ part: (RecurrentWorld.Oracles) -> Double) -> Double
    {
      let seeds: [UInt64] = [1, 2, 3, 4]
      return seeds.reduce(0) { sum, seed in
        let world = try! RecurrentWorld(
          member, firms: 40, months: 240, characteristics: 3, seed: seed)
        return sum + part(world.oracles(on: world.testMonths)) / Double(seeds.count)
      }
    }
    let total = mean(.r_dyn, \.total)
    #expect(total > 0.25 && total < 0.45)
    #expect(mean(.r_dyn) { $0.total - $0.staticTotal } < 0.01)
    let gain = mean(.r_dyn) { $0.filter - $0.mean }
    #expect(gain > 0.01 && gain < 0.12)
    #expect(mean(.r_dyn) { $0.full - $0.mean } > 0.01)
    let memory = mean(.r_mem) { $0.total - $0.staticTotal }
    #expect(memory > 0.08 && memory < 0.25)
    let null = mean(.r_null) { $0.filter - $0.mean }
    #expect(abs(null) < 0.02)
    #expect(abs(mean(.r_null) { $0.full - $0.filter }) < 0.005)
    let quiet = mean(.r_null, \.total)
    #expect(quiet > 0.18 && quiet < 0.40)
  }

  @Test func regimesFollowTheirTransitions() {
    let world = try! RecurrentWorld(.r_dyn, firms: 10, months: 3000, characteristics: 3)
    let pairs = zip(world.regimes, world.regimes.dropFirst())
    let fromCalm = pairs.filter { $0.0 == 0 }
    let entered = Double(fromCalm.filter { $0.1 == 1 }.count) / Double(fromCalm.count)
    // Three binomial deviations at about 2100 calm months.
    expectClose(entered, 0.05, absolute: 0.015)
    let stress = Double(world.regimes.reduce(0, +)) / 3000
    expectClose(stress, 0.29, absolute: 0.1)
  }

  @Test func predictiveOraclesDoNotReadTheMonthItself() {
    let world = small(.r_dyn)
    var filter = HamiltonFilter(world.law)
    let before = filter.expect(after: [0, 0, 0])
    filter.update(with: world.factor(0), after: [0, 0, 0])
    #expect(filter.expect(after: [0, 0, 0]) != before)
  }
}

@Suite struct HamiltonFilterTests {
  // Worked by hand from the definition.
  @Test func goldenStep() {
    let law = RecurrentWorld.FactorLaw(
      transition: [[0.95, 0.05], [0.12, 0.88]], mean: [0.015, -0.025], deviation: [0.04, 0.08],
      persistence: [0.35])
    var filter = HamiltonFilter(law, probability: [0.7, 0.3])
    expectClose(filter.predicted, [0.701, 0.299], absolute: 1e-12)
    expectClose(filter.expect(after: [0.02]), [0.01004], absolute: 1e-12)
    filter.update(with: [0.05], after: [0.02])
    expectClose(filter.probability, [0.84043409, 0.15956591], absolute: 1e-8)
  }

  @Test func startsFromTheStationaryShare() {
    let filter = HamiltonFilter(.law(.r_dyn))
    expectClose(filter.probability, [0.12 / 0.17, 0.05 / 0.17], absolute: 1e-14)
    expectClose(filter.predicted, filter.probability, absolute: 1e-14)
  }

  @Test func anImpossibleMonthKeepsThePrediction() {
    var filter = HamiltonFilter(.law(.r_dyn), probability: [0.6, 0.4])
    let predicted = filter.predicted
    filter.update(with: [1e6, 1e6, 1e6], after: [0, 0, 0])
    expectClose(filter.probability, predicted, absolute: 1e-14)
  }
}
