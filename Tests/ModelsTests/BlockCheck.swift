// Gradient checks of whole blocks of parameters, and random starting points for them.

import FactorRuntime
import TestSupport

@testable import Models

enum BlockCheck {
  /// The worst relative error of a tape's gradient with respect to a block's parameters.
  static func worst(
    _ block: ParameterBlock<Double>, loss: (Tape) -> Variable
  ) -> (error: Double, at: String) {
    let tape = Tape()
    return worst(block, tensors: block.tensors.map(\.name)) { wantsGradient in
      tape.reset()
      let value = loss(tape)
      if wantsGradient { tape.backward(from: value) }
      return value.scalar
    }
  }

  /// How many entries of a tensor are moved every day: a tensor's entries come from one piece of code.
  private static let most = FullRun.isAsked ? Int.max : 6

  /// The same for any function that adds its gradient to the block when asked; only the named
  /// tensors are moved, and of each at most so many entries, spread over all of it: a single one is in its middle.
  static func worst(
    _ block: ParameterBlock<Double>, tensors names: [String], entries: Int = .max,
    _ function: (_ wantsGradient: Bool) -> Double
  ) -> (error: Double, at: String) {
    block.clearGradients()
    _ = function(true)
    let gradient = Array(UnsafeBufferPointer(start: block.gradients, count: block.count))
    var (analytic, differences, places): ([Double], [Double], [String]) = ([], [], [])
    for t in block.tensors where names.contains(t.name) {
      let count = t.rows * t.columns
      // Steps of no whole number of columns reach every column.
      let step = max(1, count / min(entries, most)) | 1
      for place in stride(from: entries == 1 ? count / 2 : 0, to: count, by: step) {
        let (i, j) = (place / t.columns, place % t.columns)
        let at = t.offset + i * t.stride + j
        analytic.append(gradient[at])
        differences.append(GradientCheck.difference(block.weights + at) { function(false) })
        places.append("\(t.name)[\(i), \(j)]")
      }
    }
    let worst = GradientCheck.worstError(analytic: analytic, differences: differences)
    return (worst.error, places.isEmpty ? "nothing" : places[worst.at])
  }
}

extension ParameterBlock {
  /// Moves every parameter by normal noise, so that no gradient vanishes by construction.
  func disturb(_ scale: Double, seed: UInt64 = 3) {
    var stream = RandomStream(seed: seed, purpose: .example)
    for t in tensors {
      for i in 0..<t.rows {
        for j in 0..<t.columns {
          weights[t.offset + i * t.stride + j] += Scalar(scale * stream.normal())
        }
      }
    }
  }
}
