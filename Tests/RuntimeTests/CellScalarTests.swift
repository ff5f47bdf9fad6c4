// Recurrent cells: gates within their stated error, and the specials of a gate. Whole passes are tested with
// their layers.

import FactorRuntime
import Foundation
import TestSupport
import Testing

@Suite struct CellScalarTests {
  // The error that the kernels state, over every size of input.
  @Test func gatesKeepTheirStatedError() {
    let x =
      stride(from: -12.0, through: 12, by: 0.000_37).map { Float($0) }
      + [Float](repeating: 0, count: 15)
    let count = x.count / 16 * 16
    var h = [Float](repeating: 0, count: x.count)
    Float.tanhForward(count: count, x, h: &h)
    let worst = (0..<count).map { abs(Double(h[$0]) - Foundation.tanh(Double(x[$0]))) }.max() ?? 1
    #expect(worst < 5e-7, "\(worst)")
    #expect(h[..<count].allSatisfy { abs($0) <= 1 })
  }

  @Test func aGateOfNothingIsNothing() {
    var h = [Float](repeating: 0, count: 16)
    var x = h
    (x[0], x[1], x[2]) = (.nan, .infinity, -.infinity)
    Float.tanhForward(count: 16, x, h: &h)
    #expect(h[0].isNaN && h[1] > 0.999_999 && h[2] < -0.999_999 && h[3] == 0)
  }

  @Test func rowsAreGatheredAndScattered() {
    let table = (0..<(4 * 16)).map { Float($0) }
    var out = [Float](repeating: -1, count: 3 * 20)
    Float.gather(rows: 3, width: 16, table: table, from: [2, 0, 2], into: &out, stride: 20)
    #expect(Array(out[0..<16]) == Array(table[32..<48]) && out[16] == -1)
    #expect(Array(out[20..<36]) == Array(table[0..<16]))
    var sums = [Float](repeating: 1, count: 4 * 16)
    Float.scatterAdd(rows: 3, width: 16, out, stride: 20, to: [1, 3, 1], table: &sums)
    #expect(sums[16] == 1 + 2 * 32 && sums[48] == 1 && sums[0] == 1 && sums[63] == 16)
  }

  @Test func theLeakKeepsAShareOfWhatIsNegative() {
    var x = (0..<16).map { Float($0) - 8 }
    Float.leaky(count: 16, slope: 0.5, &x)
    #expect(x[0] == -4 && x[8] == 0 && x[15] == 7)
    var d = [Float](repeating: 2, count: 16)
    Float.leakyBackward(count: 16, slope: 0.5, y: x, &d)
    #expect(d[0] == 1 && d[8] == 1 && d[15] == 2)
  }
}
