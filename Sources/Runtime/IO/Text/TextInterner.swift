// Distinct texts numbered in order of first appearance, without an allocation per field.

/// A set of byte strings with stable numbers.
struct TextInterner: Sendable {
  private var arena: [UInt8] = []
  private var starts: [Int] = [0]
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 1024)
  /// How often each text occurs.
  private(set) var occurrences: [Int] = []
  /// The line on which each text first occurs.
  private(set) var firstLines: [Int] = []

  /// The number of distinct texts.
  var count: Int { hashes.count }

  /// The bytes of one text.
  func bytes(_ code: Int) -> ArraySlice<UInt8> { arena[starts[code]..<starts[code + 1]] }

  /// Gives the number of a text, new or known.
  mutating func code(
    _ text: UnsafeBufferPointer<UInt8>, line: Int, times: Int = 1
  ) -> Int32 {
    let hash = Self.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, equals(known, text) {
        occurrences[known] += times
        return Int32(known)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let code = Int32(hashes.count)
    slots[slot] = code
    hashes.append(hash)
    arena.append(contentsOf: text)
    starts.append(arena.count)
    occurrences.append(times)
    firstLines.append(line)
    if hashes.count * 2 > slots.count { grow() }
    return code
  }

  /// Counts all first lines from further up.
  mutating func moveLines(by lines: Int) {
    for code in firstLines.indices { firstLines[code] += lines }
  }

  private func equals(_ code: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[code]
    guard starts[code + 1] - start == text.count else { return false }
    return arena.withUnsafeBufferPointer { arena in
      for k in 0..<text.count where arena[start + k] != text[k] { return false }
      return true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(code)
    }
  }

  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash ^ (hash >> 29)
  }
}
