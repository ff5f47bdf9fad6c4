// Moments at the ends of what numbers can be: too large is missing, never zero.

import FactorRuntime
import Testing

@Suite struct MomentsTests {
  @Test func squaresThatAreTooLargeAreMissing() {
    for values in [[1e200, 2e200, -1e200], [1e308, 1e308, -1e308], [1e155, -1e155]] {
      let moments = Moments(values)
      #expect(moments.squares.isNaN && moments.standardDeviation().isNaN)
      #expect(moments.skewness.isNaN && moments.kurtosis.isNaN)
    }
    #expect(Moments([1e200, 2e200, -1e200]).mean == 2e200 / 3)
    #expect(Moments([2.0, 2, 2]).standardDeviation() == 0)
    #expect(abs(Moments([1e150, 3e150]).standardDeviation() / 1e150 - 2.0.squareRoot()) < 1e-15)
  }
}
