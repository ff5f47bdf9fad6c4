// The names of one source, each made into a string once, however often it is written.

/// Gives strings for stretches of bytes, the same string for the same bytes.
struct NameTable: ~Copyable {
  /// A name, and its first sixteen bytes as two numbers, which tell most names apart.
  private struct Entry {
    let head: UInt64
    let next: UInt64
    let start: Int
    let count: Int
    let text: String
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var entries: ContiguousArray<Entry> = []
  /// Places of entries plus one, at the hash of the name or behind; zero where nothing is.
  private var slots: ContiguousArray<Int32>

  /// Creates an empty table of names in these bytes, which must outlive it.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    slots = ContiguousArray(repeating: 0, count: 256)
  }

  /// Gives the text of a range of bytes.
  mutating func text(_ start: Int, _ end: Int) -> String {
    guard start < end else { return "" }
    let (head, next) = (word(start, end), word(start + 8, end))
    let mask = slots.count - 1
    var slot = hash(head, next, start, end) & mask
    while slots[slot] != 0 {
      let entry = Int(slots[slot]) - 1
      if matches(entry, head, next, start, end) { return entries[entry].text }
      slot = (slot + 1) & mask
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    entries.append(Entry(head: head, next: next, start: start, count: end - start, text: text))
    slots[slot] = Int32(truncatingIfNeeded: entries.count)
    if entries.count * 2 > slots.count { grow() }
    return text
  }

  /// Mixes the first sixteen bytes and the last eight.
  private func hash(_ head: UInt64, _ next: UInt64, _ start: Int, _ end: Int) -> Int {
    let tail = end - start > 16 ? word(end - 8, end) : UInt64(end - start)
    let mixed = (head ^ (next &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93 ^ tail
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 33)
  }

  private func matches(
    _ entry: Int, _ head: UInt64, _ next: UInt64, _ start: Int, _ end: Int
  ) -> Bool {
    let count = entries[entry].count
    guard entries[entry].head == head, entries[entry].next == next, count == end - start else {
      return false
    }
    var place = 16
    while place < count {
      if bytes[entries[entry].start + place] != bytes[start + place] { return false }
      place += 1
    }
    return true
  }

  /// Reads up to eight bytes as one number, zero past the end of the name.
  private func word(_ start: Int, _ end: Int) -> UInt64 {
    let count = end - start
    guard count > 0, let base = bytes.baseAddress else { return 0 }
    if start + 8 <= bytes.count {
      let all = UnsafeRawPointer(base + start).loadUnaligned(as: UInt64.self)
      return count >= 8 ? all : UInt64(littleEndian: all) & (1 << UInt64(count * 8) - 1)
    }
    var value: UInt64 = 0
    for place in (start..<min(end, start + 8)).reversed() {
      value = value << 8 | UInt64(bytes[place])
    }
    return value
  }

  /// Doubles the slots and puts every entry into its new one.
  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = ContiguousArray(repeating: 0, count: mask + 1)
    for (index, entry) in entries.enumerated() {
      var slot = hash(entry.head, entry.next, entry.start, entry.start + entry.count) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: index + 1)
    }
  }
}
