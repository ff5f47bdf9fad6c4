// Zip archives: the list of members at the end, and one of them unpacked.
//
// Stored and deflated members are read; what else a zip file can be (encrypted, split, another method, larger than
// 4 GB, an archive of archives) is refused by name. Sizes come from the central directory and are checked against
// what is unpacked, and so is the CRC, so that a cut or altered archive never gives a short table.
// Reference: PKWARE, .ZIP File Format Specification, 4.3 (APPNOTE.TXT).

/// What is in a zip archive.
public struct ZipArchive {
  /// One file of the archive.
  public struct Member: Sendable, Equatable {
    public let name: String
    let method: Int
    let isEncrypted: Bool
    let packedSize: Int
    let size: Int
    let crc: UInt32
    let headerOffset: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  /// The files, in the order of the archive, without folders and what a Mac adds.
  public let members: [Member]

  /// Whether bytes begin like a zip archive.
  public static func isZip(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count >= 4 && bytes[0] == 0x50 && bytes[1] == 0x4B
      && (bytes[2] == 3 && bytes[3] == 4 || bytes[2] == 5 && bytes[3] == 6)
  }

  /// Reads the list of members.
  public init(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileError) {
    self.bytes = bytes
    guard let end = Self.endRecord(bytes) else {
      throw .damaged(format: "zip", offset: bytes.count, reason: "the list of members is missing")
    }
    let (count, start) = (Self.short(bytes, end + 10), Self.long(bytes, end + 16))
    guard count < 0xFFFF, start < 0xFFFF_FFFF else {
      throw .damaged(format: "zip", offset: end, reason: "it is larger than 4 GB, unpack it first")
    }
    var found: [Member] = []
    var p = start
    for _ in 0..<count {
      guard p + 46 <= bytes.count, Self.long(bytes, p) == 0x0201_4B50 else {
        throw .damaged(format: "zip", offset: p, reason: "the list of members is not valid")
      }
      let (nameLength, extra) = (Self.short(bytes, p + 28), Self.short(bytes, p + 30))
      let next = p + 46 + nameLength + extra + Self.short(bytes, p + 32)
      guard next <= bytes.count else {
        throw .damaged(format: "zip", offset: p, reason: "the list of members ends early")
      }
      let name = String(decoding: bytes[p + 46..<p + 46 + nameLength], as: UTF8.self)
      let member = Member(
        name: name, method: Self.short(bytes, p + 10),
        isEncrypted: Self.short(bytes, p + 8) & 1 == 1, packedSize: Self.long(bytes, p + 20),
        size: Self.long(bytes, p + 24), crc: UInt32(Self.long(bytes, p + 16)),
        headerOffset: Self.long(bytes, p + 42))
      if Self.isFile(name) { found.append(member) }
      p = next
    }
    members = found
  }

  /// The member to read: the one of a name, or the only one.
  public func member(_ name: String?) throws(FileError) -> Member {
    if let name {
      if let member = members.first(where: { $0.name == name }) { return member }
      let ending = members.filter { $0.name.hasSuffix("/" + name) }
      if ending.count == 1 { return ending[0] }
      throw .noSuchMember(name: name, members: members.map(\.name))
    }
    guard members.count == 1 else { throw .severalMembers(names: members.map(\.name)) }
    return members[0]
  }

  /// Unpacks a member; `atMost` stops early, and then nothing is checked.
  public func unpacked(
    _ member: Member, allowLarge: Bool = false, atMost: Int = .max
  ) throws(FileError) -> [UInt8] {
    func damaged(_ reason: String) -> FileError {
      .damaged(format: "zip", offset: member.headerOffset, reason: "`\(member.name)`: \(reason)")
    }
    if member.isEncrypted { throw damaged("it is encrypted") }
    let p = member.headerOffset
    guard p + 30 <= bytes.count, Self.long(bytes, p) == 0x0403_4B50 else {
      throw damaged("it is not where the list says")
    }
    let start = p + 30 + Self.short(bytes, p + 26) + Self.short(bytes, p + 28)
    guard start + member.packedSize <= bytes.count else { throw damaged("the data ends early") }
    let limit = max(Inflate.freeBytes, bytes.count * Inflate.largestRatio)
    if !allowLarge, member.size > limit {
      throw .tooLarge(compressed: bytes.count, limit: limit)
    }
    let packed = UnsafeBufferPointer(rebasing: bytes[start..<start + member.packedSize])
    let content: [UInt8]
    switch member.method {
    case 0: content = Array(packed.prefix(atMost))
    case 8:
      content = try Inflate.unpack(
        packed, .raw, allowLarge: allowLarge, atMost: min(atMost, member.size + 1))
    default:
      throw damaged("it is packed by method \(member.method), not by deflate; unpack it first")
    }
    if atMost < member.size { return content }
    guard content.count == member.size else { throw damaged("it has another size than promised") }
    guard Inflate.crc32(content) == member.crc else { throw damaged("its check sum is wrong") }
    return content
  }

  private static func isFile(_ name: String) -> Bool {
    let last = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...]
    return !last.isEmpty && !last.hasPrefix(".") && !name.hasPrefix("__MACOSX/")
  }

  // The record stands at the end, but for a comment of at most 64 KB.
  private static func endRecord(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count >= 22 else { return nil }
    var p = bytes.count - 22
    let first = max(0, p - 0xFFFF)
    while p >= first {
      if bytes[p] == 0x50, long(bytes, p) == 0x0605_4B50 { return p }
      p -= 1
    }
    return nil
  }

  private static func short(_ bytes: UnsafeBufferPointer<UInt8>, _ p: Int) -> Int {
    Int(bytes[p]) | Int(bytes[p + 1]) << 8
  }

  private static func long(_ bytes: UnsafeBufferPointer<UInt8>, _ p: Int) -> Int {
    short(bytes, p) | short(bytes, p + 2) << 16
  }
}
