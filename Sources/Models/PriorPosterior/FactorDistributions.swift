// The distributions of the factors: posterior from portfolio returns, prior from what the attention read, on a
// tape.
//
// Definition: m_q = W y_p + b, s_q = softplus(W y_p + b) + floor; with h_k = V_k g_k for each factor and one
// network for all of them, d = leaky(D h_k + b), m_p = w'd + b, s_p = softplus(w'd + b) + floor.
// Source: Duan et al. (2022), equations 7 and 15 to 17.

import FactorRuntime

/// Means and standard deviations of the factors.
struct FactorDistribution {
  let mean: Variable
  let deviation: Variable

  /// KL(self || other), in nats.
  func divergence(from other: FactorDistribution) -> Variable {
    let gap = (mean - other.mean).square() + deviation.square()
    let ratio = gap / (other.deviation.square() * 2)
    return (other.deviation.log() - deviation.log() + ratio + -0.5).sum()
  }

  var values: (mean: [Double], deviation: [Double]) {
    func list(_ x: Variable) -> [Double] {
      Array(UnsafeBufferPointer(start: x.values, count: x.count))
    }
    return (list(mean), list(deviation))
  }
}

/// The small tensors of a prior-posterior model.
struct FactorDistributionTensors {
  let factors: Int
  let hidden: Int
  private let posterior: [(weight: Int, bias: Int)]
  private let values: [Int]
  private let inner: (weight: Int, bias: Int)
  private let outer: [(weight: Int, bias: Int)]

  init(_ design: PriorPosteriorDesign, in block: ParameterBlock<Double>) {
    let (k, h) = (design.factors, design.hidden)
    (factors, hidden) = (k, h)
    posterior = ["mean", "deviation"].map { name in
      (
        block.add("posterior.\(name).weight", rows: k, columns: design.portfolios),
        block.add("posterior.\(name).bias", rows: k, columns: 1)
      )
    }
    values = (0..<k).map { block.add("predictor.value\($0)", rows: h, columns: h) }
    inner = (
      block.add("predictor.inner.weight", rows: h, columns: h),
      block.add("predictor.inner.bias", rows: h, columns: 1)
    )
    outer = ["mean", "deviation"].map { name in
      (
        block.add("predictor.\(name).weight", rows: 1, columns: h),
        block.add("predictor.\(name).bias", rows: 1, columns: 1)
      )
    }
  }

  func initialize(_ block: ParameterBlock<Double>, _ stream: inout RandomStream) {
    for tensor in posterior.map(\.weight) + values + [inner.weight] + outer.map(\.weight) {
      let shape = block.tensors[tensor]
      block.fillGlorot(tensor, inputs: shape.columns, outputs: shape.rows, &stream)
    }
  }

  /// The tensors of a block on a tape.
  struct Bound {
    let posterior: [(weight: Variable, bias: Variable)]
    let values: [Variable]
    let inner: (weight: Variable, bias: Variable)
    let outer: [(weight: Variable, bias: Variable)]

    private static func positive(_ x: Variable) -> Variable {
      x.softplus() + PriorPosteriorDesign.floor
    }

    /// Given the portfolios' returns.
    func posterior(of returns: Variable) -> FactorDistribution {
      let parts = posterior.map { $0.weight.times(returns) + $0.bias }
      return FactorDistribution(mean: parts[0], deviation: Self.positive(parts[1]))
    }

    /// Given the mean features of each head.
    func prior(of features: [Variable]) -> FactorDistribution {
      let leak = PriorPosteriorDesign.leak
      let heads = zip(values, features).map { value, mean in
        let x = inner.weight.times(value.times(mean)) + inner.bias
        let d = x.relu() * (1 - leak) + x * leak
        return outer.map { $0.weight.times(d) + $0.bias }
      }
      func stacked(_ part: Int) -> Variable {
        heads.dropFirst().reduce(heads[0][part]) { $0.stacked(on: $1[part]) }
      }
      return FactorDistribution(mean: stacked(0), deviation: Self.positive(stacked(1)))
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    func leaf(_ tensor: Int) -> Variable {
      let shape = block.tensors[tensor]
      return tape.leaf(
        rows: shape.rows, columns: shape.columns, block.weights(tensor),
        gradient: block.gradients(tensor))
    }
    return Bound(
      posterior: posterior.map { (leaf($0.weight), leaf($0.bias)) }, values: values.map(leaf),
      inner: (leaf(inner.weight), leaf(inner.bias)),
      outer: outer.map { (leaf($0.weight), leaf($0.bias)) })
  }
}
