// Unpacks deflated data, gzip with several members included, with limits against bombs.

import CZlib

/// Unpacks deflated data.
public enum Inflate {
  /// The growth allowed once the output passes `freeBytes`.
  public static let largestRatio = 200
  /// Output up to this size is allowed at any ratio.
  public static let freeBytes = 1 << 30

  /// Whether bytes begin like a gzip file.
  public static func isGzip(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// How deflated data is wrapped.
  enum Wrapping {
    case gzip
    /// As in a zip archive: no wrapping at all.
    case raw

    // 15 window bits, plus 16 for the gzip wrapper; negative for none.
    var windowBits: Int32 { self == .gzip ? 15 + 16 : -15 }
    var name: String { self == .gzip ? "gzip" : "zip" }
  }

  /// Unpacks all members; `allowLarge` lifts the limit on growth, `atMost` stops early.
  public static func gunzip(
    _ bytes: UnsafeBufferPointer<UInt8>, allowLarge: Bool = false, atMost: Int = .max
  ) throws(FileError) -> [UInt8] {
    try unpack(bytes, .gzip, allowLarge: allowLarge, atMost: atMost)
  }

  /// The check sum of gzip and zip.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
  }

  static func unpack(
    _ bytes: UnsafeBufferPointer<UInt8>, _ wrapping: Wrapping, allowLarge: Bool, atMost: Int
  ) throws(FileError) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, wrapping.windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw .damaged(format: wrapping.name, offset: 0, reason: "the decoder could not start")
    }
    defer { inflateEnd(&stream) }
    var state = Progress(source: bytes)
    state.output.reserveCapacity(min(bytes.count * 4, freeBytes))
    while true {
      let status = state.step(&stream)
      if state.output.count >= atMost { return state.output }
      let limit = max(freeBytes, bytes.count * largestRatio)
      if !allowLarge, state.output.count > limit {
        throw .tooLarge(compressed: bytes.count, limit: limit)
      }
      if status == Z_STREAM_END {
        if wrapping == .raw || !state.hasNextMember { return state.output }
        inflateReset(&stream)
      } else if status != Z_OK {
        throw .damaged(
          format: wrapping.name, offset: state.position,
          reason: state.isExhausted ? "the data ends early" : "the data is not valid")
      }
    }
  }

  private struct Progress {
    let source: UnsafeBufferPointer<UInt8>
    var position = 0
    var output: [UInt8] = []
    // No larger than a small file needs.
    lazy var buffer = [UInt8](repeating: 0, count: min(1 << 18, max(1 << 12, source.count * 8)))

    var isExhausted: Bool { position >= source.count }

    /// Trailing zero padding after the last member is allowed, as gzip itself does.
    var hasNextMember: Bool {
      position + 1 < source.count && source[position] == 0x1F && source[position + 1] == 0x8B
    }

    mutating func step(_ stream: inout z_stream) -> Int32 {
      guard let base = source.baseAddress else { return Z_BUF_ERROR }
      let available = min(source.count - position, 1 << 30)
      stream.next_in = UnsafeMutablePointer(mutating: base + position)
      stream.avail_in = UInt32(available)
      let (status, produced) = buffer.withUnsafeMutableBufferPointer { target in
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, target.count - Int(stream.avail_out))
      }
      position += available - Int(stream.avail_in)
      output.append(contentsOf: buffer[..<produced])
      return status
    }
  }
}
