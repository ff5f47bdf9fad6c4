// The reader of JSON: one pass over the bytes, one level of recursion per level of nesting.

struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  private var valuesLeft: Int

  init(_ bytes: [UInt8], mostValues: Int) { (self.bytes, valuesLeft) = (bytes, mostValues) }

  mutating func document() throws(JSON.Fault) -> JSON {
    let value = try self.value()
    skipSpace()
    guard position == bytes.count else { throw fault("something follows the value") }
    return value
  }

  private func fault(_ reason: String) -> JSON.Fault {
    JSON.Fault(offset: position, reason: reason)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSON.Fault) -> JSON {
    skipSpace()
    guard let byte = next else { throw fault("a value is missing") }
    valuesLeft -= 1
    guard valuesLeft >= 0 else { throw fault("too many values") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { (reader) throws(JSON.Fault) in try reader.object() }
    case UInt8(ascii: "["): return try nested { (reader) throws(JSON.Fault) in try reader.list() }
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSON.Fault) -> JSON
  ) throws(JSON.Fault) -> JSON {
    depth += 1
    guard depth <= JSON.deepest else { throw fault("nesting deeper than \(JSON.deepest) levels") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func word(_ text: String, _ value: JSON) throws(JSON.Fault) -> JSON {
    for byte in text.utf8 where !take(byte) { throw fault("`\(text)` is meant, perhaps") }
    return value
  }

  private mutating func list() throws(JSON.Fault) -> JSON {
    var items: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .list(items) }
    while true {
      items.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .list(items) }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or `]` is missing") }
    }
  }

  private mutating func object() throws(JSON.Fault) -> JSON {
    var fields: [JSON.Field] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(fields) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes is missing") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing") }
      fields.append(JSON.Field(name, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(fields) }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or `}` is missing") }
    }
  }

  // MARK: Numbers

  private mutating func number() throws(JSON.Fault) -> Double {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")), digits() == 0 { throw fault("a value is missing") }
    if take(UInt8(ascii: ".")), digits() == 0 { throw fault("a digit is missing") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { throw fault("a digit is missing") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Double(text) else { throw fault("not a number") }
    return number
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
    return position - start
  }

  // MARK: Strings

  private mutating func string() throws(JSON.Fault) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw fault("the text is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"): try escape(&text)
      case 0..<0x20: throw fault("a control byte in a text")
      default: text.append(byte)
      }
    }
    throw fault("a closing quote is missing")
  }

  private mutating func escape(_ text: inout [UInt8]) throws(JSON.Fault) {
    guard let byte = next else { throw fault("an escape is cut off") }
    position += 1
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
      UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
      UInt8(ascii: "t"): 9,
    ]
    if let plain = simple[byte] {
      text.append(plain)
      return
    }
    guard byte == UInt8(ascii: "u") else { throw fault("an unknown escape") }
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")) {
      guard take(UInt8(ascii: "u")) else { throw fault("half of a surrogate pair") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    // A lone half stands for nothing; RFC 8259 leaves it open, and here it becomes the mark for that.
    let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(JSON.Fault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits are missing")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
