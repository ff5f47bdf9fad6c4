// What a dual codebook network takes: parameters, and the memory of its workers.

import FactorRuntime

extension StormDesign {
  /// A network that holds weights and nothing else to speak of.
  var blank: StormNetwork<Float> {
    var small = self
    // Tensors of a dynamic universe do not depend on the number of firms.
    if isDynamic { small.assets = 1 }
    return StormNetwork(small, windows: 1)
  }

  /// Parameters of one member; what is counted of the codes is none.
  var parameterCount: Int {
    blank.parameters.tensors.reduce(0) { sum, tensor in
      let isCount = ["counts", "sums", "idle"].contains { tensor.name.hasSuffix(".\($0)") }
      return isCount ? sum : sum + tensor.rows * tensor.columns
    }
  }

  /// Fewer numbers than any file of such a network has, told without building one.
  var leastParameters: Int {
    let encoder = layers * (4 + 2 * ratio) * width * width
    let firms = hasTemporal ? encoder + patch * inputs * width + codes * width : 0
    let dates = hasSpatial ? encoder + codes * width : 0
    let keys = isDynamic ? 2 * width * width : assets * width
    return firms + dates + 2 * keys + 16 * width * width
  }

  /// Whether weights of another design fit into a network of this one.
  func hasShape(of other: StormDesign) -> Bool {
    var same = other
    (same.weights, same.rule) = (weights, rule)
    // Decoders are there or not.
    guard rebuilds == other.rebuilds else { return false }
    if isDynamic { same.assets = assets }
    return same == self
  }

  /// Numbers in the buffers of workers that take this many windows together.
  func room(windows: Int) -> Int {
    let (s, t, d) = (assets, months, Padding.padded(width))
    let (n, pair) = (factors(assets: s), Padding.padded(2 * width))
    var sum = s * t * inputs + s * t / 4 + 2 * n * pair + 3 * (s + t) * d
    if hasTemporal {
      let longest = s * patches + 1
      sum += encoderRoom(longest, layers) + (s * patches + 2 * longest + s + 1) * d
      sum += bookRoom(s)
      if rebuilds {
        sum += encoderRoom(s, decoderLayers) + 2 * s * (d + Padding.padded(t * fields))
      }
    }
    if hasSpatial {
      let joined = Padding.padded(isDynamic ? width : s * stem)
      sum += encoderRoom(t + 1, layers) + s * t * (isDynamic ? 3 * d : Padding.padded(stem))
      sum += t * (2 * joined + 6 * d) + bookRoom(t)
      if rebuilds {
        sum += encoderRoom(t, decoderLayers) + fields * readoutRoom(t, n) + 3 * t * d
      }
    }
    if isFused { sum += attentionRoom(s, t, d) + attentionRoom(t, s, d) + 4 * (s + t) * d }
    return windows * (sum + headRoom(n, pair))
  }

  private func headRoom(_ n: Int, _ pair: Int) -> Int {
    let d = Padding.padded(width)
    let posterior =
      isDynamic
      ? n * (2 * pair + 32 + 3 * d + 32)
      : 2 * Padding.padded(n) + 3 * d
        + 2 * Padding.padded(2 * n)
    let prior = attentionRoom(n, n, pair) + 3 * n * pair + n * (3 * d + 32)
    return posterior + prior + 3 * n * 3 * d + 2 * readoutRoom(n, n) + 2 * readoutRoom(1, n)
      + n * 32 + 2 * d
  }

  private func readoutRoom(_ longest: Int, _ tokens: Int) -> Int {
    let d = Padding.padded(width)
    return 2 * assets * Padding.padded(longest) + (isDynamic ? 2 * tokens * d : 0)
      + d * Padding.padded(longest)
  }

  private func attentionRoom(_ queries: Int, _ keys: Int, _ d: Int) -> Int {
    let column = Padding.padded(queries)
    return (5 * queries + 4 * keys) * d + heads * keys * column + d * column + keys * column
  }

  private func encoderRoom(_ longest: Int, _ layers: Int) -> Int {
    let d = Padding.padded(width)
    let inner = Padding.padded(ratio * width)
    let layer = longest * (2 * (2 * d + 1) + 3 * inner + 3 * d) + attentionRoom(longest, longest, d)
    return layers * layer + longest * (2 * d + 1)
  }

  private func bookRoom(_ rows: Int) -> Int {
    let (d, column, length) = (Padding.padded(width), Padding.padded(codes), Padding.padded(rows))
    return rows * (column + d + 1) + length * (d + 2 * codes) + d * column
  }
}
