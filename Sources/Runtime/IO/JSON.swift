// JSON as values: strict reading with a limit on nesting, writing with keys in the order given.
//
// Reference: RFC 8259. Numbers are kept as doubles; what a double cannot hold is refused nowhere, as the RFC
// allows.

/// A JSON value.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([Field])

  /// A named value.
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: JSON
    public init(_ name: String, _ value: JSON) { (self.name, self.value) = (name, value) }
  }

  /// Lists and objects may be nested this deep.
  public static let deepest = 512

  /// Where and why a text is not JSON.
  public struct Fault: Error, Equatable, Sendable {
    /// The byte, from 0.
    public let offset: Int
    public let reason: String
  }

  /// Reads a text.
  ///
  /// More than `mostValues` values, which take far more memory than the text, are refused.
  public init(parsing bytes: [UInt8], mostValues: Int = .max) throws(Fault) {
    var reader = JSONReader(bytes, mostValues: mostValues)
    self = try reader.document()
  }

  /// A member of an object.
  public subscript(name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  /// The text, if it is one.
  public var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  /// The whole number, if it is one.
  public var integer: Int? {
    if case .number(let number) = self { return Int(exactly: number) }
    return nil
  }

  /// The items of a list; none for anything else.
  public var items: [JSON] {
    if case .list(let items) = self { return items }
    return []
  }

  /// An object of named values.
  public static func fields(_ pairs: (String, JSON)...) -> JSON {
    .object(pairs.map { Field($0.0, $0.1) })
  }

  /// Writes the value over several lines, two spaces a level; short lists stay on one line.
  public func written(indent: Int = 0) -> String {
    let inner = String(repeating: "  ", count: indent + 1)
    let close = "\n" + String(repeating: "  ", count: indent)
    switch self {
    case .list(let items) where items.contains(where: \.isNested):
      let lines = items.map { inner + $0.written(indent: indent + 1) }
      return "[\n" + lines.joined(separator: ",\n") + close + "]"
    case .object(let fields) where !fields.isEmpty && indent < 3:
      let lines = fields.map {
        inner + Self.quoted($0.name) + ": " + $0.value.written(indent: indent + 1)
      }
      return "{\n" + lines.joined(separator: ",\n") + close + "}"
    default: return compact
    }
  }

  private var isNested: Bool {
    switch self {
    case .list, .object: true
    default: false
    }
  }

  /// Writes the value on one line.
  public var compact: String {
    switch self {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let number):
      Int(exactly: number).map { "\($0)" } ?? (number.isFinite ? "\(number)" : "null")
    case .text(let text): Self.quoted(text)
    case .list(let items): "[" + items.map(\.compact).joined(separator: ", ") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.name) + ": " + $0.value.compact }.joined(separator: ", ")
        + "}"
    }
  }

  /// A text in quotes.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
