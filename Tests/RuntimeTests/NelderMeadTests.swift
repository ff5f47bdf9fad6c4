// The search for a minimum: known minima, what cannot be searched, and honesty about giving up.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct NelderMeadTests {
  private func minimum(_ search: NelderMead, _ function: ([Double]) -> Double) -> NelderMead {
    var search = search
    while !search.isDone { search.take(function(search.point)) }
    return search
  }

  @Test func aBowlIsFound() {
    let found = minimum(NelderMead(from: [5, -3, 2], steps: [1, 1, 1], evaluations: 1000)) { x in
      (x[0] - 1) * (x[0] - 1) + 10 * (x[1] - 2) * (x[1] - 2) + x[2] * x[2] + 7
    }
    #expect(found.hasConverged)
    expectClose(found.best.value, 7, absolute: 1e-8)
    for (x, truth) in zip(found.best.point, [1.0, 2, 0]) { expectClose(x, truth, absolute: 1e-3) }
  }

  // Rosenbrock's valley, from the usual start.
  @Test func theCurvedValleyIsFollowed() {
    let search = NelderMead(
      from: [-1.2, 1], steps: [0.5, 0.5], evaluations: 1000, tolerance: 1e-12)
    let found = minimum(search) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return a * a + 100 * b * b
    }
    #expect(found.hasConverged && found.best.value < 1e-10, "\(found.best)")
    expectClose(found.best.point[0], 1, absolute: 1e-4)
  }

  @Test func whereThereIsNoValueItTurnsBack() {
    let found = minimum(NelderMead(from: [2], steps: [1], evaluations: 500)) { x in
      x[0] <= 0 ? .nan : x[0] - 2 * Elementary.log(x[0])
    }
    #expect(found.hasConverged)
    expectClose(found.best.point[0], 2, absolute: 1e-3)
  }

  @Test func aSearchThatRunsOutSaysSo() {
    let short = minimum(NelderMead(from: [50, 50], steps: [0.01, 0.01], evaluations: 20)) { x in
      x[0] * x[0] + x[1] * x[1]
    }
    #expect(!short.hasConverged && short.evaluations == 40)
    let never = minimum(NelderMead(from: [0], steps: [1], evaluations: 30)) { _ in .nan }
    #expect(!never.hasConverged && never.best.value == .infinity)
  }
}
