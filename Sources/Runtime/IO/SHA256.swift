// SHA-256, to tell whether files, scripts and results are the same as before.
//
// Reference: FIPS 180-4. Plain Swift in pointers, because panels are
// digested before a fit.

import Synchronization

/// A running SHA-256.
public struct SHA256: Sendable {
  private var state = SIMD8<UInt32>(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19)
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// Starts a digest of nothing.
  public init() { pending.reserveCapacity(64) }

  /// Adds bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    length += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = min(64 - pending.count, rest.count)
      pending.append(contentsOf: rest.prefix(taken))
      rest = rest.dropFirst(taken)
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { Self.compress(&state, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~63
    Self.compress(&state, UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// Adds bytes.
  public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  /// Adds text with its length, so that no two lists of texts look the same.
  public mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    add(UInt64(bytes.count))
    add(bytes)
  }

  /// Adds a number, least byte first.
  public mutating func add(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { add($0) }
  }

  /// The digest of everything added, as 64 hexadecimal digits.
  public var digest: String {
    var copy = self
    let bits = length &* 8
    let zeros = (119 - pending.count) % 64
    copy.add([0x80] + [UInt8](repeating: 0, count: zeros))
    withUnsafeBytes(of: bits.bigEndian) { copy.add($0) }
    return (0..<8).map { Self.hexadecimal(copy.state[$0]) }.joined()
  }

  /// The digest of some bytes.
  public static func digest(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.add(bytes)
    return hash.digest
  }

  /// The digest of a part of some bytes.
  public static func digest(_ bytes: ArraySlice<UInt8>) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.add($0) }
    return hash.digest
  }

  /// The digest of the digests of pieces of a megabyte: much data, on several threads.
  public static func digest(ofPieces bytes: UnsafeRawBufferPointer, threads: Int) -> String {
    let size = 1 << 20
    let pieces = Mutex([Int: String]())
    // The pieces are joined before this returns, so the memory outlives them.
    nonisolated(unsafe) let bytes = bytes
    Parallel.blocks((bytes.count + size - 1) / size, threads: threads) { number in
      var hash = SHA256()
      hash.add(
        UnsafeRawBufferPointer(
          rebasing: bytes[(number * size)..<min(bytes.count, (number + 1) * size)]))
      pieces.withLock { $0[number] = hash.digest }
    }
    var hash = SHA256()
    hash.add(UInt64(bytes.count))
    pieces.withLock { pieces in
      for number in pieces.keys.sorted() { hash.add(pieces[number] ?? "") }
    }
    return hash.digest
  }

  /// The digest of a file's bytes.
  public static func digest(ofFile path: String) throws(FileError) -> String {
    let file = try MappedFile(path)
    var hash = SHA256()
    hash.add(UnsafeRawBufferPointer(file.bytes))
    return hash.digest
  }

  private static func hexadecimal(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func compress(_ state: inout SIMD8<UInt32>, _ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    constants.withUnsafeBufferPointer { constants in
      guard let k = constants.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
        guard let w = words.baseAddress else { return }
        for block in stride(from: 0, to: bytes.count, by: 64) {
          expand(start + block, into: w)
          mix(&state, w, k)
        }
      }
    }
  }

  private static func expand(_ block: UnsafeRawPointer, into w: UnsafeMutablePointer<UInt32>) {
    var index = 0
    while index < 16 {
      w[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      index += 1
    }
    while index < 64 {
      let (a, b) = (w[index - 15], w[index - 2])
      let low = (a &>> 7 | a &<< 25) ^ (a &>> 18 | a &<< 14) ^ (a &>> 3)
      let high = (b &>> 17 | b &<< 15) ^ (b &>> 19 | b &<< 13) ^ (b &>> 10)
      w[index] = w[index - 16] &+ low &+ w[index - 7] &+ high
      index += 1
    }
  }

  // Eight rounds at a time, so that the eight words need not change places.
  private static func mix(
    _ state: inout SIMD8<UInt32>, _ w: UnsafePointer<UInt32>, _ k: UnsafePointer<UInt32>
  ) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    var index = 0
    while index < 64 {
      round(a, b, c, &d, e, f, g, &h, k[index] &+ w[index])
      round(h, a, b, &c, d, e, f, &g, k[index + 1] &+ w[index + 1])
      round(g, h, a, &b, c, d, e, &f, k[index + 2] &+ w[index + 2])
      round(f, g, h, &a, b, c, d, &e, k[index + 3] &+ w[index + 3])
      round(e, f, g, &h, a, b, c, &d, k[index + 4] &+ w[index + 4])
      round(d, e, f, &g, h, a, b, &c, k[index + 5] &+ w[index + 5])
      round(c, d, e, &f, g, h, a, &b, k[index + 6] &+ w[index + 6])
      round(b, c, d, &e, f, g, h, &a, k[index + 7] &+ w[index + 7])
      index += 8
    }
    state = state &+ SIMD8(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
    _ g: UInt32, _ h: inout UInt32, _ word: UInt32
  ) {
    let high = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
    let first = h &+ high &+ (g ^ (e & (f ^ g))) &+ word
    let low = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
    d = d &+ first
    h = first &+ low &+ ((a & b) | (c & (a | b)))
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
