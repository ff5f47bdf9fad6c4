// Tests of covariances of vectors that come one by one.

import FactorRuntime
import TestSupport
import Testing

@Suite struct RunningCovarianceTests {
  // By hand: deviations (-1, -2), (0, 1), (1, 1).
  @Test func isTheCovarianceOfAll() throws {
    var running = RunningCovariance(count: 2)
    #expect(running.covariance == nil)
    for x in [[1.0, 10], [2, 13], [3, 13]] { running.add(x) }
    let found = try #require(running.covariance)
    expectClose(found.storage, [1, 1.5, 1.5, 3], absolute: 1e-14)
  }

  @Test func largeMeansCostNoDigits() throws {
    var (near, far) = (RunningCovariance(count: 1), RunningCovariance(count: 1))
    for x in TestPanels.normals(200) {
      near.add([x])
      far.add([x + 1e7])
    }
    let (a, b) = (try #require(near.covariance), try #require(far.covariance))
    expectClose(a[0, 0], b[0, 0], relative: 1e-8)
  }
}
