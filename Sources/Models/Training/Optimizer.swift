// Adam over several parameter blocks, with one global-norm clip for all of them.
//
// Reference: Kingma and Ba (2015), Algorithm 1; Pascanu, Mikolov and Bengio (2013) for the clip.

import FactorRuntime

/// Adam's clock and the gradient clip.
public struct Adam: Sendable {
  public var rate: Double
  /// The largest global gradient norm; nil for no clip.
  public var clip: Double?
  var time = 0

  /// Creates the optimiser.
  public init(rate: Double, clip: Double?) { (self.rate, self.clip) = (rate, clip) }

  /// Updates both blocks from their gradients; gives the gradient norm before clipping.
  @discardableResult
  mutating func step<Scalar: NetworkScalar>(
    _ large: ParameterBlock<Scalar>, _ small: ParameterBlock<Double>
  ) -> Double {
    time += 1
    let norm =
      (Scalar.sumOfSquares(count: large.count, large.gradients)
      + Double.sumOfSquares(count: small.count, small.gradients)).squareRoot()
    var scale = 1.0
    if let clip, norm > clip { scale = clip / norm }
    apply(large, scale)
    apply(small, scale)
    return norm
  }

  private func apply<Scalar: NetworkScalar>(_ block: ParameterBlock<Scalar>, _ scale: Double) {
    let steps = Double(time)
    Scalar.adam(
      AdamStep(
        count: block.count, weight: block.weights, gradient: block.gradients, first: block.first,
        second: block.second, scale: scale, rate: rate,
        correction1: 1 / (1 - Elementary.pow(AdamStep<Scalar>.beta1, steps)),
        correction2: 1 / (1 - Elementary.pow(AdamStep<Scalar>.beta2, steps))))
  }
}
