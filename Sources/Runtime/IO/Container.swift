// One container for what fq keeps in files of its own: a header in JSON, then sections of numbers.
//
// Layout, all numbers least byte first:
//   8 bytes   magic
//   4 bytes   version of the layout
//   4 bytes   length of the header, 16 MB at most
//   header    JSON: kind, facts, and for each section its name, element, count and SHA-256
//   sections  one after the other without gaps, in the order of the header
//   64 bytes  SHA-256 of everything before, as hexadecimal digits
// A container holds numbers and texts, never code. Goals, in order: nothing wrong is ever read as
// right, a refusal names the section, the same content gives the same bytes.

/// A file of named sections with facts about them.
public struct Container: Sendable {
  /// What the numbers of a section are.
  public enum Element: String, Sendable {
    case float32, float64
    var size: Int { self == .float32 ? 4 : 8 }
  }

  /// Numbers under a name.
  struct Section: Sendable {
    let name: String
    let element: Element
    let bytes: [UInt8]
  }

  /// What the container holds, such as `model`.
  public let kind: String
  /// What is known beside the numbers.
  public var facts: [JSON.Field] = []
  private(set) var sections: [Section] = []
  private var places: [String: Int] = [:]

  /// The version of the layout that this fq writes and reads.
  public static let version: UInt32 = 1
  static let magic: [UInt8] = [0x89, 0x66, 0x71, 0x62, 0x0D, 0x0A, 0x1A, 0x0A]
  static let longestHeader = 16 << 20
  static let digestLength = 64

  /// Starts an empty container.
  public init(kind: String) { self.kind = kind }

  /// Adds numbers under a name of their own.
  public mutating func add(_ name: String, _ numbers: [Float]) {
    add(name, .float32, numbers.flatMap { Bytes.of($0.bitPattern) })
  }

  /// Adds numbers under a name of their own.
  public mutating func add(_ name: String, _ numbers: [Double]) {
    add(name, .float64, numbers.flatMap { Bytes.of($0.bitPattern) })
  }

  private mutating func add(_ name: String, _ element: Element, _ bytes: [UInt8]) {
    precondition(places[name] == nil, "a section is added once")
    places[name] = sections.count
    sections.append(Section(name: name, element: element, bytes: bytes))
  }

  /// The number of elements of a section; nil if there is none of that name.
  public func count(of name: String) -> Int? {
    places[name].map { sections[$0].bytes.count / sections[$0].element.size }
  }

  /// The numbers of a section.
  public func floats(_ name: String) throws(ContainerError) -> [Float] {
    let bytes = try section(name, .float32)
    return stride(from: 0, to: bytes.count, by: 4).map {
      Float(bitPattern: Bytes.number(bytes, at: $0))
    }
  }

  /// The numbers of a section.
  public func doubles(_ name: String) throws(ContainerError) -> [Double] {
    let bytes = try section(name, .float64)
    return stride(from: 0, to: bytes.count, by: 8).map {
      Double(bitPattern: Bytes.number(bytes, at: $0))
    }
  }

  private func section(_ name: String, _ element: Element) throws(ContainerError) -> [UInt8] {
    guard let place = places[name] else { throw .missing(section: name) }
    guard sections[place].element == element else {
      throw .malformed(section: name, reason: "it holds \(sections[place].element.rawValue)")
    }
    return sections[place].bytes
  }
}

extension Container {
  /// The container as the bytes of a file.
  public var encoded: [UInt8] {
    let list = sections.map { section in
      JSON.fields(
        ("name", .text(section.name)), ("element", .text(section.element.rawValue)),
        ("count", .number(Double(section.bytes.count / section.element.size))),
        ("sha256", .text(SHA256.digest(section.bytes))))
    }
    let header = JSON.fields(
      ("kind", .text(kind)), ("facts", .object(facts)), ("sections", .list(list)))
    let text = Array(header.written().utf8)
    var bytes = Self.magic + Bytes.of(Self.version) + Bytes.of(UInt32(text.count)) + text
    for section in sections { bytes += section.bytes }
    return bytes + Array(SHA256.digest(bytes).utf8)
  }

  /// Reads the bytes of a file, all digests checked.
  public init(decoding bytes: [UInt8]) throws(ContainerError) {
    let start = Self.magic.count + 8
    guard bytes.count >= Self.magic.count, bytes.starts(with: Self.magic) else { throw .foreign }
    guard bytes.count >= start else { throw .truncated(section: "header") }
    let version: UInt32 = Bytes.number(bytes, at: Self.magic.count)
    guard version <= Self.version else { throw .newer(version: Int(version)) }
    let length = Int(Bytes.number(bytes, at: Self.magic.count + 4) as UInt32)
    guard length <= Self.longestHeader else {
      throw .malformed(section: "header", reason: "it claims \(length) bytes")
    }
    guard start + length <= bytes.count else { throw .truncated(section: "header") }
    guard let header = try? JSON(parsing: Array(bytes[start..<(start + length)])),
      let kind = header["kind"]?.text, case .object(let facts)? = header["facts"]
    else { throw .corrupt(section: "header") }
    self.init(kind: kind)
    self.facts = facts
    var position = start + length
    for item in header["sections"]?.items ?? [] {
      try read(item, bytes, &position)
    }
    let digest = Array(bytes[position...])
    guard digest.count >= Self.digestLength else { throw .truncated(section: "digest") }
    guard digest.count == Self.digestLength else {
      throw .malformed(section: "digest", reason: "something follows it")
    }
    // Every section is as its own digest says, so what is damaged is the header or this digest.
    guard digest == Array(SHA256.digest(Array(bytes[..<position])).utf8) else {
      throw .corrupt(section: "header")
    }
  }

  private mutating func read(
    _ item: JSON, _ bytes: [UInt8], _ position: inout Int
  ) throws(ContainerError) {
    guard let name = item["name"]?.text, places[name] == nil,
      let element = item["element"]?.text.flatMap(Element.init),
      let count = item["count"]?.integer, count >= 0, count <= Int.max / 16,
      let digest = item["sha256"]?.text
    else { throw .corrupt(section: "header") }
    let end = position + count * element.size
    guard end <= bytes.count else { throw .truncated(section: name) }
    let content = Array(bytes[position..<end])
    guard SHA256.digest(content) == digest else { throw .corrupt(section: name) }
    add(name, element, content)
    position = end
  }
}

/// Whole numbers as bytes, least byte first.
private enum Bytes {
  static func of<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], at place: Int) -> Number {
    bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }
}
