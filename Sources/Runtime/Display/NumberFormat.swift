// One rule for showing numbers: significant digits, percent, basis points, thousands.
//
// Definition: values are rounded half to even on their shortest decimal, so 0.125 to two digits is
// 0.12. Missing values: shown as `na`.

/// Numbers as text.
public enum NumberFormat {
  /// How a missing value is shown.
  public static let missing = "na"

  /// The shortest decimal that reads back as the same number.
  public static func exact(_ number: Double) -> String {
    number.isNaN ? missing : CSVWriter.text(number)
  }

  /// A number to some significant digits; far from one, in powers of ten.
  public static func significant(_ number: Double, digits: Int = 4) -> String {
    guard number.isFinite else { return nonFinite(number) }
    if number == 0 { return "0" }
    let decimal = Decimal(number).rounded(toSignificant: digits)
    let power = decimal.exponent
    if power < -5 || power >= 15 { return decimal.scientific }
    return decimal.plain(fraction: max(0, digits - 1 - power), trimmed: power >= digits - 1)
  }

  /// A number with a fixed number of decimals.
  public static func fixed(_ number: Double, decimals: Int = 2) -> String {
    guard number.isFinite else { return nonFinite(number) }
    return Decimal(number).rounded(toFraction: decimals).plain(fraction: decimals, trimmed: false)
  }

  /// A share as percent with a fixed number of decimals.
  public static func percent(_ share: Double, decimals: Int = 2) -> String {
    share.isFinite ? fixed(shifted(share, by: 2), decimals: decimals) + "%" : nonFinite(share)
  }

  /// A share as basis points.
  public static func basisPoints(_ share: Double, decimals: Int = 0) -> String {
    share.isFinite ? fixed(shifted(share, by: 4), decimals: decimals) + "bps" : nonFinite(share)
  }

  /// A number as text with thousands separators, which it may have already; powers of ten stay.
  public static func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let digits = text.dropFirst(sign.count).prefix { $0.isNumber }
    guard digits.count > 3, !text.contains("e"), let whole = Int(digits) else { return text }
    return sign + count(whole) + text.dropFirst(sign.count + digits.count)
  }

  /// A whole number with thousands separators.
  public static func count(_ number: Int) -> String {
    // Written backwards into the space of the longest number there is, 26 characters.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
      var place = buffer.count
      var rest = number.magnitude
      var written = 0
      repeat {
        if written > 0, written % 3 == 0 {
          place -= 1
          buffer[place] = UInt8(ascii: ",")
        }
        place -= 1
        buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
        written += 1
      } while rest > 0
      if number < 0 {
        place -= 1
        buffer[place] = UInt8(ascii: "-")
      }
      return String(decoding: UnsafeBufferPointer(rebasing: buffer[place...]), as: UTF8.self)
    }
  }

  /// A time as people say it: `0.8 s`, `14 s`, `22 min`, `3 h 5 min`.
  public static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds), 1e12).rounded())
    switch seconds {
    case ..<9.95: return fixed(max(0, seconds), decimals: 1) + " s"
    case ..<90: return "\(whole) s"
    case ..<5400: return "\((whole + 30) / 60) min"
    default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }

  private static func nonFinite(_ number: Double) -> String {
    number.isNaN ? missing : number > 0 ? "inf" : "-inf"
  }

  /// The number times a power of ten, exact in decimal.
  private static func shifted(_ number: Double, by places: Int) -> Double {
    var decimal = Decimal(number)
    decimal.exponent += places
    return decimal.value
  }
}

/// The shortest decimal of a double: 0.d1d2d3... scaled so that the first digit has the exponent.
struct Decimal {
  var isNegative: Bool
  var digits: [UInt8]
  /// The power of ten of the first digit.
  var exponent: Int

  init(_ number: Double) {
    isNegative = number < 0
    digits = []
    exponent = 0
    var (power, afterPoint, isPower, powerSign) = (0, false, false, 1)
    var pointAt: Int?
    for byte in number.magnitude.description.utf8 {
      switch byte {
      case 46: afterPoint = true
      case 101: isPower = true
      case 45: powerSign = -1
      case 43: break
      default:
        if isPower {
          power = power * 10 + Int(byte - 48)
        } else {
          if !afterPoint { pointAt = digits.count + 1 }
          digits.append(byte - 48)
        }
      }
    }
    let leading = digits.prefix { $0 == 0 }.count
    exponent = (pointAt ?? 0) - 1 - leading + powerSign * power
    digits.removeFirst(leading)
    while digits.last == 0 { digits.removeLast() }
  }

  var value: Double {
    if digits.isEmpty { return 0 }
    let text = digits.map(String.init).joined() + "e\(exponent - digits.count + 1)"
    let magnitude = NumberParser.shared.parse(text) ?? 0
    return isNegative ? -magnitude : magnitude
  }

  func rounded(toSignificant count: Int) -> Decimal { rounded(keeping: count) }
  func rounded(toFraction count: Int) -> Decimal { rounded(keeping: exponent + 1 + count) }

  private func rounded(keeping count: Int) -> Decimal {
    var result = self
    guard count < digits.count else { return result }
    if count < 0 {
      result.digits = []
      return result
    }
    let tail = digits[count...]
    result.digits = Array(digits[..<count])
    let isHalf = tail.first == 5 && tail.count == 1
    let isOdd = (result.digits.last ?? 0) % 2 == 1
    if let first = tail.first, first > 5 || first == 5 && (!isHalf || isOdd) { result.increment() }
    while result.digits.last == 0 { result.digits.removeLast() }
    return result
  }

  private mutating func increment() {
    var k = digits.count - 1
    while k >= 0, digits[k] == 9 {
      digits[k] = 0
      k -= 1
    }
    if k >= 0 {
      digits[k] += 1
    } else {
      digits.insert(1, at: 0)
      exponent += 1
    }
  }

  private var sign: String { isNegative && !digits.isEmpty ? "-" : "" }

  private func digit(atPower power: Int) -> Character {
    let place = exponent - power
    let value = digits.indices.contains(place) ? digits[place] : 0
    return Character(Unicode.Scalar(48 + value))
  }

  func plain(fraction: Int, trimmed: Bool) -> String {
    let top = digits.isEmpty ? 0 : max(0, exponent)
    var text = sign + String(stride(from: top, through: 0, by: -1).map(digit(atPower:)))
    if fraction > 0, !trimmed {
      text += "." + String((1...fraction).map { digit(atPower: -$0) })
    }
    return text
  }

  var scientific: String {
    let rest = digits.dropFirst().map(String.init).joined()
    let mantissa = digits.first.map(String.init) ?? "0"
    return sign + mantissa + (rest.isEmpty ? "" : "." + rest) + "e\(exponent)"
  }
}
