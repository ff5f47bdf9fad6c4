// How many terminal columns a text takes: wide characters count two, combining marks none.
//
// The table is short on purpose: the ranges of East Asian wide letters and emoji, and the marks met
// in names. Reference: Unicode Standard Annex 11.

/// The width of text in terminal columns.
public enum TextWidth {
  /// Gives the columns a text takes.
  public static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// Gives the columns a character takes; a cluster is as wide as its widest part.
  public static func of(_ character: Character) -> Int {
    character.unicodeScalars.reduce(0) { max($0, of($1)) }
  }

  /// Gives the text cut to a width, ending in an ellipsis if anything went.
  public static func cut(_ text: String, to width: Int) -> String {
    if of(text) <= width { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = of(character)
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }

  /// Gives the text filled with blanks to a width.
  public static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - of(text)))
    return right ? blanks + text : text + blanks
  }

  /// Gives a text in lines no wider than a width, broken at spaces, or within a word that is wider.
  public static func wrapped(_ text: String, to width: Int, indent: Int = 0) -> [String] {
    if of(text) <= width { return [text] }
    let blanks = String(repeating: " ", count: min(indent, max(0, width - 8)))
    var lines: [String] = []
    var line = ""
    func room() -> Int { width - of(line) }
    for (place, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let next = place == 0 ? String(word) : " " + word
      if of(next) <= room() {
        line += next
        continue
      }
      if place > 0, !line.allSatisfy({ $0 == " " }) {
        lines.append(line)
        line = blanks
      }
      for character in word {
        if of(character) > room(), line != blanks {
          lines.append(line)
          line = blanks
        }
        line.append(character)
      }
    }
    return lines + [line]
  }

  /// Gives items one after the other, ` · ` between them, in lines no wider than a width; one that is too long by
  /// itself is broken at its spaces.
  public static func listed(_ items: [String], to width: Int, indent: Int = 0) -> [String] {
    let blanks = String(repeating: " ", count: min(indent, max(0, width - 8)))
    var lines: [String] = []
    for item in items {
      guard let last = lines.last else {
        lines = wrapped(item, to: width, indent: indent)
        continue
      }
      if of(last) + 3 + of(item) <= width {
        lines[lines.count - 1] += " · " + item
      } else {
        lines += wrapped(blanks + item, to: width, indent: indent)
      }
    }
    return lines
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 32 || value == 127 ? 0 : 1 }
    if zero.contains(where: { $0.contains(value) }) { return 0 }
    return wide.contains(where: { $0.contains(value) }) ? 2 : 1
  }

  private static let zero: [ClosedRange<UInt32>] = [
    0x0300...0x036F, 0x0483...0x0489, 0x0591...0x05BD, 0x0610...0x061A, 0x064B...0x065F,
    0x093C...0x093C, 0x094D...0x094D, 0x0E31...0x0E31, 0x0E34...0x0E3A, 0x0E47...0x0E4E,
    0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064,
    0x20D0...0x20FF, 0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF...0xFEFF, 0xE0100...0xE01EF,
  ]

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x25FD...0x25FE,
    0x2614...0x2615, 0x2648...0x2653, 0x26AA...0x26AB, 0x2705...0x2705, 0x274C...0x274C,
    0x2795...0x2797, 0x2B1B...0x2B1C, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF,
    0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F19A, 0x1F200...0x1F64F,
    0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
