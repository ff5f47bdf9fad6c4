// What a frozen autoencoder of cross-sections says of periods: latents, fits, and the decoder's exact Jacobian.
//
// Latents are posterior means, nothing is drawn, and batch norm uses running moments, so that a period's
// numbers depend on no other period. With the layers folded, the Jacobian at z is W1 D1 W2 D2 ... W, where D
// keeps the units above zero.

import FactorRuntime

/// A frozen network on some periods, in the units of its inputs.
struct DisentangledPath: Sendable {
  var means: [[Double]] = []
  var variances: [[Double]] = []
  var fits: [[Double]] = []
  /// Of each period: how far the fit is from what was seen, and KL(q || N(0, I)).
  var reconstruction: [Double] = []
  var divergence: [Double] = []

  /// The mean squared error of the fits of some periods, over all returns that are there.
  func squaredError(_ periods: Range<Int>, of x: [[Double]], scale: [Double]? = nil) -> Double {
    let errors = periods.flatMap { t in
      fits[t].indices.map { i in (x[t][i] - fits[t][i]) * (scale?[i] ?? 1) }
        .filter { !$0.isNaN }
    }
    return Summation.compensated(errors.map { $0 * $0 }) / Double(max(1, errors.count))
  }

  /// Of each latent over some periods: the variance of its mean.
  func spread(_ periods: Range<Int>) -> [Double] {
    let covariance = TotalCorrelation.covariance(Array(means[periods]))
    return (0..<covariance.rows).map { covariance[$0, $0] }
  }
}

extension DisentangledNetwork {
  /// Runs the frozen network over periods, a batch at a time.
  func path(_ matrix: [[Double]]) -> DisentangledPath {
    var path = DisentangledPath()
    let k = design.factors
    for first in stride(from: 0, to: matrix.count, by: capacity) {
      let rows = matrix[first..<min(first + capacity, matrix.count)]
      load(rows)
      encode(rows: rows.count, isTraining: false, into: z, drawing: nil)
      decoder.forward(rows: rows.count, z, isTraining: false)
      for i in 0..<rows.count {
        path.means.append((0..<k).map { mean(i, $0) })
        path.variances.append((0..<k).map { Elementary.exp(logVariance(i, $0)) })
        path.fits.append(fit(i))
        path.reconstruction.append(reconstruction(i))
        path.divergence.append(divergence(i))
      }
    }
    return path
  }

  /// The Jacobian of the fit, series x factors, at each of some latent vectors.
  func jacobians(_ latents: [[Double]]) -> [Matrix] {
    let layers = decoder.layers.map { $0.folded() }
    let weights = parameters.weights(decoder.head.weight)
    var head = Matrix(rows: decoder.head.inputs, columns: design.series)
    for i in 0..<head.rows {
      for j in 0..<head.columns {
        head[i, j] = Double(weights[i * decoder.head.width + j])
      }
    }
    return latents.map { z in
      var (units, slopes) = (Matrix([z]), Matrix(rows: z.count, columns: z.count))
      for k in z.indices { slopes[k, k] = 1 }
      for layer in layers {
        units = units * layer.weight
        slopes = slopes * layer.weight
        for j in 0..<units.columns {
          units[0, j] = max(0, units[0, j] + layer.bias[j])
          if units[0, j] == 0 { for k in z.indices { slopes[k, j] = 0 } }
        }
      }
      return (slopes * head).transposed
    }
  }
}
