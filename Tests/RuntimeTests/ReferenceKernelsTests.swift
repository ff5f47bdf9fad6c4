// Column passes, Adam and the penalty: Float kernels against Float64, Float64 against hand numbers.

import FactorRuntime
import TestSupport
import Testing

/// A random matrix in both number types.
private struct Twin {
  let float: [Float]
  var double: [Double] { float.map(Double.init) }

  init(_ count: Int, seed: UInt64, scale: Double = 1, offset: Double = 0) {
    var stream = RandomStream(seed: seed, purpose: .example)
    float = (0..<count).map { _ in Float(offset + scale * stream.normal()) }
  }
}

private let shapes = [(1, 16), (2, 32), (63, 16), (64, 48), (65, 16), (200, 96)]

/// The operands of a normalisation: column statistics and affine parameters.
private struct Columns<Scalar: NetworkScalar> {
  let (mean, inverse, gain, offset): ([Scalar], [Scalar], [Scalar], [Scalar])

  init(width: Int) {
    func list(_ seed: UInt64, _ scale: Double, _ offset: Double) -> [Scalar] {
      Twin(width, seed: seed, scale: scale, offset: offset).float.map(Scalar.init)
    }
    mean = list(11, 0.3, 0)
    inverse = list(12, 0.1, 1)
    gain = list(13, 0.2, 1)
    offset = list(14, 0.2, 0)
  }
}

@Suite struct ReferenceKernelsTests {
  // Blocks of 64 rows are added in Float: 64 roundings relative to the sum of absolute values.
  private static let blockError = 64 * 0x1p-24

  @Test(arguments: shapes)
  func columnSumsAndMomentsAgree(rows: Int, width: Int) {
    let x = Twin(rows * width, seed: 1, scale: 2, offset: 0.5)
    var (sums, mean, variance) = (zeros(width), zeros(width), zeros(width))
    Float.columnSums(rows: rows, width: width, x.float, into: &sums)
    Float.columnMoments(rows: rows, width: width, x.float, mean: &mean, variance: &variance)
    var (exactSums, exactMean, exactVariance) = (zeros(width), zeros(width), zeros(width))
    Double.columnSums(rows: rows, width: width, x.double, into: &exactSums)
    Double.columnMoments(
      rows: rows, width: width, x.double, mean: &exactMean, variance: &exactVariance)
    let size = x.double.reduce(0) { max($0, abs($1)) }
    expectClose(sums, exactSums, absolute: Self.blockError * size * Double(rows), "sums")
    expectClose(mean, exactMean, absolute: Self.blockError * size, "mean")
    expectClose(variance, exactVariance, absolute: 2 * Self.blockError * size * size, "variance")
  }

