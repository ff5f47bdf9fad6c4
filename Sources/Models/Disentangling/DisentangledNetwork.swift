// An autoencoder of whole cross-sections: what it reads, what it says, and its exact gradient.
//
// Definition, for a vector x of standardised returns of one period:
//   encoder   x - h1 - h2 - (m, l), each hidden layer linear, batch norm, ReLU; l is a log variance
//   latents   z = m + exp(l / 2) e in training, z = m otherwise
//   decoder   z - h2 - h1 - fit, the same layers in reverse, linear at the end
//   loss      mean_b (rec + KL(N(m, e^l) || N(0, I))) + gamma TC, rec = |x - fit|^2 / 2 or its mean
// TC is the judge's mean log odds of the batch's latents. Log variances are clamped to [-8, 4], where they carry
// no gradient. Goals, in order: exact gradients, the same bits always, speed. Missing values: NaN is a return that
// is not there; it is read as zero, which is its asset's mean, and has no error. References: Kingma and Welling (2014); Kim and Mnih (2018), Algorithm 2.

import FactorRuntime

final class DisentangledNetwork<Scalar: NetworkScalar>: WeightedNetwork {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let design: DisentangledDesign
  let parameters = ParameterBlock<Scalar>(padded: true)
  let encoder: NormalizedStack<Scalar>
  let decoder: NormalizedStack<Scalar>
  /// The most rows of a batch.
  let capacity: Int
  let x: Buffer
  /// One where a return is there, zero where it is not.
  private let present: Buffer
  /// Latents of a batch, which the judge's turn leaves alone.
  let z: Buffer
  private let noise: Buffer
  private let latentSlopes: Buffer
  private let judgeSlopes: Buffer
  private let fitted: Buffer
  let seriesWidth: Int
  private let inputWidth: Int
  let factorWidth: Int

  /// The terms of a batch's loss.
  struct Loss {
    var reconstruction = 0.0
    var divergence = 0.0
    var totalCorrelation = 0.0
    /// The first row whose part is not finite.
    var troubled: Int?

    func total(_ gamma: Double) -> Double {
      reconstruction + divergence + gamma * totalCorrelation
    }
  }

  init(_ design: DisentangledDesign, rows: Int) {
    (self.design, capacity) = (design, rows)
    encoder = NormalizedStack(
      "encoder", inputs: design.inputs, hidden: design.hidden, outputs: 2 * design.factors,
      rows: rows, in: parameters)
    decoder = NormalizedStack(
      "decoder", inputs: design.factors, hidden: design.hidden.reversed(), outputs: design.series,
      rows: rows, in: parameters)
    (seriesWidth, factorWidth) = (Padding.padded(design.series), Padding.padded(design.factors))
    inputWidth = Padding.padded(design.inputs)
    x = AlignedMemory.zeros(rows * inputWidth)
    present = AlignedMemory.zeros(rows * seriesWidth)
    (z, noise) = (
      AlignedMemory.zeros(rows * factorWidth), AlignedMemory.zeros(rows * factorWidth)
    )
    latentSlopes = AlignedMemory.zeros(rows * factorWidth)
    judgeSlopes = AlignedMemory.zeros(rows * factorWidth)
    fitted = decoder.output
  }

  deinit {
    for buffer in [x, present, z, noise, latentSlopes, judgeSlopes] { AlignedMemory.free(buffer) }
  }

  private var layers: [NormalizedLayer<Scalar>] { encoder.layers + decoder.layers }

  var running: [RunningMoments] {
    get { layers.map(\.running) }
    set { for (layer, moments) in zip(layers, newValue) { layer.running = moments } }
  }

  func initialize(_ stream: inout RandomStream) {
    encoder.initialize(&stream)
    decoder.initialize(&stream)
  }

  /// Puts rows in place.
  func load(_ rows: some Collection<[Double]>) {
    for (i, row) in rows.enumerated() {
      for (j, value) in row.enumerated() {
        x[i * inputWidth + j] = value.isNaN ? 0 : Scalar(value)
        present[i * seriesWidth + j] = value.isNaN ? 0 : 1
        if design.absent == .mask {
          x[i * inputWidth + design.series + j] = value.isNaN ? 1 : 0
        }
      }
    }
  }

  // MARK: Latents

  func mean(_ row: Int, _ k: Int) -> Double {
    Double(encoder.output[row * encoder.head.width + k])
  }

