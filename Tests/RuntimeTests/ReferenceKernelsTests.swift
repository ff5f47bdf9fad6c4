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

/// The columns of a normalisation: statistics, affine map, and the coefficients of a gradient.
private struct Columns<Scalar: NetworkScalar> {
  let (mean, inverse, scale, shift): ([Scalar], [Scalar], [Scalar], [Scalar])

  init(width: Int) {
    func list(_ seed: UInt64, _ scale: Double, _ offset: Double) -> [Scalar] {
      Twin(width, seed: seed, scale: scale, offset: offset).float.map(Scalar.init)
    }
    mean = list(11, 0.3, 0)
    inverse = list(12, 0.1, 1)
    scale = list(13, 0.2, 1)
    shift = list(14, 0.2, 0)
  }
}

@Suite struct ReferenceKernelsTests {
  // Blocks of 64 rows are added in Float: 64 roundings relative to the sum of absolute values.
  private static let blockError = 64 * 0x1p-24

  @Test(arguments: shapes)
  func columnSumsAgreeAndAreAdded(rows: Int, width: Int) {
    let x = Twin(rows * width, seed: 1, scale: 2, offset: 0.5)
    var (sums, exact) = ([Double](repeating: 3, count: width), [Double](repeating: 3, count: width))
    withTile(rows, width, x.float) { Float.columnSums($0, adding: &sums) }
    withTile(rows, width, x.double) { Double.columnSums($0, adding: &exact) }
    let size = x.double.reduce(0) { max($0, abs($1)) }
    expectClose(sums, exact, absolute: Self.blockError * size * Double(rows), "sums")
  }

  // Whatever the tiles, the moments are those of all rows; a large offset costs no digits.
  @Test(arguments: shapes, [0.5, 1000])
  func momentsOfTilesAreThoseOfAllRows(shape: (Int, Int), offset: Double) {
    let (rows, width) = shape
    let x = Twin(rows * width, seed: 1, scale: 2, offset: offset)
    var (mean, square) = (zeros(width), zeros(width))
    for start in stride(from: 0, to: rows, by: 70) {
      let count = min(70, rows - start)
      x.float.withUnsafeBufferPointer {
        Float.moments(
          RowTile(rows: count, width: width, $0.baseAddress! + start * width), seen: start,
          mean: &mean, square: &square)
      }
    }
    var (exactMean, exactSquare) = (zeros(width), zeros(width))
    for j in 0..<width {
      let column = (0..<rows).map { x.double[$0 * width + j] }
      exactMean[j] = column.reduce(0, +) / Double(rows)
      exactSquare[j] = column.reduce(0) { $0 + ($1 - exactMean[j]) * ($1 - exactMean[j]) }
    }
    var (found, foundSquare) = (zeros(width), zeros(width))
    withTile(rows, width, x.double) {
      Double.moments($0, seen: 0, mean: &found, square: &foundSquare)
    }
    expectClose(found, exactMean, absolute: 1e-12 * offset)
    expectClose(foundSquare, exactSquare, relative: 1e-11, "square")
    // Deviations from the first row are below twenty.
    expectClose(mean, exactMean, absolute: Self.blockError * 20, "mean")
    expectClose(square, exactSquare, absolute: Self.blockError * 400 * Double(rows), "square")
  }

  @Test(arguments: shapes)
  func normalisationForwardAgrees(rows: Int, width: Int) {
    let x = Twin(rows * width, seed: 2)
    func run<Scalar: NetworkScalar>(_ x: [Scalar]) -> [Double] {
      var y = x
      withNormalization(Columns<Scalar>(width: width)) { columns in
        withTile(rows, width, x) { Scalar.affineReLU($0, columns, into: &y) }
      }
      return y.map { Double($0) }
    }
    let found = run(x.float)
    // A handful of roundings of numbers below ten.
    expectClose(found, run(x.double), absolute: 1e-5, "activated")
    #expect(found.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: shapes)
  func normalisationBackwardAgrees(rows: Int, width: Int) {
    let n = rows * width
    let (dy, x) = (Twin(n, seed: 3), Twin(n, seed: 4))
    func run<Scalar: NetworkScalar>(
      _ start: [Scalar], _ x: [Scalar]
    ) -> (sum: [Double], cross: [Double], dx: [Double]) {
      var d = start
      var (sum, cross) = (zeros(width), zeros(width))
      let c = Columns<Scalar>(width: width)
      withTile(rows, width, x) { tile in
        withNormalization(c) {
          Scalar.affineReLUBackward(tile, $0, &d, sum: &sum, sumNormalized: &cross)
        }
        Scalar.normalizeBackward(tile, a: c.scale, b: c.mean, c: c.shift, &d)
      }
      return (sum, cross, d.map { Double($0) })
    }
    let found = run(dy.float, x.float)
    let exact = run(dy.double, x.double)
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

  @Test func momentsAreAMeanAndASumOfSquares() {
    var (mean, square) = ([0.0], [0.0])
    withTile(4, 1, [1.0, 2, 3, 6]) { Double.moments($0, seen: 0, mean: &mean, square: &square) }
    #expect(mean == [3] && square == [14])
  }

  @Test(arguments: [1, 15, 16, 17, 200], [1, 5, 12])
  func priorLikelihoodAgrees(rows: Int, factors: Int) {
    let x = Twin(rows * 16, seed: 9, scale: 0.5)
    let (mean, variance) = (
      Twin(factors, seed: 10).double, Twin(factors, seed: 11).double.map { $0 * $0 }
    )
    var (found, exact) = (zeros(3 + 2 * factors), zeros(3 + 2 * factors))
    withTile(rows, 16, x.float) {
      Float.priorLikelihood(
        $0, factors: factors, mean: mean, variance: variance, residual: 0.7, into: &found)
    }
    withTile(rows, 16, x.double) {
      Double.priorLikelihood(
        $0, factors: factors, mean: mean, variance: variance, residual: 0.7, into: &exact)
    }
    // Terms below fifty, each rounded a few dozen times.
    expectClose(found, exact, absolute: 2e-4 * Double(rows))
    expectClose(found[1], exact[1], absolute: 1e-6 * Double(rows))
  }

  @Test func addingAddsEveryEntry() {
    var y: [Float] = [1, 2, 3]
    Float.add(count: 3, [10, 20, 30], to: &y)
    #expect(y == [11, 22, 33])
  }

  @Test func paddingRoundsUpToWholeLanes() {
    #expect([0, 1, 16, 17, 33].map(Padding.padded) == [0, 16, 16, 32, 48])
    #expect([0, 1, 8, 9].map(Padding.halfPadded) == [0, 8, 8, 16])
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
        c.scale.withUnsafeBufferPointer { scale in
          c.shift.withUnsafeBufferPointer { shift in
            body(
              Normalization(
                mean: mean.baseAddress!, inverse: inverse.baseAddress!, scale: scale.baseAddress!,
                shift: shift.baseAddress!))
          }
        }
      }
    }
  }
}
