// The judge of the density-ratio trick: does a vector of latents come from the joint or from the permuted law?
//
// Definition: layers of LeakyReLU(0.2) and two logits, a0 of the joint law and a1 of the permuted one; with an
// equal share of either, the best judge has a0 - a1 = log q(z) - log prod_k q(z_k), whose mean over q is the
// total correlation. Its loss is (CE(joint, class 0) + CE(permuted, class 1)) / 2: log 2 at chance.
// Reference: Kim and Mnih (2018), equation 3 and Algorithm 2; their judge has five layers of 1000 units.

import FactorRuntime

final class LatentJudge<Scalar: NetworkScalar>: WeightedNetwork {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let parameters = ParameterBlock<Scalar>(padded: true)
  /// No layer is normalised.
  var running: [RunningMoments] = []
  private let layers: [LinearMap<Scalar>]
  private let head: LinearMap<Scalar>
  private let active: [Buffer]
  private let slopes: [Buffer]
  private let logits: Buffer
  private let logitSlopes: Buffer
  static var leak: Double { 0.2 }

  /// What the judge makes of some latents of either kind.
  struct Verdict {
    var crossEntropy = 0.0
    /// The share that it tells right; ties count half.
    var accuracy = 0.0
  }

  init(latents: Int, width: Int, layers count: Int, rows: Int) {
    let block = parameters
    layers = (0..<count).map {
      LinearMap(
        LinearTensors(
          "judge\($0)", inputs: $0 == 0 ? latents : width, outputs: width, in: block), in: block)
    }
    head = LinearMap(
      LinearTensors("judge.head", inputs: count == 0 ? latents : width, outputs: 2, in: block),
      in: block)
    active = layers.map { AlignedMemory.zeros(rows * $0.width) }
    slopes = layers.map { AlignedMemory.zeros(rows * $0.width) }
    logits = AlignedMemory.zeros(rows * head.width)
    logitSlopes = AlignedMemory.zeros(rows * head.width)
  }

  deinit { for buffer in active + slopes + [logits, logitSlopes] { AlignedMemory.free(buffer) } }

  /// Draws starting weights; the logits begin at zero. A judge that began with an opinion of its own would push the
  /// latents about before it has seen any.
  func initialize(_ stream: inout RandomStream) {
    for map in layers { parameters.fillHe(map.weight, inputs: map.inputs, &stream) }
    parameters.fill(head.weight) { _, _ in 0 }
  }

  private func forward(rows: Int, _ z: UnsafePointer<Scalar>, stride: Int) {
    var (input, stride) = (z, stride)
    for (map, active) in zip(layers, active) {
      map.forward(rows: rows, input, stride: stride, into: active)
      Scalar.leaky(count: rows * map.width, slope: Self.leak, active)
      (input, stride) = (UnsafePointer(active), map.width)
    }
    head.forward(rows: rows, input, stride: stride, into: logits)
  }

  private func backward(
    rows: Int, _ z: UnsafePointer<Scalar>, stride: Int, addsGradients: Bool, into inputs: Buffer?
  ) {
    var slope = logitSlopes
    for number in (0...layers.count).reversed() {
      let map = number == layers.count ? head : layers[number]
      if addsGradients {
        let (x, width) =
          number == 0 ? (z, stride) : (UnsafePointer(active[number - 1]), layers[number - 1].width)
        map.addGradient(rows: rows, x, stride: width, slope, into: parameters.gradients)
      }
      guard let target = number == 0 ? inputs : slopes[number - 1] else { return }
      map.sendDownOnce(rows: rows, slope, into: target)
      guard number > 0 else { return }
      Scalar.leakyBackward(
        count: rows * layers[number - 1].width, slope: Self.leak, y: active[number - 1], target)
      slope = target
    }
  }

  /// The mean of a0 - a1; with a place for it, also the gradient of `weight` times that by the latents. The
  /// judge itself is taken as it is.
  func totalCorrelation(
    rows: Int, _ z: UnsafePointer<Scalar>, stride: Int, weight: Double = 0, into inputs: Buffer?
  ) -> Double {
    forward(rows: rows, z, stride: stride)
    var sum = 0.0
    let share = Scalar(weight / Double(rows))
    for i in 0..<rows {
      let row = logits + i * head.width
      sum += Double(row[0]) - Double(row[1])
      (logitSlopes[i * head.width], logitSlopes[i * head.width + 1]) = (share, -share)
    }
    if inputs != nil {
      backward(rows: rows, z, stride: stride, addsGradients: false, into: inputs)
    }
    return sum / Double(rows)
  }

  /// Judges rows of which the first half is joint and the second permuted, and adds the gradient of its loss.
  func judge(rows: Int, _ z: UnsafePointer<Scalar>, stride: Int, adds: Bool = true) -> Verdict {
    forward(rows: rows, z, stride: stride)
    var verdict = Verdict()
    let share = 1 / Double(rows)
    for i in 0..<rows {
      let row = logits + i * head.width
      let isJoint = i < rows / 2
      // How much the wrong class is preferred.
      let gap = (Double(row[1]) - Double(row[0])) * (isJoint ? 1 : -1)
      let tail = Elementary.exp(-abs(gap))
      verdict.crossEntropy += share * (max(gap, 0) + Elementary.log(1 + tail))
      verdict.accuracy += share * (gap < 0 ? 1 : gap > 0 ? 0 : 0.5)
      let slope = share * (gap > 0 ? 1 : tail) / (1 + tail) * (isJoint ? 1 : -1)
      logitSlopes[i * head.width] = Scalar(-slope)
      logitSlopes[i * head.width + 1] = Scalar(slope)
    }
    if adds { backward(rows: rows, z, stride: stride, addsGradients: true, into: nil) }
    return verdict
  }
}
