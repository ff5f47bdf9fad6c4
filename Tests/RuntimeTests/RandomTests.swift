// Random numbers: the published vectors of the generator, independence of streams, moments.

import FactorRuntime
import TestSupport
import Testing

@Suite struct RandomTests {
  // The known answers that accompany the generator's publication (Philox4x32, ten rounds).
  @Test func r6PhiloxGivesThePublishedWords() {
    let zero = Philox.block(counter: .zero, key: .zero)
    #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(
      counter: SIMD4(repeating: 0xffff_ffff), key: SIMD2(repeating: 0xffff_ffff))
    #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let digits = Philox.block(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: SIMD2(0xa409_3822, 0x299f_31d0))
    #expect(digits == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func r6AStreamDoesNotFeelDrawsOfOthers() {
    var alone = RandomStream(seed: 5, purpose: .posterior)
    let expected = (0..<50).map { _ in alone.bits() }
    var stream = RandomStream(seed: 5, purpose: .posterior)
    var other = RandomStream(seed: 5, purpose: .shuffle)
    let found = (0..<50).map { i in
      for _ in 0..<(i % 4) { _ = other.normal() }
      return stream.bits()
    }
    #expect(found == expected)
  }

  // A block gives two draws; a stream that was put back between them goes on with the second.
  @Test func r6AStreamGoesOnFromAnyDraw() throws {
    var stream = RandomStream(seed: 5, purpose: .posterior)
    for _ in 0..<7 {
      let words = stream.words
      let next = (0..<5).map { _ in stream.bits() }
      var again = try #require(RandomStream(words: words))
      #expect((0..<5).map { _ in again.bits() } == next)
    }
  }

  @Test func r6SeedPurposeAndStreamNumberEachMatter() {
    func first(_ seed: UInt64, _ purpose: RandomPurpose, _ stream: UInt32) -> UInt64 {
      var random = RandomStream(seed: seed, purpose: purpose, stream: stream)
      return random.bits()
    }
    let draws = [
      first(1, .world, 0), first(2, .world, 0), first(1 << 32 | 1, .world, 0),
      first(1, .split, 0), first(1, .world, 1),
    ]
    #expect(Set(draws).count == draws.count)
    #expect(first(1, .world, 0) == draws[0])
  }

  @Test func noBlockIsUsedTwice() {
    var stream = RandomStream(seed: 3, purpose: .example)
    let draws = (0..<10_000).map { _ in stream.bits() }
    #expect(Set(draws).count == draws.count)
  }

  // Bounds are five standard errors of the sample moments.
  @Test func momentsAreThoseOfTheLaw() {
    let n = 50_000
    func moments(_ draw: (inout RandomStream) -> Double) -> [Double] {
      var stream = RandomStream(seed: 9, purpose: .example)
      var sums = [Double](repeating: 0, count: 4)
      for _ in 0..<n {
        let x = draw(&stream)
        var power = 1.0
        for k in 0..<4 {
          power *= x
          sums[k] += power
        }
      }
      return sums.map { $0 / Double(n) }
    }
    let error = 5 / Double(n).squareRoot()
    let uniform = moments { $0.uniform() }
    expectClose(uniform[0], 0.5, absolute: error * 0.289)
    expectClose(uniform[1], 1.0 / 3, absolute: error * 0.298)
    let normal = moments { $0.normal() }
    // Standard deviations of x, x^2, x^3 and x^4: 1, sqrt 2, sqrt 15, sqrt 96.
    for (k, (value, spread)) in [(0.0, 1.0), (1, 1.415), (0, 3.873), (3, 9.798)].enumerated() {
      expectClose(normal[k], value, absolute: error * spread, "normal moment \(k + 1)")
    }
    // With nine degrees of freedom: variance 9/7, fourth moment 3 * 81 / (7 * 5).
    let student = moments { $0.studentT(degrees: 9) }
    expectClose(student[0], 0, absolute: error * 1.134)
    expectClose(student[1], 9.0 / 7, absolute: error * 2.3)
  }

  @Test func uniformStaysBelowOne() {
    var stream = RandomStream(seed: 4, purpose: .example)
    let draws = (0..<20_000).map { _ in stream.uniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
  }

  @Test(arguments: [1, 2, 3, 10, 1000])
  func belowReachesEveryNumberAndNoOther(bound: Int) {
    var stream = RandomStream(seed: 6, purpose: .example)
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<(bound * 40) { counts[stream.below(bound)] += 1 }
    #expect(counts.allSatisfy { $0 > 0 })
    // Forty expected per number: a binomial count beyond 6.5 deviations is a fault, not luck.
    #expect(bound == 1 || counts.allSatisfy { $0 < 82 })
  }

  @Test func shufflesKeepItemsAndReachAllOrders() {
    var stream = RandomStream(seed: 3, purpose: .shuffle)
    var found: [[Int]: Int] = [:]
    for _ in 0..<6000 {
      var items = [1, 2, 3]
      stream.shuffle(&items)
      found[items, default: 0] += 1
    }
    #expect(found.count == 6)
    #expect(found.allSatisfy { $0.key.sorted() == [1, 2, 3] && (850...1150).contains($0.value) })
  }
}
