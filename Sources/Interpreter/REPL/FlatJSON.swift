// JSON in the two forms the shell needs: quoting text, and reading back objects without nesting.

import FactorLang

/// Writes JSON, and reads objects whose values are text and numbers.
enum FlatJSON {
  /// Quotes a text.
  static func quote(_ text: String) -> String { JSONText.quote(text) }

  /// A number; JSON has no infinities and no NaN.
  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  /// An object of already written values, in order.
  static func object(_ fields: [(name: String, json: String)]) -> String {
    "{" + fields.map { quote($0.name) + ":" + $0.json }.joined(separator: ",") + "}"
  }

  /// A list of already written values.
  static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

  /// Reads one flat object; nil if a byte is out of place, as in a line torn by a crash.
  static func fields(_ line: some Collection<UInt8>) -> [String: String]? {
    var reader = Reader(bytes: Array(line))
    return reader.object()
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ wanted: Character) -> Bool {
      while let byte, byte == 0x20 || byte == 0x09 { at += 1 }
      guard byte == wanted.asciiValue else { return false }
      at += 1
      return true
    }

    mutating func object() -> [String: String]? {
      guard take("{") else { return nil }
      var result: [String: String] = [:]
      if take("}") { return isAtEnd ? result : nil }
      repeat {
        guard let name = string(), take(":"), let value = value() else { return nil }
        result[name] = value
      } while take(",")
      return take("}") && isAtEnd ? result : nil
    }

    private var isAtEnd: Bool { bytes[at...].allSatisfy { $0 == 0x20 || $0 == 0x0D } }

    private mutating func value() -> String? {
      while byte == 0x20 { at += 1 }
      return byte == 0x22 ? string() : bare()
    }

    private mutating func bare() -> String? {
      let start = at
      while let byte, byte != 0x2C, byte != 0x7D, byte > 0x20 { at += 1 }
      return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }

    private mutating func string() -> String? {
      guard take("\"") else { return nil }
      var text: [UInt8] = []
      while let next = byte {
        at += 1
        if next == 0x22 { return String(decoding: text, as: UTF8.self) }
        if next != 0x5C {
          text.append(next)
        } else if let escaped = escape() {
          text += Array(escaped.utf8)
        } else {
          return nil
        }
      }
      return nil
    }

    private mutating func escape() -> String? {
      guard let byte else { return nil }
      at += 1
      switch byte {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{c}"
      case UInt8(ascii: "u"): return unicode()
      default: return String(UnicodeScalar(byte))
      }
    }

    private mutating func unicode() -> String? {
      guard let first = unit() else { return nil }
      guard 0xD800...0xDBFF ~= first else { return UnicodeScalar(first).map { String($0) } }
      guard take("\\"), take("u"), let second = unit(), 0xDC00...0xDFFF ~= second else {
        return nil
      }
      let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      return UnicodeScalar(value).map { String($0) }
    }

    private mutating func unit() -> UInt32? {
      guard at + 4 <= bytes.count else { return nil }
      defer { at += 4 }
      return UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    }
  }
}
