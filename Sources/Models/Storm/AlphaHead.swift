// Alphas and the spread around them, firm by firm: from the firm's own token, or from all tokens by a map to all
// firms.

import FactorRuntime

final class AlphaHead<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private let width: Int
  private let hidden: HiddenLayer<Scalar>
  private let own: LinearMap<Scalar>?
  private let readouts: [AssetReadout<Scalar>]
  private let found: Buffer
  private let slopes: Buffer
  /// Means over the tokens of a window, one row each.
  private let means: Buffer
  private let meanSlopes: Buffer

  init(_ design: StormDesign, windows: Int, longest: Int, _ builder: LayerBuilder<Scalar>) {
    self.design = design
    let (d, rows) = (design.width, windows * longest)
    width = Padding.padded(2 * d)
    hidden = HiddenLayer("alpha.hidden", inputs: 2 * d, outputs: d, rows: rows, builder)
    own = design.readsOwnTokens ? builder.linear("alpha.own", d, 2) : nil
    readouts =
      design.readsOwnTokens
      ? []
      : ["mean", "spread"].map {
        AssetReadout(
          "alpha.\($0)", inputs: d, design, windows: windows, tokens: rows, longest: 1, builder)
      }
    let columns = own?.width ?? 0
    (found, slopes) = (builder.room(rows * columns), builder.room(rows * columns))
    (means, meanSlopes) = (
      builder.room(windows * hidden.width), builder.room(windows * hidden.width)
    )
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    hidden.initialize(block, &stream)
    // Alphas begin at zero.
    if let own { block.fill(own.weight) { _, _ in 0 } }
    for readout in readouts { readout.initialize(block, gain: 0, &stream) }
  }

  func prepare() {
    hidden.prepare()
    own?.prepare()
    for readout in readouts { readout.prepare() }
  }

  func forward(_ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout) -> [GaussianMoments] {
    let sets = layout.tokens
    hidden.forward(rows: sets.rows, tokens, stride: width)
    guard let own else { return fromAll(tokens, layout) }
    own.forward(rows: sets.rows, hidden.active, stride: hidden.width, into: found)
    return (0..<sets.count).map { window in
      let first = layout.firstAsset(window)
      let rows = first..<(first + layout.assets.size(window))
      return GaussianMoments(
        mean: rows.map { Double(found[$0 * own.width]) },
        raw: rows.map { Double(found[$0 * own.width + 1]) })
    }
  }

  private func single(_ layout: TokenLayout) -> TokenSets {
    TokenSets(sizes: [Int](repeating: 1, count: layout.tokens.count))
  }

  private func fromAll(
    _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout
  ) -> [GaussianMoments] {
    let h = hidden.width
    for window in 0..<layout.tokens.count {
      let share = 1 / Scalar(layout.tokens.size(window))
      (means + window * h).update(repeating: 0, count: h)
      for row in layout.tokens[window] {
        for j in 0..<h { means[window * h + j] += hidden.active[row * h + j] * share }
      }
    }
    let sets = single(layout)
    for readout in readouts { readout.forward(means, sets, tokens, layout) }
    var result: [GaussianMoments] = []
    AssetReadout<Scalar>.places(sets, layout.assets) { window, column, at in
      let places = (0..<layout.assets.size(window)).map { at + $0 * column }
      result.append(
        GaussianMoments(
          mean: places.map { Double(readouts[0].output[$0]) },
          raw: places.map { Double(readouts[1].output[$0]) }))
    }
    return result
  }

  func backward(
    _ windows: [StormReturns], _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout,
    into target: Buffer, tokenSlopes: Buffer
  ) {
    let sets = layout.tokens
    if let own {
      slopes.update(repeating: 0, count: sets.rows * own.width)
      for (window, known) in windows.enumerated() {
        for s in known.alpha.mean.indices {
          let row = (layout.firstAsset(window) + s) * own.width
          slopes[row] = Scalar(known.alpha.meanSlopes[s])
          slopes[row + 1] = Scalar(known.alpha.isInside[s] ? known.alpha.logVarianceSlopes[s] : 0)
        }
      }
      own.addGradient(
        rows: sets.rows, hidden.active, stride: hidden.width, slopes, into: target)
      own.sendDown(rows: sets.rows, slopes, into: hidden.slopes, accumulate: false)
    } else {
      spread(windows, tokens, layout, target, tokenSlopes)
    }
    hidden.backward(
      rows: sets.rows, tokens, stride: width, into: target, inputs: tokenSlopes, accumulate: true)
  }

  // The gradient of all hidden rows from that of their mean.
  private func spread(
    _ windows: [StormReturns], _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout,
    _ target: Buffer, _ tokenSlopes: Buffer
  ) {
    let (h, sets) = (hidden.width, single(layout))
    hidden.slopes.update(repeating: 0, count: layout.tokens.rows * h)
    for (number, readout) in readouts.enumerated() {
      AssetReadout<Scalar>.places(sets, layout.assets) { window, column, at in
        let known = windows[window].alpha
        for s in 0..<layout.assets.size(window) {
          let slope =
            number == 0
            ? known.meanSlopes[s] : known.isInside[s] ? known.logVarianceSlopes[s] : 0
          readout.slopes[at + s * column] = Scalar(slope)
        }
      }
      readout.backward(
        means, sets, tokens, layout, into: target, hiddenSlopes: meanSlopes,
        tokenSlopes: tokenSlopes)
      for window in 0..<sets.count {
        let share = 1 / Scalar(layout.tokens.size(window))
        for row in layout.tokens[window] {
          for j in 0..<h { hidden.slopes[row * h + j] += meanSlopes[window * h + j] * share }
        }
      }
    }
  }
}
