// The text of a file, unpacked and as UTF-8, whatever it came in.

/// Reads files of text that may be packed.
public enum PackedText {
  /// The bytes of a file, unpacked; `member` chooses one of several files of an archive.
  public static func read(_ path: String, member: String? = nil, budget: Budget) throws -> [UInt8] {
    var options = CSVOptions()
    options.member = member
    return try TextFile.bytes(path, options, budget: budget)
  }
}

/// The text of one file.
struct TextFile {
  /// The file; nil where what was read is all there is.
  private let file: MappedFile?
  /// What was unpacked or read; nil where the file itself is the text.
  private let content: [UInt8]?
  private let reserved: Int

  /// Opens a file or a stream; of a packed one at most so many bytes are unpacked.
  init(
    _ path: String, _ options: CSVOptions, atMost: Int = .max, budget: Budget = Budget()
  ) throws {
    guard !FileSystem.isStream(path) else {
      let bytes = try FileSystem.readStream(path, budget)
      file = nil
      do {
        let text = try bytes.withUnsafeBufferPointer { try Self.text($0, options, atMost, budget) }
        (content, reserved) = (text.content ?? bytes, text.reserved + bytes.count)
      } catch {
        budget.release(bytes.count)
        throw error
      }
      return
    }
    let mapped = try MappedFile(path)
    file = mapped
    (content, reserved) = try Self.text(mapped.bytes, options, atMost, budget)
  }

  /// What has to be made of bytes to have their text, nil for nothing; what that takes stays reserved.
  private static func text(
    _ source: UnsafeBufferPointer<UInt8>, _ options: CSVOptions, _ atMost: Int, _ budget: Budget
  ) throws -> (content: [UInt8]?, reserved: Int) {
    try refuseForeign(source)
    let promised = atMost == .max ? promisedSize(source, options) : 0
    try budget.reserve(promised, for: "unpacking a file")
    do {
      var unpacked = try unpacked(source, options, atMost)
      if let inner = unpacked {
        try inner.withUnsafeBufferPointer { bytes throws in
          if ZipArchive.isZip(bytes) || Inflate.isGzip(bytes) { throw FileError.nested }
          try refuseForeign(bytes)
        }
      }
      if let text = try utf8(unpacked, source, isWhole: atMost == .max) { unpacked = text }
      return (unpacked, promised)
    } catch {
      budget.release(promised)
      throw error
    }
  }

  /// Hands over the bytes of the text.
  func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    if let content { return try content.withUnsafeBufferPointer(body) }
    return try withExtendedLifetime(file) { try body(file?.bytes ?? .init(start: nil, count: 0)) }
  }

  private static func unpacked(
    _ source: UnsafeBufferPointer<UInt8>, _ options: CSVOptions, _ atMost: Int
  ) throws(FileError) -> [UInt8]? {
    if Inflate.isGzip(source) {
      return try Inflate.unpack(
        source, .gzip, allowLarge: options.allowLarge || atMost < .max, atMost: atMost)
    }
    guard ZipArchive.isZip(source) else { return nil }
    let archive = try ZipArchive(source)
    return try archive.unpacked(
      try archive.member(options.member), allowLarge: options.allowLarge, atMost: atMost)
  }

  /// Gives back what was reserved for the unpacked bytes.
  func release(_ budget: Budget) { budget.release(reserved) }

  /// Reads a whole file, unpacked and as UTF-8 where it was UTF-16.
  static func bytes(_ path: String, _ options: CSVOptions, budget: Budget) throws -> [UInt8] {
    let text = try TextFile(path, options, budget: budget)
    defer { text.release(budget) }
    return text.content ?? text.withBytes { Array($0) }
  }

  private static func utf8(
    _ content: [UInt8]?, _ source: UnsafeBufferPointer<UInt8>, isWhole: Bool
  ) throws -> [UInt8]? {
    func converted(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [UInt8]? {
      guard let isBig = TextEncoding.isBigEndian16(bytes) else { return nil }
      // The start of a file may end within a character.
      let some =
        isWhole ? bytes : UnsafeBufferPointer(rebasing: bytes[..<(bytes.count / 2 * 2)])
      return try TextEncoding.utf8(of: some, isBigEndian: isBig)
    }
    return try content?.withUnsafeBufferPointer { try converted($0) } ?? converted(source)
  }

  // The last four bytes of a gzip file hold its unpacked size; the list of a zip file does too.
  private static func promisedSize(
    _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions
  ) -> Int {
    if Inflate.isGzip(bytes), bytes.count >= 18 {
      let size = (1...4).reduce(0) { $0 << 8 | Int(bytes[bytes.count - $1]) }
      // A size beyond what such data could hold is that of something else.
      return min(size, bytes.count * Inflate.largestRatio)
    }
    guard ZipArchive.isZip(bytes), let archive = try? ZipArchive(bytes) else { return 0 }
    return (try? archive.member(options.member).size) ?? 0
  }

  /// Refuses by name what is no text.
  private static func refuseForeign(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileError) {
    let kinds: [(start: [UInt8], name: String, advice: String)] = [
      (Array("BZh".utf8), "bzip2", "unpack it first:  bunzip2 FILE"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unpack it first:  unxz FILE"),
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "unpack it first:  unzstd FILE"),
      ([0x37, 0x7A, 0xBC, 0xAF], "7-Zip", "unpack it first"),
      ([0x89, 0x48, 0x44, 0x46], "HDF5", "save it as CSV or Parquet where it was made"),
      (Array("ARROW1".utf8), "Feather", "save it as CSV or Parquet where it was made"),
      (Array("RDX".utf8), "R data", "save it as CSV where it was made"),
      ([0x80, 0x04, 0x95], "a pickle", "loading one runs code; save it as CSV or Parquet"),
      ([0xD0, 0xCF, 0x11, 0xE0], "Excel", "save it as CSV where it was made"),
      (Array("$FL2".utf8), "SPSS", "save it as CSV or Stata where it was made"),
    ]
    for kind in kinds where bytes.count >= kind.start.count && bytes.starts(with: kind.start) {
      // A table of text may begin with any letters; what is no text has other bytes as well.
      let start = bytes.prefix(64)
      guard start.contains(where: { $0 < 9 || $0 >= 0x80 }) else { continue }
      throw .foreign(format: kind.name, advice: kind.advice)
    }
  }
}
