// Starting values of weights: He, Glorot and orthogonal, drawn from one stream in row order.

import FactorRuntime

extension ParameterBlock {
  /// Normal with variance 2 / inputs (He et al. 2015), for layers before a ReLU; rows are inputs.
  func fillHe(_ tensor: Int, inputs: Int, gain: Double = 1, _ stream: inout RandomStream) {
    let scale = gain * (2 / Double(inputs)).squareRoot()
    fill(tensor) { _, _ in scale * stream.normal() }
  }

  /// Uniform within sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010).
  func fillGlorot(_ tensor: Int, inputs: Int, outputs: Int, _ stream: inout RandomStream) {
    let bound = (6 / Double(inputs + outputs)).squareRoot()
    fill(tensor) { _, _ in bound * (2 * stream.uniform() - 1) }
  }

  /// A random orthogonal square matrix times a gain, by Gram-Schmidt on normal draws.
  func fillOrthogonal(_ tensor: Int, gain: Double, _ stream: inout RandomStream) {
    let n = tensors[tensor].rows
    var rows = (0..<n).map { _ in (0..<n).map { _ in stream.normal() } }
    for i in 0..<n {
      for j in 0..<i {
        let inner = zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 }
        for l in 0..<n { rows[i][l] -= inner * rows[j][l] }
      }
      let length = Small.length(rows[i])
      for l in 0..<n { rows[i][l] /= length }
    }
    fill(tensor) { gain * rows[$0][$1] }
  }
}
