// One party of targets through a transformer's encoder and back, in memory that is taken once.

import FactorRuntime

final class TransformerWorker<Scalar: NetworkScalar>: WindowWorker {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let body: TransformerBody<Scalar>
  private let histories: FirmHistories
  private let design: TransformerDesign
  private let entry: LinearMap<Scalar>
  private let layers: [TransformerLayer<Scalar>]
  private let width: Int
  private let xStride: Int
  private let x: Buffer
  private let entered: Buffer
  private let slopes: Buffer
  private let last: Buffer
  private let positions: Buffer
  private var count = 0

  init(_ body: TransformerBody<Scalar>, _ histories: FirmHistories) {
    (self.body, self.histories, design) = (body, histories, body.design)
    let rows = WindowParty.targets * design.months
    width = Padding.padded(design.width)
    xStride = Padding.padded(design.inputs)
    entry = LinearMap(body.entry, in: body.parameters)
    layers = body.layers.map {
      TransformerLayer($0, body.design, in: body.parameters, rows: rows)
    }
    x = AlignedMemory.zeros(rows * xStride)
    (entered, slopes) = (AlignedMemory.zeros(rows * width), AlignedMemory.zeros(rows * width))
    last = AlignedMemory.zeros(WindowParty.targets * width)
    positions = AlignedMemory.zeros(design.months * width)
    for s in 0..<design.months {
      for j in 0..<design.width {
        let rate = Elementary.pow(10_000, Double(j / 2 * 2) / Double(design.width))
        let angle = Double(s) / rate
        positions[s * width + j] = Scalar(
          j % 2 == 0 ? Elementary.sin(angle) : Elementary.cos(angle))
      }
    }
  }

  deinit { for buffer in [x, entered, slopes, last, positions] { AlignedMemory.free(buffer) } }

  func prepare() { for layer in layers { layer.prepare() } }

  // A target's months lie side by side, the oldest first.
  func forward(_ targets: ArraySlice<Int32>, _ panel: UnsafePointer<Scalar>) -> Buffer {
    count = targets.count
    let (months, inputs) = (design.months, design.inputs)
    for (number, target) in targets.enumerated() {
      histories.window(of: Int(target), months: months) { step, row in
        (x + (number * months + step) * xStride).update(from: panel + row * inputs, count: inputs)
      }
    }
    entry.forward(rows: count * months, x, stride: xStride, into: entered)
    for number in 0..<count {
      Scalar.add(count: months * width, positions, to: entered + number * months * width)
    }
    var state = entered
    for layer in layers { state = layer.forward(sequences: count, state) }
    for number in 0..<count {
      (last + number * width).update(
        from: state + (number * months + months - 1) * width, count: width)
    }
    return last
  }

  func backward(_ gradient: UnsafePointer<Scalar>, into target: Buffer) {
    let months = design.months
    slopes.update(repeating: 0, count: count * months * width)
    for number in 0..<count {
      (slopes + (number * months + months - 1) * width).update(
        from: gradient + number * width, count: width)
    }
    for (number, layer) in layers.enumerated().reversed() {
      let below = number > 0 ? layers[number - 1].output : entered
      layer.backward(sequences: count, below, slopes, into: target)
    }
    entry.addGradient(rows: count * months, x, stride: xStride, slopes, into: target)
  }
}
