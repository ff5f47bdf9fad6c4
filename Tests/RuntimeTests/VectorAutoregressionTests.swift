// A VAR(1) finds the process that made its data, and its paths have the process's moments.

import FactorRuntime
import TestSupport
import Testing

@Suite struct VectorAutoregressionTests {
  private func data(_ periods: Int) -> (factors: [[Double]], series: [Double]) {
    var stream = RandomStream(seed: 5, purpose: .example)
    var state = [0.0, 0.0]
    var (factors, series): ([[Double]], [Double]) = ([], [])
    for _ in 0..<periods {
      state = [
        0.1 + 0.5 * state[0] + 0.2 * state[1] + stream.normal(), -0.3 * state[1] + stream.normal(),
      ]
      factors.append(state)
      series.append(0.02 + 0.7 * state[0] - 0.4 * state[1] + 0.1 * stream.normal())
    }
    return (factors, series)
  }

  @Test func theProcessIsFound() throws {
    let (factors, series) = data(4000)
    let found = try VectorAutoregression(factors, attached: series)
    expectClose(found.steps[0][0], 0.5, absolute: 0.05)
    expectClose(found.steps[0][1], 0.2, absolute: 0.05)
    expectClose(found.steps[1][1], -0.3, absolute: 0.05)
    expectClose(found.loadings, [0.7, -0.4], absolute: 0.02, "loadings")
  }

  @Test func pathsHaveTheMeanOfTheSeries() throws {
    let (factors, series) = data(3000)
    let found = try VectorAutoregression(factors, attached: series)
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let late = (0..<2000).map { _ in found.path(periods: 30, &stream)[29] }
    expectClose(
      late.reduce(0, +) / 2000, series.reduce(0, +) / Double(series.count), absolute: 0.1)
    var again = RandomStream(seed: 1, purpose: .simulation)
    var third = RandomStream(seed: 1, purpose: .simulation)
    #expect(found.path(periods: 5, &again) == found.path(periods: 5, &third))
  }

  @Test func anExplosiveFitIsTamed() throws {
    let factors = (0..<40).map { [Double(1 << min($0, 30))] }
    let found = try VectorAutoregression(factors, attached: factors.map { $0[0] })
    #expect(abs(found.steps[0][0]) <= 0.98)
  }
}
