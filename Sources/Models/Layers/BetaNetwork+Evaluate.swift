// The beta network after training: each batch norm is folded into the linear map before it.

import FactorRuntime

/// Frozen weights of a beta network with its normalisations folded in; a value that can be shared.
public struct FrozenBetaNetwork<Scalar: NetworkScalar>: Sendable {
  struct Layer: Sendable {
    var inputs: Int
    var width: Int
    var weight: [Scalar]
    var bias: [Scalar]
    /// Whether the kernel cuts the output off below zero.
    var isCut: Bool
  }

  public let inputs: Int
  public let outputs: Int
  public let outputWidth: Int
  let layers: [Layer]

  /// The row length of the last hidden layer.
  public var unitWidth: Int { layers.count > 1 ? layers[layers.count - 2].width : inputs }

  /// Computes loadings into `out` (`outputWidth` entries a row), in blocks of rows, and the last hidden
  /// layer's activations (`unitWidth` entries a row) where a place for them is given.
  public func loadings(
    rows: Int, _ x: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>,
    units: UnsafeMutablePointer<Scalar>? = nil
  ) {
    let block = 256
    let widest = layers.map(\.width).max() ?? outputWidth
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 2 * block * widest) { scratch in
      guard let base = scratch.baseAddress else { return }
      for start in stride(from: 0, to: rows, by: block) {
        let count = min(block, rows - start)
        var (input, stride) = (x + start * inputs, inputs)
        for (i, layer) in layers.enumerated() {
          let isLast = i == layers.count - 1
          let target = isLast ? out + start * outputWidth : base + (i % 2) * block * widest
          run(layer, rows: count, input: input, stride: stride, into: target)
          if let units, i == layers.count - 2 {
            (units + start * unitWidth).update(from: target, count: count * unitWidth)
          }
          (input, stride) = (UnsafePointer(target), layer.width)
        }
      }
    }
  }

  private func run(
    _ layer: Layer, rows: Int, input: UnsafePointer<Scalar>, stride: Int,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    layer.weight.withUnsafeBufferPointer { weight in
      layer.bias.withUnsafeBufferPointer { bias in
        guard let weights = weight.baseAddress else { return }
        Scalar.product(
          ProductShape(
            m: rows, n: layer.width, k: layer.inputs, a: input, rowStride: stride,
            columnStride: 1, b: weights, ldb: layer.width, c: target, ldc: layer.width),
          bias: bias.baseAddress, relu: layer.isCut, accumulate: false)
      }
    }
  }
}

extension BetaNetwork {
  /// Gives the network as it forecasts: running statistics folded into the weights.
  public func frozen() -> FrozenBetaNetwork<Scalar> {
    var layers: [FrozenBetaNetwork<Scalar>.Layer] = hidden.enumerated().map { i, layer in
      let width = layer.width
      var weight = [Scalar](repeating: 0, count: layer.inputs * width)
      var bias = [Scalar](repeating: 0, count: width)
      let source = parameters.weights(layer.weight)
      let (gain, offset) = (parameters.weights(layer.gain), parameters.weights(layer.offset))
      for j in 0..<layer.outputs {
        let scale =
          Double(gain[j])
          / (running[i].variance[j] + BetaWorkspace<Scalar>.Normalizer.epsilon).squareRoot()
        bias[j] = Scalar(Double(offset[j]) - running[i].mean[j] * scale)
        for k in 0..<layer.inputs {
          weight[k * width + j] = Scalar(Double(source[k * width + j]) * scale)
        }
      }
      return .init(
        inputs: layer.inputs, width: width, weight: weight, bias: bias, isCut: true)
    }
    let size = hidden.last?.outputs ?? inputs
    layers.append(
      .init(
        inputs: size, width: outputWidth,
        weight: Array(
          UnsafeBufferPointer(start: parameters.weights(head.weight), count: size * outputWidth)),
        bias: Array(
          UnsafeBufferPointer(start: parameters.weights(head.bias), count: outputWidth)),
        isCut: cutsLoadings))
    return FrozenBetaNetwork(
      inputs: inputs, outputs: outputs, outputWidth: outputWidth, layers: layers)
  }
}
