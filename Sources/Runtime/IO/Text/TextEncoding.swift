// How text is encoded: UTF-8 is checked, UTF-16 turned into it, everything else named and refused.
//
// An encoding that is not Unicode cannot be proved, only guessed, and a wrong guess changes firms' names without a
// word. So it is guessed for the message alone, and the user converts the file.

public enum TextEncoding {
  /// The offset of the first byte that is no part of valid UTF-8; nil if all is valid.
  public static func firstInvalid(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int? {
    var p = start
    while p < bytes.count {
      if bytes[p] < 0x80 {
        p += 1
        continue
      }
      let (length, isValid) = sequence(bytes, p)
      if !isValid { return p }
      p += length
    }
    return nil
  }

  /// The offsets of all invalid stretches, each as long as Unicode replaces by one mark.
  public static func invalidRanges(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var p = 0
    while let bad = firstInvalid(bytes, from: p) {
      let length = sequence(bytes, bad).length
      found.append(bad..<bad + length)
      p = bad + length
    }
    return found
  }

  /// The length of the sequence at a place, or of its longest beginning that could have been one.
  private static func sequence(
    _ bytes: UnsafeBufferPointer<UInt8>, _ p: Int
  ) -> (length: Int, isValid: Bool) {
    let (length, second): (Int, ClosedRange<UInt8>)
    switch bytes[p] {
    case 0...0x7F: return (1, true)
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return (1, false)
    }
    for k in 1..<length {
      let allowed = k == 1 ? second : 0x80...0xBF
      guard p + k < bytes.count, allowed.contains(bytes[p + k]) else { return (k, false) }
    }
    return (length, true)
  }

  // MARK: UTF-16

  /// Whether text is UTF-16 by its mark, and with the more telling byte first; nil if it is not.
  static func isBigEndian16(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard bytes.count >= 2 else { return nil }
    if bytes[0] == 0xFE, bytes[1] == 0xFF { return true }
    let is32 = bytes.count >= 4 && bytes[2] == 0 && bytes[3] == 0
    return bytes[0] == 0xFF && bytes[1] == 0xFE && !is32 ? false : nil
  }

  /// UTF-16 behind its mark as UTF-8; what is no text is an error, never a replacement.
  static func utf8(of bytes: UnsafeBufferPointer<UInt8>, isBigEndian: Bool) throws(CSVError)
    -> [UInt8]
  {
    func unit(_ p: Int) -> UInt32 {
      isBigEndian
        ? UInt32(bytes[p]) << 8 | UInt32(bytes[p + 1])
        : UInt32(bytes[p + 1]) << 8 | UInt32(bytes[p])
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 2 + 16)
    var (p, line) = (2, 1)
    while p + 1 < bytes.count {
      var code = unit(p)
      p += 2
      if (0xD800...0xDBFF).contains(code), p + 1 < bytes.count,
        (0xDC00...0xDFFF).contains(unit(p))
      {
        code = 0x10000 + (code - 0xD800) << 10 + (unit(p) - 0xDC00)
        p += 2
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw .encoding(line: line, found: "UTF-16 with half a character (byte \(p - 2))")
      }
      if code == 10 { line += 1 }
      result.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
    if p < bytes.count {
      throw .encoding(line: line, found: "UTF-16 that ends within a character (byte \(p))")
    }
    return result
  }

  // MARK: Names for messages

  /// What bytes that are not UTF-8 seem to be, with the first of them.
  static func description(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    if bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xFE, bytes[2] == 0, bytes[3] == 0 {
      return "UTF-32"
    }
    if isBigEndian16(bytes) != nil { return "UTF-16" }
    let start = bytes.prefix(1 << 20)
    if start.contains(0) {
      return isHalfZero(start) ? "UTF-16 without its mark" : "binary data (a zero byte)"
    }
    guard let bad = firstInvalid(bytes) else { return "another encoding" }
    let hex = String(bytes[bad], radix: 16, uppercase: true)
    return "\(eightBitName(bytes, from: bad)) (byte \(bad) is \(hex) in hexadecimal)"
  }

  private static func isHalfZero(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    bytes.count { $0 == 0 } * 5 > bytes.count * 2
  }

  private static func eightBitName(
    _ bytes: UnsafeBufferPointer<UInt8>, from bad: Int
  ) -> String {
    // Pairs of the encodings of East Asia, read in step from where the first byte stands.
    var (p, japanese, chinese, kana, pairs, isShift) = (bad, 0, 0, 0, 0, true)
    let end = min(bytes.count - 1, bad + 1 << 16)
    while p < end {
      guard bytes[p] >= 0x80 else {
        p += 1
        continue
      }
      let (lead, trail) = (bytes[p], bytes[p + 1])
      pairs += 1
      if lead == 0x82 || lead == 0x83, trail >= 0x40 { kana += 1 }
      if (0x81...0x9F).contains(lead) || (0xE0...0xFC).contains(lead), trail >= 0x40 {
        japanese += 1
      } else if !(0xA1...0xDF).contains(lead) {
        isShift = false
      }
      if (0xA1...0xF7).contains(lead), trail >= 0xA1 { chinese += 1 }
      p += 2
    }
    if pairs > 1, isShift, japanese * 10 >= pairs * 9, kana * 5 >= pairs || chinese * 2 < pairs {
      return "Shift-JIS"
    }
    if pairs > 1, chinese * 10 >= pairs * 9 { return "GB18030, EUC-JP or EUC-KR" }
    return bytes[bad..<end + 1].contains { (0x80...0x9F).contains($0) }
      ? "Windows-1252" : "Latin-1"
  }
}
