// What a network of a few series with frozen weights says: distributions, fits, forecasts and Jacobians.
//
// Factors are posterior means; nothing is drawn. The forecast of t is one step of the decoder on the prior mean,
// from the state that the factors before t have left. Jacobians are exact, by the derivative of the cell along
// each factor: with gates r, u, n and a dot for that derivative,
//   resets before the product   n. = (1 - n^2)(a_n. + U (r. h)),  h'. = u n. + u.(n - h)
//   resets after it             n. = (1 - n^2)(a_n. + r. s),      h'. = (1 - u) n. + u.(h - n)

import FactorRuntime

/// A frozen network on all its periods, in the units of its inputs.
struct SequencePath: Sendable {
  var posteriorMean: [[Double]] = []
  var posteriorVariance: [[Double]] = []
  var priorMean: [[Double]] = []
  var priorVariance: [[Double]] = []
  /// Periods x series, on posterior means and on prior means.
  var fits: [[Double]] = []
  var forecasts: [[Double]] = []
  /// Series x factors at either mean.
  var jacobians: [Matrix] = []
  var priorJacobians: [Matrix] = []
  /// The divergence of every period, and how far its fit is from what was seen.
  var divergence: [Double] = []
  var reconstruction: [Double] = []
}

extension SequenceFactorNetwork {
  /// The losses of the periods with frozen weights, none drawn; the divergence has its whole weight.
  func losses(_ run: Run) -> [Double] {
    encode(run)
    decode(run, z: rows.q.mean)
    return (0..<run.periods).map { reconstruction($0) + divergence($0 * factorWidth) }
  }

  /// Runs everything with frozen weights.
  func path(_ run: Run) -> SequencePath {
    let (n, k) = (run.periods, design.factors)
    var path = SequencePath()
    func read(_ rows: Buffer, _ width: Int, _ count: Int) -> [[Double]] {
      (0..<n).map { t in (0..<count).map { Double(rows[t * width + $0]) } }
    }
    func variances(_ rows: Buffer) -> [[Double]] {
      read(rows, factorWidth, k).map { $0.map(Elementary.exp) }
    }
    encode(run)
    path.posteriorMean = read(rows.q.mean, factorWidth, k)
    path.posteriorVariance = variances(rows.q.logVariance)
    path.priorMean = read(rows.p.mean, factorWidth, k)
    path.priorVariance = variances(rows.p.logVariance)
    decode(run, z: rows.q.mean)
    path.fits = read(rows.fit, seriesWidth, design.series)
    path.divergence = (0..<n).map { divergence($0 * factorWidth) }
    path.reconstruction = (0..<n).map { reconstruction($0) }
    path.jacobians = (0..<n).map { jacobian(decoder, $0) }
    (probe.h + width).update(from: before, count: n * width)
    probe.forward(run.side, rows.p.mean, stride: factorWidth, inputRows: n)
    output.forward(rows: n, probe.state(run.side, 0), stride: width, into: rows.fit)
    path.forecasts = read(rows.fit, seriesWidth, design.series)
    path.priorJacobians = (0..<n).map { jacobian(probe, $0) }
    return path
  }

  /// The derivative of a period's fit by its factors, from the gates that a pass of the decoder has left.
  private func jacobian(_ pass: RecurrentPass<Scalar>, _ t: Int) -> Matrix {
    var result = Matrix(rows: design.series, columns: design.factors)
    let weights = parameters.weights(output.weight)
    for k in 0..<design.factors {
      let moved = derivative(pass.gates + t * 4 * width, before + t * width, factor: k)
      for i in 0..<design.series {
        var sum = 0.0
        for j in 0..<design.hidden { sum += Double(weights[j * seriesWidth + i]) * moved[j] }
        result[i, k] = sum
      }
    }
    return result
  }

  // The derivative of the state by a factor; gates lie candidate, reset, update, and the inner part.
  private func derivative(_ gates: Buffer, _ before: Buffer, factor: Int) -> [Double] {
    let (w, layer) = (width, decoder.layer)
    let entry = parameters.weights(layer.input) + factor * 3 * w
    func gate(_ number: Int, _ j: Int) -> Double { Double(gates[number * w + j]) }
    func slope(_ number: Int, _ j: Int) -> Double {
      let s = gate(number, j)
      return s * (1 - s) * Double(entry[number * w + j])
    }
    let recurrent = parameters.weights(layer.recurrent)
    let reset = (0..<design.hidden).map { slope(1, $0) }
    return (0..<design.hidden).map { j in
      let (n, u, h, moved) = (gate(0, j), gate(2, j), Double(before[j]), slope(2, j))
      var inner = Double(entry[j])
      switch design.form {
      case .torch:
        inner += reset[j] * gate(3, j)
        return (1 - u) * (1 - n * n) * inner + moved * (h - n)
      case .s4:
        for i in 0..<design.hidden {
          inner += reset[i] * Double(before[i]) * Double(recurrent[i * 3 * w + j])
        }
        return u * (1 - n * n) * inner + moved * (n - h)
      }
    }
  }
}
