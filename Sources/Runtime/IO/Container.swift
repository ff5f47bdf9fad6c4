// One container for what fq keeps in files of its own: a header in JSON, then sections of numbers.
//
// Layout, all numbers least byte first:
//   8 bytes   magic
//   4 bytes   version of the layout
//   4 bytes   length of the header, 1 MB at most
//   header    JSON: kind, facts, and for each section its name, element, count and SHA-256
//   64 bytes  SHA-256 of everything up to here, as hexadecimal digits
//   sections  one after the other without gaps, in the order of the header, to the end of the file
// The header holds the digest of each section, so its own digest vouches for all; it is checked before
// a word of the header is believed. Version 1 had a digest of the whole file at its end. It holds
// numbers and texts, never code. Goals, in order: nothing wrong is ever read as right, a refusal names
// the section, the same content gives the same bytes, reading takes little more memory than the file.

/// A file of named sections with facts about them.
public struct Container: Sendable {
  /// What the numbers of a section are.
  public enum Element: String, Sendable {
    case float32, float64, uint64
    var size: Int { self == .float32 ? 4 : 8 }
  }

  /// Numbers under a name.
  struct Section: Sendable {
    let name: String
    let element: Element
    let bytes: ArraySlice<UInt8>
  }

  /// What the container holds, such as `model`.
  public let kind: String
  /// What is known beside the numbers.
  public var facts: [JSON.Field] = []
  private(set) var sections: [Section] = []
  private var places: [String: Int] = [:]

  /// The version of the layout that this fq writes and reads.
  public static let version: UInt32 = 2
  static let magic: [UInt8] = [0x89, 0x66, 0x71, 0x62, 0x0D, 0x0A, 0x1A, 0x0A]
  static let longestHeader = 1 << 20
  /// A header of more values than this is refused while it is read.
  static let mostHeaderValues = 100_000
  static let digestLength = 64

  /// Starts an empty container.
  public init(kind: String) { self.kind = kind }

  /// Adds numbers under a name of their own.
  public mutating func add(_ name: String, _ numbers: [Float]) {
    add(name, .float32, Bytes.of(numbers.map { $0.bitPattern.littleEndian })[...])
  }

  /// Adds numbers under a name of their own.
  public mutating func add(_ name: String, _ numbers: [Double]) {
    add(name, .float64, Bytes.of(numbers.map { $0.bitPattern.littleEndian })[...])
  }

  /// Adds whole numbers under a name of their own.
  public mutating func add(_ name: String, _ numbers: [UInt64]) {
    add(name, .uint64, Bytes.of(numbers.map(\.littleEndian))[...])
  }

  /// Adds the sections of another container with a word before their names.
  public mutating func add(_ prefix: String, sectionsOf other: Container) {
    for section in other.sections { add(prefix + section.name, section.element, section.bytes) }
  }

