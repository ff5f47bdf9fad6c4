// Rows of standardised data in the number type of a network.

import FactorRuntime

struct ConditionalData<Scalar: NetworkScalar>: Sendable {
  let offsets: [Int]
  let width: Int
  /// Where each firm's rows lie, for networks that look back.
  let histories: FirmHistories?
  private let waiting: [Bool]?
  private let characteristics: [Scalar]
  private let returns: [Scalar]

  /// Takes the data over; in Float nothing is copied.
  init(_ data: NetworkData, readsHistories: Bool = false) {
    offsets = data.offsets
    width = data.width
    waiting = data.waiting
    histories =
      readsHistories
      ? FirmHistories(offsets: data.offsets, firms: data.firms, calendar: data.calendar) : nil
    characteristics = Self.taken(data.characteristics)
    returns = Self.taken(data.returns)
  }

  // Between array types `as?` goes element by element into a copy; from `Any` it shares the array.
  private static func taken(_ numbers: [Float]) -> [Scalar] {
    ((numbers as Any) as? [Scalar]) ?? numbers.map(Scalar.init)
  }

  var monthCount: Int { offsets.count - 1 }

  func rows(_ months: Range<Int>) -> Range<Int> {
    offsets[months.lowerBound]..<offsets[months.upperBound]
  }

  /// The rows of a month that have a return to learn from; nil where all have, or none: from a month that
  /// waits as a whole nothing follows.
  func knownRows(_ month: Int) -> [Int]? {
    guard let waiting else { return nil }
    let rows = rows(month..<(month + 1))
    let known = rows.filter { !waiting[$0] }
    return known.isEmpty || known.count == rows.count ? nil : known
  }

  /// The largest number of rows of any run of `count` months.
  func mostRows(months count: Int) -> Int {
    let last = offsets.count - 1
    return (0..<max(1, last)).map { offsets[min($0 + count, last)] - offsets[$0] }.max() ?? 0
  }

  /// Calls `body` with the characteristics and returns from the first of `rows` on.
  func withRows<Result>(
    _ rows: Range<Int>,
    _ body: (_ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) -> Result
  ) -> Result {
    characteristics.withUnsafeBufferPointer { x in
      returns.withUnsafeBufferPointer { y in
        guard let xBase = x.baseAddress, let yBase = y.baseAddress else {
          preconditionFailure("a block of months without rows is refused before training")
        }
        return body(xBase + rows.lowerBound * width, yBase + rows.lowerBound)
      }
    }
  }
}
