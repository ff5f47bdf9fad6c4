// Numbers written for people, with a percent sign, separated thousands, a currency or brackets for a loss.
//
// Such columns are text: `1,234` is one number here and another there, and only who made the file can say.

/// Recognises what was meant as a number.
enum WrittenNumber {
  /// A number with or without a percent sign, as it is written; nil for other text.
  static func percent(_ text: String) -> Double? {
    var bytes = Array(text.utf8).filter { $0 != UInt8(ascii: " ") }
    if bytes.last == UInt8(ascii: "%") { bytes.removeLast() }
    return bytes.withUnsafeBufferPointer { NumberParser.shared.parse($0) }
  }

  /// The first of some words that only a person reads as a number; nil where other words are among them.
  static func example(in words: some Collection<String>) -> String? {
    guard !words.isEmpty, words.allSatisfy({ isNumber($0) }) else { return nil }
    return words.first { word in word.unicodeScalars.contains { marks.contains($0) } }
  }

  private static let marks = Set("%,$€£()".unicodeScalars)

  private static func isNumber(_ word: String) -> Bool {
    var (digits, points) = (0, 0)
    for (place, scalar) in word.unicodeScalars.filter({ $0 != " " }).enumerated() {
      switch scalar {
      case "0"..."9": digits += 1
      case ".": points += 1
      case "-", "+": if place > 1 { return false }
      default: if !marks.contains(scalar) { return false }
      }
    }
    return digits > 0 && points <= 1
  }
}
