// Exact decimal text to Double: the nearest double, ties to even, for every input.
//
// Three roads, fastest first: (1) up to 19 digits whose value fits 2^53 and a power of ten that is
// itself exact: one multiplication or division, correctly rounded (Clinger 1990); (2) up to 19
// digits and powers -54...55: a 128-bit product with a proof of rounding (Lemire 2021, "Number
// parsing at a gigabyte per second"); (3) everything else: the standard library's conversion.
// Digits are read eight at a time inside one machine word.
// Missing values: decided by the caller. Degrees of freedom: none.

/// Parses decimal numbers exactly.
public struct NumberParser: Sendable {
  /// The parser; its tables are made once.
  public static let shared = NumberParser()

  nonisolated(unsafe) private let exactPowers: UnsafePointer<Double>
  nonisolated(unsafe) private let digitScale: UnsafePointer<UInt64>
  nonisolated(unsafe) private let fivePowers: UnsafePointer<UInt128>
  private static let smallestPower = -54
  private static let largestPower = 55

  // The tables live as long as the process; `shared` is the only instance.
  private init() {
    let exact = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    let scale = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
    var power = 1.0
    for k in 0..<23 {
      exact[k] = power
      power *= 10
    }
    var whole: UInt64 = 1
    for k in 0..<9 {
      scale[k] = whole
      whole *= 10
    }
    let count = Self.largestPower - Self.smallestPower + 1
    let fives = UnsafeMutablePointer<UInt128>.allocate(capacity: count)
    for k in 0..<count { fives[k] = Self.leadingBits(ofFiveTo: k + Self.smallestPower) }
    exactPowers = UnsafePointer(exact)
    digitScale = UnsafePointer(scale)
    fivePowers = UnsafePointer(fives)
  }

