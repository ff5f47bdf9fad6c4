// Selection against sorting, on lists that make selection hard.

import Testing

@testable import FactorRuntime

@Suite struct OrderSelectionTests {
  private static func list(_ kind: Int, _ count: Int) -> [Double] {
    var random = RandomStream(seed: UInt64(kind * 1000 + count), purpose: .example)
    return (0..<count).map { place in
      switch kind {
      case 0: random.normal()
      case 1: Double(place)
      case 2: Double(-place)
      case 3: 7
      case 4: Double(random.below(3))
      // A sample at equal distances sees one value only.
      case 5: place % 3 == 0 ? 0 : random.normal()
      case 6: place == count / 2 ? 1e300 : 1 / (0.001 + abs(random.normal()))
      default: Double((place * 7919) % 101) * (place % 2 == 0 ? 1 : -1e9)
      }
    }
  }

  @Test(arguments: 0..<8, [1, 2, 3, 47, 49, 100, 1000])
  func aSelectedPlaceIsThatOfTheSortedList(kind: Int, count: Int) {
    let values = Self.list(kind, count)
    let sorted = values.sorted()
    for k in Set([0, count / 100, count / 3, count / 2, count - 1 - count / 100, count - 1]) {
      var copy = values
      copy.withUnsafeMutableBufferPointer { OrderSelection(values: $0).select(k) }
      #expect(copy[k] == sorted[k])
      #expect(
        copy[..<k].allSatisfy { $0 <= sorted[k] } && copy[k...].allSatisfy { $0 >= sorted[k] })
      #expect(copy.sorted() == sorted)
    }
  }

  @Test(arguments: 0..<7, [1, 2, 50, 51, 640])
  func quantilesAreThoseOfTheSortedList(kind: Int, count: Int) {
    let values = Self.list(kind, count)
    for probability in [0, 0.01, 0.05, 0.25, 0.5, 0.77, 0.99, 1] {
      var copy = values
      let found = copy.withUnsafeMutableBufferPointer {
        OrderSelection(values: $0).quantile(probability)
      }
      #expect(found == Quantile.of(values, [probability])[0])
    }
  }

  @Test func nothingHasNoQuantile() {
    var none: [Double] = []
    #expect(none.withUnsafeMutableBufferPointer { OrderSelection(values: $0).quantile(0.5) }.isNaN)
  }
}
