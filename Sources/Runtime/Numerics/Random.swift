// Counter-based random numbers: a value depends on (seed, purpose, index) and never on draw order.
//
// Generator: Philox4x32-10. Reference: Salmon, Moraes, Dror and Shaw (2011), "Parallel random
// numbers: as easy as 1, 2, 3". Inserting, deleting or reordering other draws changes nothing.

/// One block of Philox4x32-10: four 32-bit words from a 128-bit counter and a 64-bit key.
public enum Philox {
  /// Encrypts a counter under a key; published test vectors hold for this function.
  public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let product0 = UInt64(c.x) &* 0xD251_1F53
      let product1 = UInt64(c.z) &* 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: product1 >> 32) ^ c.y ^ k.x,
        UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ c.w ^ k.y,
        UInt32(truncatingIfNeeded: product0)
      )
      k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
    }
    return c
  }
}

/// What a stream of random numbers is for; each purpose has a stream of its own.
public enum RandomPurpose: UInt32, Sendable {
  case initialise = 1, shuffle, dropout, posterior, split, world, bootstrap, example
  case regimes, simulation
}

/// A stream of random numbers for one seed and purpose.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let purpose: UInt32
  private let stream: UInt32
  private var position: UInt64 = 0
  private var spareNormal: Double?
  /// The second half of the block that the last bits came from.
  private var secondHalf: UInt64?

  /// Creates the stream numbered `stream` of a seed and purpose.
  public init(seed: UInt64, purpose: RandomPurpose, stream: UInt32 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = purpose.rawValue
    self.stream = stream
  }

  /// Gives 64 random bits.
  public mutating func bits() -> UInt64 {
    if let half = secondHalf {
      secondHalf = nil
      position &+= 1
      return half
    }
    let counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: position >> 1), UInt32(truncatingIfNeeded: position >> 33),
      stream, purpose)
    let words = Philox.block(counter: counter, key: key)
    let (first, second) = (
      UInt64(words.x) << 32 | UInt64(words.y), UInt64(words.z) << 32 | UInt64(words.w)
    )
    defer { position &+= 1 }
    guard position & 1 == 0 else { return second }
    secondHalf = second
    return first
  }

  /// Gives a number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// Gives a number below `bound` without bias that matters below 2^32.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(bits().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Puts items into a random order, each as likely as any other. Reference: Durstenfeld (1964).
  public mutating func shuffle<Item>(_ items: inout [Item]) {
    for i in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(i, below(i + 1)) }
  }

  /// Gives a standard normal number by the Box-Muller transform.
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * Elementary.log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareNormal = radius * Elementary.sin(angle)
    return radius * Elementary.cos(angle)
  }

  /// Gives a Student t number with the given degrees of freedom (unit scale, not unit variance).
  public mutating func studentT(degrees: Int) -> Double {
    let numerator = normal()
    var chiSquare = 0.0
    for _ in 0..<degrees {
      let draw = normal()
      chiSquare += draw * draw
    }
    return numerator / (chiSquare / Double(degrees)).squareRoot()
  }
}

extension RandomStream {
  /// All that the next draw depends on, for checkpoints.
  public var words: [UInt64] {
    [
      UInt64(key.y) << 32 | UInt64(key.x), UInt64(purpose), UInt64(stream), position,
      spareNormal == nil ? 0 : 1, spareNormal?.bitPattern ?? 0,
    ]
  }

  /// Puts a stream back where its `words` say it was; nil if they say nothing.
  public init?(words: [UInt64]) {
    guard words.count == 6, let purpose = UInt32(exactly: words[1]),
      let number = UInt32(exactly: words[2]), words[4] <= 1
    else { return nil }
    key = SIMD2(UInt32(truncatingIfNeeded: words[0]), UInt32(truncatingIfNeeded: words[0] >> 32))
    (self.purpose, stream, position) = (purpose, number, words[3])
    spareNormal = words[4] == 1 ? Double(bitPattern: words[5]) : nil
  }
}
