// From a hidden layer over tokens to one number for each firm: a product with the firm's key.
//
// Definition: out[s][f] = key_s . hidden_f, plus a bias of the firm. In a fixed universe keys and biases are weights,
// so that this is the last layer of a perceptron from a token to all firms. In a dynamic one the key of a firm is a
// linear map of its own token and the product is divided by sqrt(D): a query meets a key.
// Numbers of a firm lie side by side, a set of tokens after the other.

import FactorRuntime

/// The tokens of a batch as heads see them: those of dates first, then those of firms.
struct TokenLayout: Sendable, Equatable {
  /// All tokens, those of firms alone, and the firms themselves, window by window.
  let tokens: TokenSets
  let assets: TokenSets
  /// Tokens of dates in a window.
  let dates: Int

  /// The first row of a window's firm tokens among all tokens.
  func firstAsset(_ window: Int) -> Int { tokens[window].lowerBound + dates }
}

final class AssetReadout<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private unowned let builder: LayerBuilder<Scalar>
  private let inputs: Int
  private let width: Int
  private let keys: Int?
  private let bias: Int?
  private let map: LinearMap<Scalar>?
  private let mapped: Buffer
  private let mappedSlopes: Buffer
  private let transposed: Buffer
  private let scale: Scalar
  /// Numbers of all windows, firm by firm, and their gradient.
  let output: Buffer
  let slopes: Buffer

  /// `longest` is the most columns of a window: tokens, or dates.
  init(
    _ name: String, inputs: Int, _ design: StormDesign, windows: Int, tokens: Int, longest: Int,
    _ builder: LayerBuilder<Scalar>
  ) {
    (self.builder, self.inputs, width) = (builder, inputs, Padding.padded(inputs))
    if design.isDynamic {
      (keys, bias) = (nil, nil)
      map = builder.linear(name, 2 * design.width, inputs)
      scale = Scalar(1 / Double(inputs).squareRoot())
    } else {
      keys = builder.tensor("\(name).keys", rows: design.assets, columns: inputs, decays: true)
      bias = builder.tensor("\(name).bias", rows: 1, columns: design.assets)
      (map, scale) = (nil, 1)
    }
    let rows = design.isDynamic ? tokens : 0
    (mapped, mappedSlopes) = (builder.room(rows * width), builder.room(rows * width))
    let column = Padding.padded(longest)
    transposed = builder.room(width * column)
    output = builder.room(windows * design.assets * column)
    slopes = builder.room(windows * design.assets * column)
  }

  /// Keys begin small, so that firms begin alike.
  func initialize(_ block: ParameterBlock<Scalar>, gain: Double = 1, _ stream: inout RandomStream) {
    let bound = gain * (6 / Double(2 * inputs)).squareRoot()
    guard let tensor = keys ?? map?.weight else { return }
    block.fill(tensor) { _, _ in bound * (2 * stream.uniform() - 1) }
  }

  func prepare() { map?.prepare() }

  /// Where each window's numbers begin, and how long a firm's stretch is.
  static func places(
    _ hidden: TokenSets, _ assets: TokenSets,
    _ body: (_ window: Int, _ column: Int, _ at: Int) -> Void
  ) {
    var at = 0
    for window in 0..<hidden.count {
      let column = Padding.padded(hidden.size(window))
      body(window, column, at)
      at += assets.size(window) * column
    }
  }

  /// Reads hidden rows, `sets` of them a window; `tokens` are rows of 2 D for the keys of a dynamic universe.
  func forward(
    _ hidden: UnsafePointer<Scalar>, _ sets: TokenSets, _ tokens: UnsafePointer<Scalar>,
    _ layout: TokenLayout
  ) {
    if let map {
      map.forward(
        rows: layout.tokens.rows, tokens, stride: Padding.padded(map.inputs), into: mapped)
    }
    Self.places(sets, layout.assets) { window, column, at in
      let rows = sets[window]
      Scalar.transpose(
        rows: rows.count, width: inputs, hidden + rows.lowerBound * width, stride: width,
        times: scale, into: transposed, length: column)
      let count = layout.assets.size(window)
      let biases = bias.map { builder.parameters.weights($0) }
      for s in 0..<count {
        (output + at + s * column).update(repeating: biases?[s] ?? 0, count: column)
      }
      Scalar.product(
        m: count, n: column, k: inputs, key(window, layout), (width, 1), transposed, column,
        output + at, column, adds: true)
    }
  }

  private func key(_ window: Int, _ layout: TokenLayout) -> UnsafePointer<Scalar> {
    UnsafePointer(
      keys.map { builder.parameters.weights($0) } ?? mapped + layout.firstAsset(window) * width)
  }

  /// Takes the gradient from `slopes`; writes that of the hidden rows and adds that of the tokens.
  func backward(
    _ hidden: UnsafePointer<Scalar>, _ sets: TokenSets, _ tokens: UnsafePointer<Scalar>,
    _ layout: TokenLayout, into target: Buffer, hiddenSlopes: Buffer, tokenSlopes: Buffer
  ) {
    if map != nil { mappedSlopes.update(repeating: 0, count: layout.tokens.rows * width) }
    hiddenSlopes.update(repeating: 0, count: sets.rows * width)
    Self.places(sets, layout.assets) { window, column, at in
      let (rows, count) = (sets[window], layout.assets.size(window))
      let own = hidden + rows.lowerBound * width
      let keySlopes =
        keys.map { builder.gradient($0, in: target) }
        ?? mappedSlopes + layout.firstAsset(window) * width
      Scalar.product(
        m: count, n: width, k: rows.count, slopes + at, (column, 1), own, width, keySlopes, width,
        adds: true)
      Scalar.product(
        m: rows.count, n: width, k: count, slopes + at, (1, column), key(window, layout), width,
        hiddenSlopes + rows.lowerBound * width, width, adds: true)
      guard let bias else { return }
      let biases = builder.gradient(bias, in: target)
      for s in 0..<count {
        var sum: Scalar = 0
        for f in 0..<rows.count { sum += slopes[at + s * column + f] }
        biases[s] += sum
      }
    }
    if let map { sendDown(map, sets, tokens, layout, target, hiddenSlopes, tokenSlopes) }
  }

  // What is left for a dynamic universe: the scale, and the way through the keys to the tokens.
  private func sendDown(
    _ map: LinearMap<Scalar>, _ sets: TokenSets, _ tokens: UnsafePointer<Scalar>,
    _ layout: TokenLayout, _ target: Buffer, _ hiddenSlopes: Buffer, _ tokenSlopes: Buffer
  ) {
    for i in 0..<(sets.rows * width) { hiddenSlopes[i] *= scale }
    for i in 0..<(layout.tokens.rows * width) { mappedSlopes[i] *= scale }
    map.addGradient(
      rows: layout.tokens.rows, tokens, stride: Padding.padded(map.inputs), mappedSlopes,
      into: target)
    map.sendDown(
      rows: layout.tokens.rows, mappedSlopes, into: tokenSlopes, accumulate: true)
  }
}
