// Text from data made harmless: what would steer a terminal, a page or the reader's eye becomes something visible.
//
// Controls become the pictures Unicode has for them; marks that reorder or hide what is read, and noncharacters,
// become the replacement character. Letters of all scripts, joiners and emoji stay.
// Reference: Unicode Standard Annex 9 (directional formatting characters), chapter 23.

/// Text without characters that do something instead of being read.
public enum VisibleText {
  /// A text on one line: breaks and tabs become pictures too.
  public static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar == "\n" ? "\u{240A}" : scalar == "\t" ? "\u{2409}" : harmless(scalar))
    }
    return String(result)
  }

  /// A text of several lines: breaks and tabs stay.
  public static func block(_ text: String) -> String {
    if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x0A || $0 == 0x09 }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(harmless(scalar)) }
    return String(result)
  }

  /// The character to show for one; breaks and tabs are left alone.
  public static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x0A, 0x09: scalar
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    case 0x20..<0x7F: scalar
    case 0x7F: "\u{2421}"
    case 0x80...0x9F: "\u{FFFD}"
    case 0xA0..<0x600: scalar
    default: hides(scalar.value) ? "\u{FFFD}" : scalar
    }
  }

  // Directions, what has no width and joins nothing, breaks that are no newline, tags and noncharacters.
  private static func hides(_ value: UInt32) -> Bool {
    switch value {
    case 0x061C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFDD0...0xFDEF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: value & 0xFFFE == 0xFFFE
    }
  }
}