  /// Parses a whole field; nil unless all of it is a decimal number.
  public func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var position = 0
    let count = text.count
    let isNegative = count > 0 && text[0] == 45
    if isNegative || (count > 0 && text[0] == 43) { position = 1 }
    var (mantissa, significant, seen, exponent) = (UInt64(0), 0, 0, 0)
    var isFraction = false
    while position < count {
      let digit = text[position] &- 48
      if digit < 10 {
        seen += 1
        if significant > 0 || digit > 0 { significant += 1 }
        if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
        if isFraction { exponent -= 1 }
      } else if text[position] == 46, !isFraction {
        isFraction = true
      } else {
        break
      }
      position += 1
    }
    guard seen > 0 else { return nil }
    if position < count {
      guard text[position] | 0x20 == 101, let power = Self.exponent(text, after: position) else {
        return nil
      }
      exponent += power
    }
    if significant <= 19, let value = convert(mantissa, exponent) {
      return isNegative ? -value : value
    }
    return Double(String(decoding: text[(text[0] == 43 ? 1 : 0)...], as: UTF8.self))
  }

  /// Parses text.
  public func parse(_ text: String) -> Double? {
    var copy = text
    return copy.withUTF8 { parse($0) }
  }

  /// Reads a number from the start of bytes of which at least 48 can be read.
  ///
  /// Gives the number of bytes used; zero sends the caller down the slow road.
  @inline(__always)
  func read(_ start: UnsafePointer<UInt8>, _ value: inout Double) -> Int {
    var p = start
    let isNegative = p[0] == 45
    p += isNegative ? 1 : 0
    var digits = 0
    var mantissa: UInt64 = 0
    readDigits(&p, &mantissa, &digits)
    var exponent = 0
    if p[0] == 46 {
      p += 1
      let before = digits
      readDigits(&p, &mantissa, &digits)
      exponent = before - digits
    }
    if digits == 0 || digits > 19 { return 0 }
    if p[0] | 0x20 == 101 {
      guard Self.readExponent(&p, &exponent) else { return 0 }
    }
    let magnitude: Double
    if mantissa <= 1 << 53, exponent <= 0, exponent >= -22 {
      magnitude = Double(Int64(bitPattern: mantissa)) / exactPowers[-exponent]
    } else if let exact = convert(mantissa, exponent) {
      magnitude = exact
    } else {
      return 0
    }
    value = isNegative ? -magnitude : magnitude
    return p - start
  }

  @inline(__always)
  private func readDigits(
    _ p: inout UnsafePointer<UInt8>, _ mantissa: inout UInt64, _ digits: inout Int
  ) {
    while digits <= 19 {
      let word =
        UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
        ^ 0x3030_3030_3030_3030
      let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
      if others == 0 {
        mantissa = mantissa &* 100_000_000 &+ Self.eightDigits(word)
        p += 8
        digits += 8
        continue
      }
      let count = others.trailingZeroBitCount >> 3
      if count == 0 { return }
      // Leading zero digits take the place of the bytes that are not digits.
      let aligned = word &<< UInt64(64 - 8 * count)
      mantissa = mantissa &* digitScale[count] &+ Self.eightDigits(aligned)
      p += count
      digits += count
      return
    }
  }

  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64 {
    let pairs = word &* 10 &+ (word &>> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }

  private static func readExponent(
    _ p: inout UnsafePointer<UInt8>, _ exponent: inout Int
  ) -> Bool {
    p += 1
    let isNegative = p[0] == 45
    if isNegative || p[0] == 43 { p += 1 }
    var (power, count) = (0, 0)
    while p[0] &- 48 < 10, count < 5 {
      power = power * 10 + Int(p[0] &- 48)
      p += 1
      count += 1
    }
    exponent += isNegative ? -power : power
    return count > 0 && count < 5
  }

  private static func exponent(_ text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int? {
    var position = start + 1
    guard position < text.count else { return nil }
    let isNegative = text[position] == 45
    if isNegative || text[position] == 43 { position += 1 }
    guard position < text.count else { return nil }
    var power = 0
    while position < text.count {
      guard text[position] &- 48 < 10 else { return nil }
      power = min(power * 10 + Int(text[position] &- 48), 1_000_000)
      position += 1
    }
    return isNegative ? -power : power
  }
}

extension NumberParser {
  /// The double nearest to mantissa x 10^exponent; nil where only the slow road is proved.
  @inline(never)
  private func convert(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa == 0 { return 0 }
    if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      let value = Double(mantissa)
      return exponent < 0 ? value / exactPowers[-exponent] : value * exactPowers[exponent]
    }
    guard exponent >= Self.smallestPower, exponent <= Self.largestPower else { return nil }
    let shift = mantissa.leadingZeroBitCount
    let product = productBits(mantissa << UInt64(shift), exponent)
    let high = UInt64(truncatingIfNeeded: product >> 64)
    let low = UInt64(truncatingIfNeeded: product)
    let upper = Int(high >> 63)
    let drop = UInt64(upper + 9)
    var bits = high >> drop
    var power = ((217_706 * exponent) >> 16) + 63 + upper - shift + 1023
    // A value exactly half-way goes to the even neighbour.
    if low <= 1, exponent >= -4, exponent <= 23, bits & 3 == 1, bits << drop == high {
      bits &= ~1
    }
    bits = (bits + (bits & 1)) >> 1
    if bits >= 1 << 53 {
      bits = 1 << 52
      power += 1
    }
    guard power > 0, power < 0x7FF else { return nil }
    return Double(bitPattern: bits & ~(1 << 52) | UInt64(power) << 52)
  }

  /// The top 128 bits of the mantissa times a power of five, to 55 certain bits.
  private func productBits(_ mantissa: UInt64, _ exponent: Int) -> UInt128 {
    let power = fivePowers[exponent - Self.smallestPower]
    let first = mantissa.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power >> 64))
    var product = UInt128(first.high) << 64 | UInt128(first.low)
    if first.high & 0x1FF == 0x1FF {
      let second = mantissa.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power))
      product += UInt128(second.high)
    }
    return product
  }

  /// 5^q with its top bit at bit 127; rounded up for small negative q as the proof asks.
  private static func leadingBits(ofFiveTo q: Int) -> UInt128 {
    var power: UInt128 = 1
    for _ in 0..<abs(q) { power *= 5 }
    if q >= 0 { return power << UInt128(power.leadingZeroBitCount) }
    // Long division of a power of two, until 128 significant bits are there.
    var remainder: UInt128 = 1
    var quotient: UInt128 = 0
    while quotient >> 127 == 0 {
      remainder <<= 1
      quotient <<= 1
      if remainder >= power {
        remainder -= power
        quotient |= 1
      }
    }
    return q >= -27 ? quotient + 1 : quotient
  }
}
