// Products of a large matrix with a few columns, against the definition.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct TallProductTests {
  private static let shapes = [(1, 1, 1), (3, 7, 2), (13, 9, 5), (100, 37, 15), (61, 200, 21)]

  @Test(arguments: shapes) func productsFollowTheDefinition(rows: Int, inner: Int, columns: Int) {
    var stream = RandomStream(seed: 9, purpose: .example)
    let a = (0..<(rows * inner)).map { _ in stream.normal() }
    let b = (0..<(inner * columns)).map { _ in stream.normal() }
    let product = TallProduct(a, rows: rows, inner: inner, columns: columns)
    var found = [Double](repeating: .nan, count: rows * columns)
    product.plain(b, columns: columns, into: &found)
    for i in 0..<rows {
      for j in 0..<columns {
        let sum = (0..<inner).reduce(0) { $0 + a[i * inner + $1] * b[j * inner + $1] }
        expectClose(found[j * rows + i], sum, absolute: 1e-12)
      }
    }
    let c = (0..<(rows * columns)).map { _ in stream.normal() }
    var other = [Double](repeating: .nan, count: inner * columns)
    product.transposed(c, columns: columns, into: &other)
    for l in 0..<inner {
      for j in 0..<columns {
        let sum = (0..<rows).reduce(0) { $0 + a[$1 * inner + l] * c[j * rows + $1] }
        expectClose(other[j * inner + l], sum, absolute: 1e-12)
      }
    }
  }

  // What was left from more columns does not show in fewer, and a call gives the same bits again.
  @Test func callsDoNotRemember() {
    let a = (0..<48).map { Double($0 % 7) - 3 }
    let product = TallProduct(a, rows: 8, inner: 6, columns: 4)
    var (wide, once, again) = (
      [Double](repeating: 0, count: 32), [Double](repeating: 0, count: 16),
      [Double](repeating: 0, count: 16)
    )
    let b = (0..<12).map { 0.1 * Double($0) }
    product.plain(b, columns: 2, into: &once)
    product.plain((0..<24).map { Double($0) }, columns: 4, into: &wide)
    product.plain(b, columns: 2, into: &again)
    #expect(once.map(\.bitPattern) == again.map(\.bitPattern))
  }
}
