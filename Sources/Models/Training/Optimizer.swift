// The optimisers, one closed set: Adam and AdamW, their clips, and how L1 enters a step.
//
// Definition of a step at time t with gradient g, rate a_t (RateSchedule) and moments m, v:
//   g <- clamp(g, -c, c) and g <- g min(1, C / |g|), where a clip is set; |g| is over all blocks
//   w <- w - a_t d w                               AdamW only, on penalised tensors
//   w <- w - a_t m^ / (sqrt(v^) + 1e-8)            m^, v^ corrected for their start at zero
//   w <- sign(w) max(0, |w| - a_t l / (sqrt(v^) + 1e-8))   proximal L1 only, l the strength
// The threshold has the step's own scale, so that both ways of L1 have the same minimum.
// Goals, in order: the same bits for the same settings, no allocation, one pass over the weights.
// References: Kingma and Ba (2015), Algorithm 1; Loshchilov and Hutter (2019), Algorithm 2, for the
// decoupled decay d; Pascanu, Mikolov and Bengio (2013), Algorithm 1, for the clip of the norm;
// Parikh and Boyd (2014), equation 6.9, for the soft threshold; Yun, Lozano and Yang (2021),
// Algorithm 1, for its scale.

import FactorRuntime

/// An optimiser: its settings and its clock.
public struct Optimizer: Sendable {
  /// The update rules.
  public enum Rule: Sendable, Equatable {
    case adam
    /// Weights of penalised tensors shrink by a share of the rate, apart from their gradient.
    case adamW(decay: Double)
  }

  /// How the L1 penalty enters.
  public enum Penalty: String, CaseIterable, Sendable {
    /// Its subgradient is added to the gradient: weights come near zero.
    case subgradient
    /// A soft threshold follows the step: weights reach zero.
    case proximal
  }

  /// The rate at its highest.
  public var rate: Double
  /// The largest global gradient norm; nil for no clip.
  public var clip: Double?
  /// The largest size of one gradient entry; nil for no clip.
  public var valueClip: Double?
  public var rule = Rule.adam
  public var schedule = RateSchedule.constant
  public var penalty = Penalty.subgradient
  /// The decay of both moments.
  public var betas = (first: AdamStep<Double>.beta1, second: AdamStep<Double>.beta2)
  /// Steps taken.
  var time = 0
  /// Gradient norms of the steps since they were last asked for.
  private(set) var norms = RunningMean()

  /// Creates Adam with a constant rate; other settings are set afterwards.
  public init(rate: Double, clip: Double?) { (self.rate, self.clip) = (rate, clip) }

  /// The rate of the next step.
  public var currentRate: Double { rate * schedule.share(step: time + 1) }

  /// Adds the L1 penalty to a block's gradients, where it enters that way.
  func addPenalty<Scalar: NetworkScalar>(to block: ParameterBlock<Scalar>) {
    guard penalty == .subgradient, block.hasStrength else { return }
    Scalar.addL1(
      count: block.count, weight: block.weights, strength: block.strengths,
      gradient: block.gradients)
  }

  /// Updates both blocks from their gradients; gives the gradient norm before clipping.
  @discardableResult
  mutating func step<Scalar: NetworkScalar>(
    _ large: ParameterBlock<Scalar>, _ small: ParameterBlock<Double>
  ) -> Double {
    let rate = currentRate
    time += 1
    if let valueClip {
      large.clampGradients(valueClip)
      small.clampGradients(valueClip)
    }
    let norm =
      (Scalar.sumOfSquares(count: large.count, large.gradients)
      + Double.sumOfSquares(count: small.count, small.gradients)).squareRoot()
    norms.add(norm)
    var scale = 1.0
    if let clip, norm > clip { scale = clip / norm }
    apply(large, scale, rate)
    apply(small, scale, rate)
    return norm
  }

  /// The mean gradient norm and the rate since the last call.
  mutating func takeMetrics() -> [Metric] {
    defer { norms = RunningMean() }
    let last = rate * schedule.share(step: max(1, time))
    return [Metric("gradient_norm", norms.mean), Metric("rate", last)]
  }

  private func apply<Scalar: NetworkScalar>(
    _ block: ParameterBlock<Scalar>, _ scale: Double, _ rate: Double
  ) {
    if case .adamW(let decay) = rule { block.shrink(by: 1 - rate * decay) }
    let steps = Double(time)
    let step = AdamStep(
      count: block.count, weight: block.weights, gradient: block.gradients, first: block.first,
      second: block.second, scale: scale, rate: rate,
      correction1: 1 / (1 - Elementary.pow(betas.first, steps)),
      correction2: 1 / (1 - Elementary.pow(betas.second, steps)), decay1: betas.first,
      decay2: betas.second)
    Scalar.adam(step)
    if penalty == .proximal { step.softThreshold(block) }
  }
}

/// The optimiser of most models, by the name of its rule.
public typealias Adam = Optimizer

extension AdamStep where Scalar: NetworkScalar {
  /// Moves penalised weights towards zero by their strength on the scale of the step, and no further.
  fileprivate func softThreshold(_ block: ParameterBlock<Scalar>) {
    let (rate, correction2) = (Scalar(rate), Scalar(correction2))
    let epsilon = Scalar(Self.epsilon)
    for tensor in block.tensors where tensor.isPenalised {
      for i in tensor.offset..<(tensor.offset + tensor.extent) {
        let root = (second[i] * correction2).squareRoot()
        let size = max(0, abs(weight[i]) - rate * block.strengths[i] / (root + epsilon))
        // What is no number stays none, for the loss to show it.
        if weight[i].isNaN { continue }
        weight[i] = weight[i] < 0 ? -size : size
      }
    }
  }
}

extension ParameterBlock {
  /// Moves gradient entries beyond a limit onto it.
  fileprivate func clampGradients(_ limit: Double) {
    let limit = Scalar(limit)
    for i in 0..<count { gradients[i] = min(max(gradients[i], -limit), limit) }
  }

  /// Multiplies the weights of penalised tensors.
  fileprivate func shrink(by factor: Double) {
    let factor = Scalar(factor)
    for tensor in tensors where tensor.isPenalised {
      let weights = weights + tensor.offset
      for i in 0..<tensor.extent { weights[i] *= factor }
    }
  }
}