  /// The names of the sections that begin with a word, without that word, in order.
  public func names(after prefix: String) -> [String] {
    sections.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) }
  }

  /// The sections whose names begin with a word, without that word, as a container of another kind.
  public func part(_ prefix: String, kind: String) -> Container {
    var part = Container(kind: kind)
    for section in sections where section.name.hasPrefix(prefix) {
      part.add(String(section.name.dropFirst(prefix.count)), section.element, section.bytes)
    }
    return part
  }

  private mutating func add(_ name: String, _ element: Element, _ bytes: ArraySlice<UInt8>) {
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
    Bytes.numbers(try section(name, .float32)).map {
      Float(bitPattern: UInt32(littleEndian: $0))
    }
  }

  /// The numbers of a section.
  public func doubles(_ name: String) throws(ContainerError) -> [Double] {
    Bytes.numbers(try section(name, .float64)).map { Double(bitPattern: UInt64(littleEndian: $0)) }
  }

  /// The whole numbers of a section.
  public func wholes(_ name: String) throws(ContainerError) -> [UInt64] {
    Bytes.numbers(try section(name, .uint64)).map { UInt64(littleEndian: $0) }
  }

  private func section(
    _ name: String, _ element: Element
  ) throws(ContainerError) -> ArraySlice<UInt8> {
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
    bytes += Array(SHA256.digest(bytes).utf8)
    bytes.reserveCapacity(bytes.count + sections.reduce(0) { $0 + $1.bytes.count })
    for section in sections { bytes += section.bytes }
    return bytes
  }

  /// Reads the bytes of a file, all digests checked.
  public init(decoding bytes: [UInt8]) throws(ContainerError) {
    let frame = try Surroundings(bytes)
    // Nothing is parsed that is not what was written.
    if frame.version > 1 { try frame.checkHeader(bytes) }
    let header = try Self.header(bytes[Surroundings.start..<frame.end])
    self.init(kind: header.kind)
    facts = header.facts
    var position = frame.sections
    for item in header.sections { try read(item, bytes, &position) }
    let tail = frame.version == 1 ? Self.digestLength : 0
    guard bytes.count - position >= tail else { throw .truncated(section: "digest") }
    guard bytes.count - position == tail else {
      throw .malformed(section: "end", reason: "something follows it")
    }
    if frame.version == 1 { try frame.check(bytes[position...], of: bytes[..<position]) }
  }

  /// What a file says it holds, read without its sections and without proof.
  public static func heading(
    of path: String
  ) throws -> (kind: String, facts: [JSON.Field]) {
    let file = try MappedFile(path)
    let bytes = withExtendedLifetime(file) {
      Array(file.bytes.prefix(Surroundings.start + longestHeader + digestLength))
    }
    let frame = try Surroundings(bytes)
    let header = try header(bytes[Surroundings.start..<frame.end])
    return (header.kind, header.facts)
  }

  private static func header(
    _ bytes: ArraySlice<UInt8>
  ) throws(ContainerError) -> (kind: String, facts: [JSON.Field], sections: [JSON]) {
    guard let header = try? JSON(parsing: Array(bytes), mostValues: mostHeaderValues),
      let kind = header["kind"]?.text, case .object(let facts)? = header["facts"]
    else { throw .corrupt(section: "header") }
    return (kind, facts, header["sections"]?.items ?? [])
  }

  private mutating func read(
    _ item: JSON, _ bytes: [UInt8], _ position: inout Int
  ) throws(ContainerError) {
    guard let name = item["name"]?.text, places[name] == nil,
      let element = item["element"]?.text.flatMap(Element.init),
      let count = item["count"]?.integer, count >= 0, count <= Int.max / 16,
      let digest = item["sha256"]?.text
    else { throw .corrupt(section: "header") }
    let (end, isTooFar) = position.addingReportingOverflow(count * element.size)
    guard !isTooFar, end <= bytes.count else { throw .truncated(section: name) }
    let content = bytes[position..<end]
    guard SHA256.digest(content) == digest else { throw .corrupt(section: name) }
    add(name, element, content)
    position = end
  }
}

/// What surrounds the header of a file.
private struct Surroundings {
  /// Where the header begins.
  static let start = Container.magic.count + 8

  let version: UInt32
  /// Where the header ends.
  let end: Int

  init(_ bytes: [UInt8]) throws(ContainerError) {
    guard bytes.count >= Container.magic.count, bytes.starts(with: Container.magic) else {
      throw .foreign
    }
    guard bytes.count >= Self.start else { throw .truncated(section: "header") }
    version = Bytes.number(bytes, at: Container.magic.count)
    guard version <= Container.version else { throw .newer(version: Int(version)) }
    guard version > 0 else { throw .corrupt(section: "header") }
    let length = Int(Bytes.number(bytes, at: Container.magic.count + 4) as UInt32)
    // The header of the first version was allowed sixteen times as much.
    guard length <= Container.longestHeader * (version == 1 ? 16 : 1) else {
      throw .malformed(section: "header", reason: "it claims \(length) bytes")
    }
    end = Self.start + length
    guard end <= bytes.count else { throw .truncated(section: "header") }
  }

  /// Where the sections begin.
  var sections: Int { version == 1 ? end : end + Container.digestLength }

  /// Compares the header with the digest that follows it.
  func checkHeader(_ bytes: [UInt8]) throws(ContainerError) {
    guard sections <= bytes.count else { throw .truncated(section: "header") }
    try check(bytes[end..<sections], of: bytes[..<end])
  }

  func check(_ digest: ArraySlice<UInt8>, of bytes: ArraySlice<UInt8>) throws(ContainerError) {
    guard digest.elementsEqual(SHA256.digest(bytes).utf8) else { throw .corrupt(section: "header") }
  }
}

/// Whole numbers as bytes, least byte first.
private enum Bytes {
  static func of<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  static func of<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { Array($0) }
  }

  static func numbers<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> [Number] {
    let size = MemoryLayout<Number>.size
    return bytes.withUnsafeBytes { raw in
      (0..<(raw.count / size)).map { raw.loadUnaligned(fromByteOffset: $0 * size, as: Number.self) }
    }
  }

  static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], at place: Int) -> Number {
    bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }
}
