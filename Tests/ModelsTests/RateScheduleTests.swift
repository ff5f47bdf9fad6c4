// Learning rates over steps.

import TestSupport
import Testing

@testable import Models

@Suite struct RateScheduleTests {
  @Test func warmUpRisesInEqualStepsAndStays() {
    let schedule = RateSchedule.warmUp(steps: 4)
    expectClose((1...6).map(schedule.share), [0.25, 0.5, 0.75, 1, 1, 1])
    #expect(RateSchedule.warmUp(steps: 0).share(step: 1) == 1)
  }

  @Test func cosineFallsFromOneToItsFloor() {
    let schedule = RateSchedule.cosine(warmUp: 2, steps: 10, floor: 0.2)
    expectClose([1, 2, 3].map(schedule.share), [0.5, 1, 1], absolute: 1e-15)
    // Half way between steps 3 and 11 the cosine is zero.
    expectClose(schedule.share(step: 7), 0.6, absolute: 1e-15)
    let shares = (3...10).map(schedule.share)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 > $1 })
    #expect(schedule.share(step: 11) == 0.2 && schedule.share(step: 1000) == 0.2)
  }

  @Test func constantIsOne() { #expect(RateSchedule.constant.share(step: 12_345) == 1) }
}
