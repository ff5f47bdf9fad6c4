// What makes a token of the cross-section of one date, in either universe; see SpatialModule.swift.

import FactorRuntime

/// What makes a token of the cross-section of one date.
final class CrossSectionPatch<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let design: StormDesign
  private let stem: LinearMap<Scalar>?
  private let hidden: HiddenLayer<Scalar>?
  private let map: LinearMap<Scalar>
  private let length: Int
  private let stemmed: Buffer
  private let joined: Buffer
  private let joinedSlopes: Buffer
  private let shares: Buffer
  private let output: Buffer
  /// Where the gradient of the patches goes before `backward`.
  let slopes: Buffer

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    self.design = design
    let rows = windows * design.assets * design.months
    if design.isDynamic {
      stem = nil
      hidden = HiddenLayer(
        "spatial.stem", inputs: design.inputs, outputs: design.width, rows: rows, builder)
    } else {
      (stem, hidden) = (builder.linear("spatial.stem", design.inputs, design.stem), nil)
    }
    map = builder.linear(
      "spatial.patch", design.isDynamic ? design.width : design.assets * design.stem, design.width)
    length = Padding.padded(map.inputs)
    stemmed = builder.room(rows * (stem?.width ?? 0))
    let dates = windows * design.months
    (joined, joinedSlopes) = (builder.room(dates * length), builder.room(dates * length))
    shares = builder.room(dates)
    (output, slopes) = (builder.room(dates * map.width), builder.room(dates * map.width))
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    for map in [stem, map].compactMap({ $0 }) {
      block.fillGlorot(map.weight, inputs: map.inputs, outputs: map.outputs, &stream)
    }
    hidden?.initialize(block, &stream)
  }

  func prepare() {
    stem?.prepare()
    hidden?.prepare()
    map.prepare()
  }

  func forward(
    _ x: UnsafePointer<Scalar>, present: UnsafePointer<Bool>, _ assets: TokenSets
  ) -> UnsafePointer<Scalar> {
    let months = design.months
    if let stem {
      stem.forward(rows: assets.rows * months, x, stride: design.inputs, into: stemmed)
      join(stem.width, assets)
    } else {
      hidden?.forward(rows: assets.rows * months, x, stride: design.inputs)
      average(present, assets)
    }
    map.forward(rows: assets.count * months, joined, stride: length, into: output)
    return UnsafePointer(output)
  }

  // The numbers of a firm at a date, in both orders.
  private func pairs(_ assets: TokenSets, _ body: (_ row: Int, _ date: Int, _ firm: Int) -> Void) {
    for window in 0..<assets.count {
      for s in 0..<assets.size(window) {
        for date in 0..<design.months {
          body(
            (assets[window].lowerBound + s) * design.months + date,
            window * design.months + date, s)
        }
      }
    }
  }

  private func join(_ stride: Int, _ assets: TokenSets) {
    pairs(assets) { row, date, firm in
      (joined + date * length + firm * design.stem).update(
        from: stemmed + row * stride, count: design.stem)
    }
  }

  private func average(_ present: UnsafePointer<Bool>, _ assets: TokenSets) {
    guard let hidden else { return }
    let dates = assets.count * design.months
    shares.update(repeating: 0, count: dates)
    joined.update(repeating: 0, count: dates * length)
    pairs(assets) { row, date, _ in
      guard present[row] else { return }
      shares[date] += 1
      Scalar.add(count: length, hidden.active + row * length, to: joined + date * length)
    }
    for date in 0..<dates {
      shares[date] = shares[date] > 0 ? 1 / shares[date] : 0
      for j in 0..<length { joined[date * length + j] *= shares[date] }
    }
    pairs(assets) { row, date, _ in
      // The gradient of a firm that was not there is nothing: told by a share of zero.
      for j in 0..<length {
        hidden.slopes[row * length + j] = present[row] ? shares[date] : 0
      }
    }
  }

  func backward(_ x: UnsafePointer<Scalar>, _ assets: TokenSets, into target: Buffer) {
    let months = design.months
    map.addGradient(
      rows: assets.count * months, joined, stride: length, slopes, into: target)
    map.sendDown(rows: assets.count * months, slopes, into: joinedSlopes, accumulate: false)
    if let stem {
      pairs(assets) { row, date, firm in
        (stemmed + row * stem.width).update(
          from: joinedSlopes + date * length + firm * design.stem, count: design.stem)
      }
      stem.addGradient(
        rows: assets.rows * months, x, stride: design.inputs, stemmed, into: target)
    } else if let hidden {
      pairs(assets) { row, date, _ in
        for j in 0..<length {
          hidden.slopes[row * length + j] *= joinedSlopes[date * length + j]
        }
      }
      hidden.backward(
        rows: assets.rows * months, x, stride: design.inputs, into: target, inputs: nil,
        accumulate: false)
    }
  }
}
