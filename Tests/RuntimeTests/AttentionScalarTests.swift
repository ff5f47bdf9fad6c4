// Attention's maps: Float kernels against the definition, and the definition's gradients against differences.

import FactorRuntime
import TestSupport
import Testing

private func numbers(_ count: Int, seed: UInt64, scale: Double = 1) -> [Double] {
  var stream = RandomStream(seed: seed, purpose: .example)
  return (0..<count).map { _ in Double(Float(scale * stream.normal())) }
}

private func floats(_ x: [Double]) -> [Float] { x.map(Float.init) }
private func doubles(_ x: [Float]) -> [Double] { x.map(Double.init) }

/// The gradient of sum of weights * output by central differences.
private func differences(_ x: [Double], _ weights: [Double], _ map: ([Double]) -> [Double])
  -> [Double]
{
  x.indices.map { i in
    func value(_ step: Double) -> Double {
      var moved = x
      moved[i] += step
      return zip(map(moved), weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (value(1e-5) - value(-1e-5)) / 2e-5
  }
}

@Suite struct AttentionScalarTests {
  private static let shapes = [(1, 16), (12, 16), (37, 32), (200, 64)]

  @Test(arguments: shapes)
  func softmaxOfColumnsAgreesAndSumsToOne(rows: Int, width: Int) {
    let x = numbers(rows * width, seed: 1, scale: 3)
    var (found, exact) = (floats(x), x)
    Float.softmaxColumns(rows: rows, width: width, &found)
    Double.softmaxColumns(rows: rows, width: width, &exact)
    expectClose(doubles(found), exact, absolute: 1e-6)
    for j in 0..<width {
      expectClose((0..<rows).reduce(0) { $0 + exact[$1 * width + j] }, 1, absolute: 1e-12)
    }
    let dy = numbers(rows * width, seed: 2)
    var (slopes, exactSlopes) = (floats(dy), dy)
    Float.softmaxColumnsBackward(rows: rows, width: width, y: found, &slopes)
    Double.softmaxColumnsBackward(rows: rows, width: width, y: exact, &exactSlopes)
    expectClose(doubles(slopes), exactSlopes, absolute: 2e-5)
    guard rows * width < 600 else { return }
    let expected = differences(x, dy) { moved in
      var y = moved
      Double.softmaxColumns(rows: rows, width: width, &y)
      return y
    }
    expectClose(exactSlopes, expected, absolute: 1e-8)
  }

  @Test(arguments: shapes)
  func reluSharesAgreeAndFallBackToEqualOnes(rows: Int, width: Int) {
    var x = numbers(rows * width, seed: 3)
    for i in 0..<rows { x[i * width + 1] = -abs(x[i * width + 1]) - 0.1 }
    func run<Scalar: NetworkScalar>(_ x: [Scalar], _ dy: [Scalar]) -> ([Double], [Double]) {
      var (y, totals, d) = (x, Array(x.prefix(width)), dy)
      Scalar.reluShares(rows: rows, width: width, x, into: &y, totals: &totals)
      Scalar.reluSharesBackward(rows: rows, width: width, x, y: y, totals: totals, &d)
      return (y.map { Double($0) }, d.map { Double($0) })
    }
    let dy = numbers(rows * width, seed: 4)
    let (found, exact) = (run(floats(x), floats(dy)), run(x, dy))
    expectClose(found.0, exact.0, absolute: 1e-6)
    // Where little is positive the shares are steep.
    expectClose(found.1, exact.1, absolute: 1e-4, relative: 1e-4)
    #expect((0..<rows).allSatisfy { exact.0[$0 * width + 1] == 1 / Double(rows) })
    #expect((0..<rows).allSatisfy { exact.1[$0 * width + 1] == 0 })
    guard rows * width < 600 else { return }
    let expected = differences(x, dy) { moved in
      var (y, totals) = (moved, Array(moved.prefix(width)))
      Double.reluShares(rows: rows, width: width, moved, into: &y, totals: &totals)
      return y
    }
    expectClose(exact.1, expected, absolute: 1e-4, relative: 1e-6)
  }

  @Test func geluAgrees() {
    let x = numbers(96, seed: 9).map { 3 * $0 }
    func run<Scalar: NetworkScalar>(_ x: [Scalar]) -> (y: [Double], slopes: [Double]) {
      var (slopes, y) = (x, x)
      Scalar.gelu(count: x.count, &slopes, into: &y)
      var ones = x.map { _ in Scalar(2) }
      Scalar.multiply(count: x.count, slopes, into: &ones)
      return (y.map { Double($0) }, ones.map { Double($0) / 2 })
    }
    let (found, exact) = (run(floats(x)), run(x))
    expectClose(found.y, exact.y, absolute: 1e-5)
    expectClose(found.slopes, exact.slopes, absolute: 1e-5)
    let expected = differences(x, x.map { _ in 1 }) { run($0).y }
    expectClose(exact.slopes, expected, absolute: 1e-7)
  }

  @Test(arguments: [(3, 5), (40, 16), (7, 20)])
  func layerNormAgrees(rows: Int, size: Int) {
    let width = Padding.padded(size)
    var x = numbers(rows * width, seed: 5)
    for i in x.indices where i % width >= size { x[i] = 0 }
    let (gain, offset) = (numbers(width, seed: 6), numbers(width, seed: 7))
    func padded(_ list: [Double]) -> [Double] {
      list.enumerated().map { $0.offset % width < size ? $0.element : 0 }
    }
    let dy = padded(numbers(rows * width, seed: 8))
    func forward<Scalar: NetworkScalar>(_ x: [Scalar]) -> (
      n: [Scalar], inverse: [Scalar], y: [Scalar]
    ) {
      var (n, inverse, y) = (x, Array(x.prefix(rows)), x)
      withTile(rows, width, x) {
        Scalar.layerNorm(
          $0, size: size, gain: padded(gain).map(Scalar.init),
          offset: padded(offset).map(Scalar.init), epsilon: 1e-5, normalized: &n,
          inverse: &inverse, into: &y)
      }
      return (n, inverse, y)
    }
    func backward<Scalar: NetworkScalar>(_ x: [Scalar]) -> (
      d: [Double], gain: [Double], offset: [Double]
    ) {
      let f = forward(x)
      var d = dy.map(Scalar.init)
      var (g, o) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
      withTile(rows, width, f.n) {
        Scalar.layerNormBackward(
          $0, size: size, inverse: f.inverse, gain: padded(gain).map(Scalar.init), &d,
          gainGradient: &g, offsetGradient: &o)
      }
      let slopes = d.map { Double($0) }
      #expect(slopes == padded(slopes), "padding has no gradient")
      return (slopes, g, o)
    }
    expectClose(forward(floats(x)).y.map { Double($0) }, forward(x).y, absolute: 1e-5)
    #expect(
      forward(floats(x)).y.enumerated().allSatisfy { $0.offset % width < size || $0.element == 0 })
    let (found, exact) = (backward(floats(x)), backward(x))
    expectClose(found.d, exact.d, absolute: 1e-4)
    expectClose(found.gain, exact.gain, absolute: 1e-4)
    expectClose(found.offset, exact.offset, absolute: 1e-5)
    let expected = differences(x, dy) { forward(padded($0)).y }
    expectClose(exact.d, expected, absolute: 1e-7)
  }

  @Test func theNearestCodeIsTheFirstAmongEquals() {
    // Codes 0, 2 and 2 again on a line; rows at 0.4, 1.0 (as far from 0 as from 2) and 1.7.
    let codes: [Float] = [0, 2, 2]
    let scores: [Float] = [0.4, 1, 1.7].flatMap { x in
      codes.map { $0 * Float(x) } + [Float](repeating: 9, count: 13)
    }
    var found = [Int32](repeating: -1, count: 3)
    withTile(3, 16, scores) {
      Float.nearest(scores: $0, codes: 3, squares: codes.map { $0 * $0 }, into: &found)
    }
    #expect(found == [0, 0, 1])
    var exact = found
    withTile(3, 16, doubles(scores)) {
      Double.nearest(
        scores: $0, codes: 3, squares: codes.map { Double($0 * $0) }, into: &exact)
    }
    #expect(exact == found)
  }

  @Test(arguments: [(2, 3, 4), (5, 12, 8), (1, 64, 16)])
  func attentionWithinSequencesAgrees(sequences: Int, steps: Int, size: Int) {
    let (stride, rows) = (size + 3, sequences * steps)
    let shape = AttentionShape(
      sequences: sequences, steps: steps, size: size, stride: stride,
      scale: 1 / Double(size).squareRoot())
    let parts = (0..<4).map { numbers(rows * stride, seed: 20 + UInt64($0)) }
    func forward<Scalar: NetworkScalar>(_ p: [[Scalar]]) -> (out: [Scalar], weights: [Scalar]) {
      var out = [Scalar](repeating: 0, count: rows * stride)
      var weights = [Scalar](repeating: 0, count: rows * AttentionShape.longest)
      Scalar.attention(shape, q: p[0], k: p[1], v: p[2], weights: &weights, into: &out)
      return (out, weights)
    }
    func backward<Scalar: NetworkScalar>(_ p: [[Scalar]]) -> [[Double]] {
      let zero = [Scalar](repeating: 0, count: rows * stride)
      var (dq, dk, dv) = (zero, zero, zero)
      Scalar.attentionBackward(
        shape, q: p[0], k: p[1], v: p[2], weights: forward(p).weights, outGradient: p[3], dq: &dq,
        dk: &dk, dv: &dv)
      return [dq, dk, dv].map { $0.map { Double($0) } }
    }
    let single = parts.map(floats)
    expectClose(forward(single).out.map { Double($0) }, forward(parts).out, absolute: 1e-5)
    let (found, exact) = (backward(single), backward(parts))
    for (a, b) in zip(found, exact) { expectClose(a, b, absolute: 1e-4) }
    guard rows < 10 else { return }
    let weights = parts[3].enumerated().map { $0.offset % stride < size ? $0.element : 0 }
    for part in 0..<3 {
      let expected = differences(parts[part], weights) { moved in
        var p = parts
        p[part] = moved
        return forward(p).out
      }
      expectClose(exact[part], expected, absolute: 1e-8, "part \(part)")
    }
  }

  @Test func rowsAreScaledAndMultiplied() {
    let (x, y, w) = (numbers(5 * 16, seed: 30), numbers(5 * 16, seed: 31), numbers(5, seed: 32))
    var (sum, exactSum) = (floats(y), y)
    Float.addScaledRows(rows: 5, width: 16, floats(x), by: floats(w), to: &sum)
    Double.addScaledRows(rows: 5, width: 16, x, by: w, to: &exactSum)
    expectClose(doubles(sum), exactSum, absolute: 1e-6)
    var (dots, exactDots) = (floats(w), w)
    Float.rowDots(rows: 5, width: 16, floats(x), floats(y), into: &dots)
    Double.rowDots(rows: 5, width: 16, x, y, into: &exactDots)
    expectClose(doubles(dots), exactDots, absolute: 1e-5)
  }
}
