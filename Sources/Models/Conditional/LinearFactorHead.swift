// The conditional autoencoder's factor side: factors are a linear map of managed portfolio returns.
//
// Definition: f_t = W x_t + b; loss = sum_i (y_i - b_i'f_t)^2 / mean firms a month, with an L1 penalty on W as on
// the weights of the beta network.
// Reference: Gu, Kelly and Xiu (2021), equations 15 to 19.

import FactorRuntime

/// A linear head is known by the number of its factors.
struct LinearHeadDesign: HeadDesign {
  let factors: Int

  init(factors: Int) { self.factors = factors }

  var facts: JSON { .fields(("factors", .number(Double(factors)))) }

  init(_ facts: StoredFacts) throws {
    factors = try facts.integer("factors")
    guard (1...1000).contains(factors) else { throw facts.fault("factors") }
  }
}

final class LinearFactorHead<Scalar: NetworkScalar>: FactorHead {
  let factors: Int
  let parameters = ParameterBlock<Double>(padded: false)
  private let inputs: [[Double]]
  private let meanFirms: Double
  private let weight: Int
  private let bias: Int
  private var leaves: (weight: Variable, bias: Variable)?

  init(_ design: LinearHeadDesign, inputs: [[Double]], meanFirms: Double) {
    (factors, self.inputs, self.meanFirms) = (design.factors, inputs, meanFirms)
    weight = parameters.add(
      "factor.weight", rows: factors, columns: inputs.first?.count ?? 0, penalised: true)
    bias = parameters.add("factor.bias", rows: factors, columns: 1)
  }

  convenience init(factors: Int, inputs: [[Double]], meanFirms: Double) {
    self.init(LinearHeadDesign(factors: factors), inputs: inputs, meanFirms: meanFirms)
  }

  func initialize(_ stream: inout RandomStream) {
    let size = inputs.first?.count ?? 1
    parameters.fillGlorot(weight, inputs: size, outputs: factors, &stream)
  }

  func batches(
    epoch: Int, train: Range<Int>, _ stream: inout RandomStream
  ) -> [Range<Int>] {
    var months = Array(train)
    stream.shuffle(&months)
    return months.map { $0..<($0 + 1) }
  }

  func resetState() {}

  func loadParameters(on tape: Tape) {
    let w = parameters.tensors[weight]
    leaves = (
      tape.leaf(
        rows: w.rows, columns: w.columns, parameters.weights(weight),
        gradient: parameters.gradients(weight)),
      tape.leaf(
        rows: factors, columns: 1, parameters.weights(bias), gradient: parameters.gradients(bias))
    )
  }

  private func factorReturns(_ month: Int, on tape: Tape) -> Variable {
    guard let leaves else { preconditionFailure("parameters are loaded before months") }
    let x = inputs[month].withUnsafeBufferPointer { buffer -> Variable in
      guard let base = buffer.baseAddress else { return tape.constant(0, rows: 0) }
      return tape.leaf(rows: buffer.count, columns: 1, base)
    }
    return leaves.weight.times(x) + leaves.bias
  }

  func loss(_ view: MonthView<Scalar>, on tape: Tape) -> Variable {
    let f = factorReturns(view.month, on: tape)
    return view.squaredError(of: f, on: tape) * (1 / meanFirms)
  }

  func idleLoss(square: Double) -> Double? { square / meanFirms }

  func observe(_ view: MonthView<Scalar>, on tape: Tape) -> FilteredMonth {
    let f = factorReturns(view.month, on: tape)
    let error = view.squaredError(of: f, on: tape).scalar
    let values = Array(UnsafeBufferPointer(start: f.values, count: factors))
    return FilteredMonth(
      latent: values, posterior: values,
      posteriorVariance: [], prior: [], priorVariance: [], loss: error / meanFirms)
  }
}

extension MonthView {
  /// B'B of the month, on a tape.
  func gram(_ factors: Int, on tape: Tape) -> Variable {
    tape.leaf(
      rows: factors, columns: factors, statistics.gram, gradient: statistics.gramGradient)
  }

  /// B'y of the month, on a tape.
  func cross(_ factors: Int, on tape: Tape) -> Variable {
    tape.leaf(rows: factors, columns: 1, statistics.cross, gradient: statistics.crossGradient)
  }

  /// y'y of the month, on a tape.
  func square(on tape: Tape) -> Variable {
    tape.leaf(
      rows: 1, columns: 1, statistics.square, gradient: statistics.squareGradient)
  }

  /// The sum of the firms' log residual variances, on a tape.
  func logVariance(on tape: Tape) -> Variable {
    tape.leaf(
      rows: 1, columns: 1, statistics.logVariance, gradient: statistics.logVarianceGradient)
  }

  /// sum_i (y_i - b_i'f)^2 = y'y - 2 f'B'y + f'B'B f.
  func squaredError(of f: Variable, on tape: Tape) -> Variable {
    let (g, q) = (gram(f.rows, on: tape), cross(f.rows, on: tape))
    return squaredError(of: f, gram: g, cross: q)
  }

  /// The same with statistics that already lie on the tape.
  func squaredError(of f: Variable, gram: Variable, cross: Variable) -> Variable {
    (f.dot(gram.times(f)) - cross.dot(f) * 2) + statistics.square[0]
  }
}
