// One field of a table of text, read carefully: quotes, line ends, the end of the file.

/// A stretch of text with its end.
struct CSVField {
  enum End { case separator, line, file }
  enum Fault { case unclosed, textAfterQuote }

  /// The content; for quoted fields without the outer quotes, inner ones still doubled.
  var start = 0
  var count = 0
  var isQuoted = false
  /// Whether doubled quotes must be halved.
  var hasEscapes = false
  var end = End.file
  /// The first byte after the separator or line end.
  var next = 0
  /// Line ends inside the quotes.
  var innerLines = 0
  var fault: Fault?

  /// Reads the field that begins at `position`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, separator: UInt8) {
    if position < bytes.count, bytes[position] == 34 {
      readQuoted(bytes, position, separator)
    } else {
      start = position
      var p = position
      while p < bytes.count, bytes[p] != separator, bytes[p] != 10, bytes[p] != 13 { p += 1 }
      count = p - position
      finish(bytes, p, separator)
    }
  }

  private mutating func readQuoted(
    _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, _ separator: UInt8
  ) {
    isQuoted = true
    start = position + 1
    var p = start
    while true {
      guard p < bytes.count else {
        fault = .unclosed
        count = p - start
        next = p
        return
      }
      if bytes[p] == 34 {
        guard p + 1 < bytes.count, bytes[p + 1] == 34 else { break }
        hasEscapes = true
        p += 1
      } else if bytes[p] == 10 || (bytes[p] == 13 && (p + 1 >= bytes.count || bytes[p + 1] != 10)) {
        innerLines += 1
      }
      p += 1
    }
    count = p - start
    p += 1
    while p < bytes.count, bytes[p] == 32, separator != 32 { p += 1 }
    finish(bytes, p, separator)
  }

  private mutating func finish(
    _ bytes: UnsafeBufferPointer<UInt8>, _ p: Int, _ separator: UInt8
  ) {
    guard p < bytes.count else {
      end = .file
      next = p
      return
    }
    switch bytes[p] {
    case separator:
      end = .separator
      next = p + 1
    case 10:
      end = .line
      next = p + 1
    case 13:
      end = .line
      next = p + 1 < bytes.count && bytes[p + 1] == 10 ? p + 2 : p + 1
    default:
      fault = .textAfterQuote
      next = p
    }
  }

  /// The content as it stands in the file.
  func raw(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<start + count])
  }

  /// The content without surrounding blanks.
  func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (low, high) = (start, start + count)
    while low < high, bytes[low] == 32 || bytes[low] == 9 { low += 1 }
    while high > low, bytes[high - 1] == 32 || bytes[high - 1] == 9 { high -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[low..<high])
  }

  /// The content with doubled quotes halved.
  func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var p = start
    while p < start + count {
      result.append(bytes[p])
      p += hasEscapes && bytes[p] == 34 ? 2 : 1
    }
    return result
  }

  /// The content as text for a message: no control characters, not longer than a line.
  func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var start = self
    start.count = min(count, 120)
    let text = String(decoding: start.unescaped(bytes).prefix(60), as: UTF8.self)
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }))
  }
}

/// What a field says before its column's type is considered.
enum CSVToken {
  case missing
  case nonFinite
  case other

  /// Recognises the usual spellings of a missing or infinite number.
  static func classify(_ text: UnsafeBufferPointer<UInt8>) -> CSVToken {
    switch text.count {
    case 0: return .missing
    case 1: return text[0] == 46 || text[0] == 45 ? .missing : .other
    case 2...9: break
    default: return .other
    }
    switch String(decoding: text, as: UTF8.self) {
    case "NA", "NaN", "nan", "NAN", "null", "NULL", "Null", "N/A", "n/a", "#N/A", "na", "<NA>":
      return .missing
    case "inf", "Inf", "INF", "-inf", "-Inf", "-INF", "+inf", "+Inf", "Infinity", "-Infinity",
      "infinity", "-infinity", "1.#INF", "-1.#INF", "-NaN", "-nan", "#DIV/0!":
      return .nonFinite
    default: return .other
    }
  }
}
