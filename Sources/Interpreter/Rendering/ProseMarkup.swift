// The small markup of prose: `code`, *emphasis*, **strong**, [text](address), paragraphs and lists.
//
// Definition: marks count only in pairs on one paragraph; an asterisk beside a space is an asterisk, so that products
// in running text stay products, and an underscore is always one. Addresses are those of the web, of mail, or relative;
// anything else stays text. Lines that begin with `- ` are items; an empty line ends a paragraph.

/// A stretch of prose.
enum Inline: Equatable, Sendable {
  case text(String)
  case code(String)
  case emphasis(String)
  case strong(String)
  case link(String, address: String)
}

/// A paragraph or a list.
enum ProseBlock: Equatable, Sendable {
  case paragraph([Inline])
  case list([[Inline]])
}

enum ProseMarkup {
  /// Reads lines of prose.
  static func blocks(_ lines: [String]) -> [ProseBlock] {
    var blocks: [ProseBlock] = []
    var words: [String] = []
    var items: [String] = []
    func close() {
      if !words.isEmpty { blocks.append(.paragraph(inlines(words.joined(separator: " ")))) }
      if !items.isEmpty { blocks.append(.list(items.map(inlines))) }
      (words, items) = ([], [])
    }
    for line in lines {
      if line.isEmpty {
        close()
      } else if line.hasPrefix("- ") {
        if !words.isEmpty { close() }
        items.append(String(line.dropFirst(2)))
      } else if !items.isEmpty {
        items[items.count - 1] += " " + line
      } else {
        words.append(line)
      }
    }
    close()
    return blocks
  }

  /// Reads one paragraph.
  static func inlines(_ text: String) -> [Inline] {
    let characters = Array(text)
    var result: [Inline] = []
    var plain = ""
    var place = 0
    while place < characters.count {
      if let (inline, end) = marked(characters, place) {
        if !plain.isEmpty { result.append(.text(plain)) }
        plain = ""
        result.append(inline)
        place = end
      } else {
        plain.append(characters[place])
        place += 1
      }
    }
    return plain.isEmpty ? result : result + [.text(plain)]
  }

  // What begins at a place, and where it ends.
  private static func marked(_ text: [Character], _ start: Int) -> (Inline, Int)? {
    switch text[start] {
    case "`":
      guard let end = text[(start + 1)...].firstIndex(of: "`"), end > start + 1 else { return nil }
      return (.code(String(text[(start + 1)..<end])), end + 1)
    case "*":
      // Within a word it is no mark: 2*x*y.
      if start > 0, text[start - 1].isLetter || text[start - 1].isNumber { return nil }
      let width = start + 1 < text.count && text[start + 1] == "*" ? 2 : 1
      guard let inner = enclosed(text, from: start + width, marks: width) else { return nil }
      let words = String(text[inner])
      return (width == 2 ? .strong(words) : .emphasis(words), inner.upperBound + width)
    case "[": return link(text, start)
    default: return nil
    }
  }

  // The text up to as many asterisks; neither it nor what follows may make the marks something else.
  private static func enclosed(_ text: [Character], from start: Int, marks: Int) -> Range<Int>? {
    guard start < text.count, text[start] != " ", text[start] != "*" else { return nil }
    var end = start + 1
    while end + marks <= text.count {
      if text[end..<(end + marks)].allSatisfy({ $0 == "*" }), text[end - 1] != " " {
        let after = end + marks
        let isOpen = after < text.count && (text[after].isLetter || text[after].isNumber)
        return isOpen ? nil : start..<end
      }
      if text[end] == "`" { return nil }
      end += 1
    }
    return nil
  }

  private static func link(_ text: [Character], _ start: Int) -> (Inline, Int)? {
    guard let close = text[start...].firstIndex(of: "]"), close > start + 1,
      close + 1 < text.count, text[close + 1] == "(",
      let end = text[close...].firstIndex(of: ")")
    else { return nil }
    let address = String(text[(close + 2)..<end])
    guard isAddress(address) else { return nil }
    return (.link(String(text[(start + 1)..<close]), address: address), end + 1)
  }

  /// Tells whether a page may point there: the web, mail, or a place beside it.
  static func isAddress(_ address: String) -> Bool {
    let isPlain = address.utf8.allSatisfy { 0x20 < $0 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C }
    guard !address.isEmpty, isPlain else { return false }
    let lower = address.lowercased()
    if ["https://", "http://", "mailto:"].contains(where: lower.hasPrefix) { return true }
    // Relative, without a scheme and without another host.
    let head = address.prefix { $0 != "/" && $0 != "#" && $0 != "?" }
    return !head.contains(":") && !address.hasPrefix("//") && !address.contains("\\")
  }
}