  @Test(arguments: shapes)
  func normalisationForwardAgrees(rows: Int, width: Int) {
    let x = Twin(rows * width, seed: 2)
    func run<Scalar: NetworkScalar>(_ start: [Scalar]) -> (x: [Double], y: [Double]) {
      var (x, y) = (start, start)
      let c = Columns<Scalar>(width: width)
      withNormalization(c) { Scalar.normalizeReLU(rows: rows, width: width, &x, $0, into: &y) }
      return (x.map { Double($0) }, y.map { Double($0) })
    }
    let (found, exact) = (run(x.float), run(x.double))
    // A handful of roundings of numbers below ten.
    expectClose(found.x, exact.x, absolute: 5e-6, "normalised")
    expectClose(found.y, exact.y, absolute: 1e-5, "activated")
    #expect(found.y.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: shapes)
  func normalisationBackwardAgrees(rows: Int, width: Int) {
    let n = rows * width
    let (dy, y, xn) = (Twin(n, seed: 3), Twin(n, seed: 4), Twin(n, seed: 5))
    func run<Scalar: NetworkScalar>(
      _ start: [Scalar], _ output: [Scalar], _ normal: [Scalar]
    ) -> (sum: [Double], cross: [Double], dx: [Double]) {
      var d = start
      var (sum, cross) = (zeros(width), zeros(width))
      Scalar.normalizeReLUSums(
        rows: rows, width: width, &d, output: output, normalized: normal, sum: &sum,
        sumNormalized: &cross)
      let c = Columns<Scalar>(width: width)
      Scalar.normalizeBackward(
        rows: rows, width: width, &d, normalized: normal, scale: c.gain, mean: c.mean,
        meanNormalized: c.offset)
      return (sum, cross, d.map { Double($0) })
    }
    let found = run(dy.float, y.float, xn.float)
    let exact = run(dy.double, y.double, xn.double)
    expectClose(found.sum, exact.sum, absolute: 1e-5 * Double(rows), "sum")
    expectClose(found.cross, exact.cross, absolute: 5e-5 * Double(rows), "cross")
    expectClose(found.dx, exact.dx, absolute: 1e-5, "gradient")
  }

  @Test(arguments: [1, 3, 16, 17, 250])
  func adamAndPenaltyAgreeOverSeveralSteps(count: Int) {
    let (weight, gradient) = (Twin(count, seed: 6), Twin(count, seed: 7, scale: 0.1))
    func run<Scalar: NetworkScalar>(_ start: [Scalar], _ slope: [Scalar]) -> [Double] {
      var (w, g) = (start, slope)
      var (first, second) = (start.map { $0 * 0 }, start.map { $0 * 0 })
      Scalar.addL1(
        count: count, weight: start, strength: start.map { _ in Scalar(0.01) }, gradient: &g)
      for t in 1...5 {
        step(
          &w, g, &first, &second, scale: 0.5, rate: 0.01,
          corrections: (
            1 / (1 - Elementary.pow(0.9, Double(t))), 1 / (1 - Elementary.pow(0.999, Double(t)))
          ))
      }
      return w.map { Double($0) }
    }
    // Five steps of at most 0.01 on weights below five: each rounds to half an ulp of the weight.
    expectClose(
      run(weight.float, gradient.float), run(weight.double, gradient.double), absolute: 5e-6)
  }

  @Test(arguments: [0, 1, 15, 16, 33, 1000])
  func sumOfSquaresAgrees(count: Int) {
    let x = Twin(count, seed: 8)
    // Both add squares exact in Float64; only the order differs.
    expectClose(
      Float.sumOfSquares(count: count, x.float), Double.sumOfSquares(count: count, x.double),
      relative: 1e-13)
  }

  @Test(arguments: [1, 16, 37])
  func reluMasksWhereTheOutputIsZero(count: Int) {
    let y = (0..<count).map { Float($0 % 3) - 1 }
    var d = [Float](repeating: 2, count: count)
    Float.reluBackward(count: count, &d, output: y)
    #expect(d == y.map { $0 > 0 ? 2 : 0 })
  }

  @Test func adamsFirstStepIsTheRateAgainstTheGradient() {
    var (w, first, second) = ([1.0, 1, 1], zeros(3), zeros(3))
    step(&w, [2, -0.5, 0], &first, &second, scale: 1, rate: 0.1, corrections: (10, 1000))
    // g / (|g| + 1e-8) is one to 2e-8, so the step is the rate to 2e-9.
    expectClose(w, [0.9, 1.1, 1], absolute: 3e-9)
    expectClose(first, [0.2, -0.05, 0], absolute: 1e-15)
    expectClose(second, [0.004, 0.00025, 0], absolute: 1e-15)
  }

  @Test func penaltyHasNoSlopeAtZero() {
    var g = [Float](repeating: 1, count: 3)
    Float.addL1(count: 3, weight: [2, -2, 0], strength: [0.5, 0.5, 0.5], gradient: &g)
    #expect(g == [1.5, 0.5, 1])
  }

  @Test func momentsDivideByTheRows() {
    var (mean, variance) = ([0.0], [0.0])
    Double.columnMoments(rows: 4, width: 1, [1, 2, 3, 6], mean: &mean, variance: &variance)
    #expect(mean == [3] && variance == [3.5])
  }

  @Test func paddingRoundsUpToWholeLanes() {
    #expect([0, 1, 16, 17, 33].map(Padding.padded) == [0, 16, 16, 32, 48])
  }

  /// Keeps the operands in place while one update runs.
  private func step<Scalar: NetworkScalar>(
    _ weight: inout [Scalar], _ gradient: [Scalar], _ first: inout [Scalar],
    _ second: inout [Scalar], scale: Double, rate: Double, corrections: (Double, Double)
  ) {
    let count = weight.count
    weight.withUnsafeMutableBufferPointer { w in
      gradient.withUnsafeBufferPointer { g in
        first.withUnsafeMutableBufferPointer { m in
          second.withUnsafeMutableBufferPointer { v in
            Scalar.adam(
              AdamStep(
                count: count, weight: w.baseAddress!, gradient: g.baseAddress!,
                first: m.baseAddress!, second: v.baseAddress!, scale: scale, rate: rate,
                correction1: corrections.0, correction2: corrections.1))
          }
        }
      }
    }
  }

  private func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }

  private func withNormalization<Scalar: NetworkScalar>(
    _ c: Columns<Scalar>, _ body: (Normalization<Scalar>) -> Void
  ) {
    c.mean.withUnsafeBufferPointer { mean in
      c.inverse.withUnsafeBufferPointer { inverse in
        c.gain.withUnsafeBufferPointer { gain in
          c.offset.withUnsafeBufferPointer { offset in
            body(
              Normalization(
                mean: mean.baseAddress!, inverse: inverse.baseAddress!, gain: gain.baseAddress!,
                offset: offset.baseAddress!))
          }
        }
      }
    }
  }
}