  func logVariance(_ row: Int, _ k: Int) -> Double {
    let raw = Double(encoder.output[row * encoder.head.width + design.factors + k])
    // Comparisons that let what is not a number pass.
    let range = DisentangledDesign.logVariances
    return raw < range.lowerBound
      ? range.lowerBound : raw > range.upperBound ? range.upperBound : raw
  }

  /// Reads the latents of the rows in place and writes a draw of each to `target`; nil for their means.
  func encode(rows: Int, isTraining: Bool, into target: Buffer, drawing next: (() -> Double)?) {
    encoder.forward(rows: rows, x, isTraining: isTraining)
    for i in 0..<rows {
      for k in 0..<design.factors {
        let place = i * factorWidth + k
        let draw = next.map { $0() } ?? 0
        noise[place] = Scalar(draw)
        let moved = draw == 0 ? 0 : draw * Elementary.exp(0.5 * logVariance(i, k))
        target[place] = Scalar(mean(i, k) + moved)
      }
    }
  }

  /// KL(q || N(0, I)) of a row.
  func divergence(_ row: Int) -> Double {
    (0..<design.factors).reduce(0) { sum, k in
      let (m, l) = (mean(row, k), logVariance(row, k))
      return sum + 0.5 * (Elementary.exp(l) + m * m - 1 - l)
    }
  }

  /// How far the fit of a row is from what was seen.
  func reconstruction(_ row: Int) -> Double {
    var sum = 0.0
    for j in 0..<design.series {
      let error = gap(row, j)
      sum += error * error
    }
    return sum * errorShare(row)
  }

  // What is seen less what is fitted; zero where nothing is seen.
  private func gap(_ row: Int, _ j: Int) -> Double {
    Double(present[row * seriesWidth + j])
      * (Double(x[row * inputWidth + j]) - Double(fitted[row * seriesWidth + j]))
  }

  private func errorShare(_ row: Int) -> Double {
    guard design.absent != .refuse else { return design.errorShare(Double(design.series)) }
    var there = 0.0
    for j in 0..<design.series { there += Double(present[row * seriesWidth + j]) }
    return design.errorShare(there)
  }

  func fit(_ row: Int) -> [Double] {
    (0..<design.series).map { Double(fitted[row * seriesWidth + $0]) }
  }

  // MARK: A step

  /// Computes the loss of the rows in place, with latents drawn by `next`, and adds its gradient; `judge` is
  /// taken as it is.
  func gradient(
    rows: Int, judge: LatentJudge<Scalar>, drawing next: @escaping () -> Double
  ) -> Loss {
    encode(rows: rows, isTraining: true, into: z, drawing: next)
    decoder.forward(rows: rows, z, isTraining: true)
    var loss = Loss()
    for i in 0..<rows {
      let (apart, gap) = (reconstruction(i), divergence(i))
      if loss.troubled == nil, !(apart + gap).isFinite { loss.troubled = i }
      loss.reconstruction += apart / Double(rows)
      loss.divergence += gap / Double(rows)
    }
    loss.totalCorrelation = judge.totalCorrelation(
      rows: rows, z, stride: factorWidth, weight: design.gamma, into: judgeSlopes)
    for i in 0..<rows {
      let share = 2 * errorShare(i) / Double(rows)
      for j in 0..<design.series {
        decoder.outputSlopes[i * seriesWidth + j] = Scalar(-share * gap(i, j))
      }
    }
    decoder.backward(rows: rows, z, inputs: latentSlopes)
    spreadLatentSlopes(rows)
    encoder.backward(rows: rows, x, inputs: nil)
    return loss
  }

  // The gradients of means and log variances, from that of z and from the divergence.
  private func spreadLatentSlopes(_ rows: Int) {
    let (k, width, share) = (design.factors, encoder.head.width, 1 / Double(rows))
    for i in 0..<rows {
      for j in 0..<k {
        let place = i * factorWidth + j
        let slope = Double(latentSlopes[place]) + Double(judgeSlopes[place])
        let (l, v) = (logVariance(i, j), Elementary.exp(logVariance(i, j)))
        let range = DisentangledDesign.logVariances
        let isInside = l > range.lowerBound && l < range.upperBound
        let drawn = 0.5 * v.squareRoot() * Double(noise[place]) * slope
        encoder.outputSlopes[i * width + j] = Scalar(slope + share * mean(i, j))
        encoder.outputSlopes[i * width + k + j] = Scalar(
          isInside ? drawn + share * 0.5 * (v - 1) : 0)
      }
    }
  }
}
