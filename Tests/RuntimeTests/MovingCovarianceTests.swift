// Tests of covariances of vectors that come one by one.

import FactorRuntime
import TestSupport
import Testing

@Suite struct MovingCovarianceTests {
  // By hand: deviations (-1, -2), (0, 1), (1, 1), divided by three.
  @Test func withoutForgettingItIsThatOfAll() {
    var moving = MovingCovariance(count: 2, halfLife: .infinity)
    for x in [[1.0, 10], [2, 13], [3, 13]] { moving.add(x) }
    expectClose(moving.covariance.storage, [2.0 / 3, 1, 1, 2], absolute: 1e-14)
  }

  // Weights 1/4, 1/2 and 1 of 0, 0 and 7: the mean is 4, squares 16, 16 and 9.
  @Test func halfOfAPeriodsWeightIsLeftAfterAHalfLife() {
    var moving = MovingCovariance(count: 1, halfLife: 1)
    for x in [0.0, 0, 7] { moving.add([x]) }
    expectClose(moving.covariance[0, 0], (4 + 8 + 9) / 1.75, absolute: 1e-13)
  }

  @Test func largeMeansCostNoDigits() {
    var (near, far) = (
      MovingCovariance(count: 1, halfLife: 60), MovingCovariance(count: 1, halfLife: 60)
    )
    for x in TestPanels.normals(200) {
      near.add([x])
      far.add([x + 1e7])
    }
    expectClose(near.covariance[0, 0], far.covariance[0, 0], relative: 1e-8)
  }
}
