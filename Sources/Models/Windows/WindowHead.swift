// One party of targets through body and head of a forecaster, and back.

import FactorRuntime

final class WindowHead<Body: WindowBody> {
  typealias Scalar = Body.Scalar
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private unowned let network: WindowPredictor<Body>
  private let worker: Body.Worker
  private let width: Int
  /// Columns of the head's output, and of those that are computed.
  private let outWidth: Int
  private let columns: Int
  private let out: Buffer
  private let slopes: Buffer
  private let transposed: Buffer

  init(_ network: WindowPredictor<Body>, _ histories: FirmHistories) {
    self.network = network
    worker = network.body.worker(histories)
    width = network.design.body.featureWidth
    outWidth = Padding.padded(network.design.units)
    columns = Padding.halfPadded(network.design.units)
    out = AlignedMemory.zeros(WindowParty.targets * outWidth)
    slopes = AlignedMemory.zeros(WindowParty.targets * width)
    transposed = AlignedMemory.zeros(outWidth * width)
  }

  deinit {
    for buffer in [out, slopes, transposed] { AlignedMemory.free(buffer) }
  }

  func prepare() {
    worker.prepare()
    let weights = network.parameters.weights(network.head.weight)
    for k in 0..<network.design.units {
      for j in 0..<width { transposed[k * width + j] = weights[j * outWidth + k] }
    }
  }

  private func units(_ count: Int, _ features: UnsafePointer<Scalar>) {
    let p = network.parameters
    Scalar.product(
      ProductShape(
        m: count, n: columns, k: width, a: features, rowStride: width, columnStride: 1,
        b: p.weights(network.head.weight), ldb: outWidth, c: out, ldc: outWidth),
      bias: UnsafePointer(p.weights(network.head.bias)), relu: false, accumulate: false)
  }

  // The forecast of a target from its units.
  private func forecast(_ i: Int) -> Scalar {
    let row = out + i * outWidth
    guard let readout = network.readout else { return row[0] }
    let v = network.parameters.weights(readout.weight)
    var sum = network.parameters.weights(readout.bias)[0]
    for k in 0..<network.design.factors { sum += v[k] * row[k] }
    return sum
  }

  func forecast(
    _ targets: ArraySlice<Int32>, _ x: UnsafePointer<Scalar>, into forecasts: inout [Scalar],
    units list: inout [Scalar]
  ) {
    units(targets.count, worker.forward(targets, x))
    for i in targets.indices {
      let place = i - targets.startIndex
      forecasts.append(forecast(place))
      list += UnsafeBufferPointer(start: out + place * outWidth, count: network.design.factors)
    }
  }

  /// Adds the gradient of some targets' squared errors, over `total`; gives the sum of squares.
  func gradient(
    _ targets: ArraySlice<Int32>, of total: Int, _ x: UnsafePointer<Scalar>,
    _ y: UnsafePointer<Scalar>, into target: Buffer
  ) -> Double {
    let (count, share) = (targets.count, Scalar(2 / Double(total)))
    let features = worker.forward(targets, x)
    units(count, features)
    var loss = 0.0
    for (i, row) in targets.enumerated() {
      let error = forecast(i) - y[Int(row)]
      loss += Double(error) * Double(error)
      spread(i, error * share, into: target)
    }
    headBackward(count, features, into: target)
    worker.backward(slopes, into: target)
    return loss
  }

  // Turns the units of a target into their gradient.
  private func spread(_ i: Int, _ slope: Scalar, into target: Buffer) {
    let row = out + i * outWidth
    guard let readout = network.readout else {
      row[0] = slope
      return
    }
    let p = network.parameters
    let (v, dv) = (p.weights(readout.weight), target + p.tensors[readout.weight].offset)
    for k in 0..<network.design.factors {
      dv[k] += slope * row[k]
      row[k] = slope * v[k]
    }
    target[p.tensors[readout.bias].offset] += slope
  }

  private func headBackward(
    _ count: Int, _ features: UnsafePointer<Scalar>, into target: Buffer
  ) {
    let (p, h) = (network.parameters, network.head)
    Scalar.product(
      ProductShape(
        m: width, n: columns, k: count, a: features, rowStride: 1, columnStride: width, b: out,
        ldb: outWidth, c: target + p.tensors[h.weight].offset, ldc: outWidth),
      bias: nil, relu: false, accumulate: true)
    let bias = target + p.tensors[h.bias].offset
    for i in 0..<count {
      for k in 0..<network.design.units { bias[k] += out[i * outWidth + k] }
    }
    Scalar.product(
      ProductShape(
        m: count, n: width, k: network.design.units, a: out, rowStride: outWidth, columnStride: 1,
        b: transposed, ldb: width, c: slopes, ldc: width),
      bias: nil, relu: false, accumulate: false)
  }
}
