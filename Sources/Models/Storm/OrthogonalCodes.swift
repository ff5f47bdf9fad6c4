// The penalty on codes that point the same way: sum_ij cos(c_i, c_j)^2 / C^2 - 1 / C, over all codes.
//
// The authors draw at most 512 codes; no codebook here is larger. Reference: Shin, Lee and Jung (2023), equation 3.

import FactorRuntime

enum OrthogonalCodes {
  /// The penalty of the rows of a tensor; adds `weight` times its gradient to the block where asked.
  static func penalty<Scalar: NetworkScalar>(
    _ block: ParameterBlock<Scalar>, _ tensor: Int, weight: Double, addsGradient: Bool
  ) -> Double {
    let shape = block.tensors[tensor]
    let (count, width) = (shape.rows, shape.columns)
    let codes = block.weights(tensor)
    let lengths = (0..<count).map { c -> Double in
      var sum = 0.0
      for j in 0..<width {
        sum += Double(codes[c * shape.stride + j]) * Double(codes[c * shape.stride + j])
      }
      return max(sum.squareRoot(), 1e-12)
    }
    let units = (0..<(count * width)).map {
      Double(codes[$0 / width * shape.stride + $0 % width]) / lengths[$0 / width]
    }
    // M = U'U has the same sum of squares as U U', and is smaller.
    let moments = crossed(units, count, width)
    let scale = 1 / Double(count * count)
    let penalty = scale * moments.reduce(0) { $0 + $1 * $1 } - 1 / Double(count)
    if addsGradient {
      descend(block, tensor, units, lengths, moments, 4 * scale * weight)
    }
    return penalty
  }

  private static func crossed(_ units: [Double], _ count: Int, _ width: Int) -> [Double] {
    var moments = [Double](repeating: 0, count: width * width)
    units.withUnsafeBufferPointer { u in
      moments.withUnsafeMutableBufferPointer { m in
        for c in 0..<count {
          for i in 0..<width {
            let x = u[c * width + i]
            for j in 0..<width { m[i * width + j] += x * u[c * width + j] }
          }
        }
      }
    }
    return moments
  }

  private static func descend<Scalar: NetworkScalar>(
    _ block: ParameterBlock<Scalar>, _ tensor: Int, _ units: [Double], _ lengths: [Double],
    _ moments: [Double], _ scale: Double
  ) {
    let (shape, gradients) = (block.tensors[tensor], block.gradients(tensor))
    let width = shape.columns
    var slope = [Double](repeating: 0, count: width)
    units.withUnsafeBufferPointer { u in
      moments.withUnsafeBufferPointer { m in
        for c in 0..<shape.rows {
          for i in 0..<width { slope[i] = 0 }
          for i in 0..<width {
            let x = u[c * width + i]
            for j in 0..<width { slope[j] += x * m[i * width + j] }
          }
          var along = 0.0
          for j in 0..<width { along += slope[j] * u[c * width + j] }
          for j in 0..<width {
            gradients[c * shape.stride + j] += Scalar(
              scale * (slope[j] - along * u[c * width + j]) / lengths[c])
          }
        }
      }
    }
  }
}
