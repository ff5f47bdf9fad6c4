// What stands below the excerpts of a message: why, what helps, what else is to be known. Sentences are
// broken at blanks where the screen is narrower than they are.

struct AdviceLines {
  /// Column at which fix keys stand.
  private static let fixColumn = 73
  /// A screen narrower than this leaves no room to break sentences well.
  private static let leastWidth = 20

  let indent: String
  let width: Int?
  let decorator: Decorator

  func lines(_ diagnostic: Diagnostic, _ firstFix: Int) -> [String] {
    var lines: [String] = []
    if let reason = diagnostic.reason {
      let words = split(Excerpt.clean(reason), behind: indent.count + 2)
      let sign = indent + decorator.apply(.gutter, "=") + " "
      lines += zip(words.indices, words).map { ($0 == 0 ? sign : indent + "  ") + $1 }
    }
    var number = firstFix
    let column = keyColumn(diagnostic)
    for help in diagnostic.helps {
      lines += self.lines(help, number, column)
      if help.fix != nil { number += 1 }
    }
    return lines + diagnostic.notes.flatMap { labelled("note", Excerpt.clean($0)) }
  }

  /// A sentence behind a heading in its own style and a colon.
  func wrapped(_ text: String, behind heading: (style: DiagnosticStyle, text: String)) -> [String] {
    let words = split(text, behind: heading.text.count + 2, indent: 2)
    let head = decorator.apply(heading.style, heading.text) + ": "
    return zip(words.indices, words).map {
      ($0 == 0 ? head : "  ") + decorator.apply(.message, $1)
    }
  }

  private func labelled(_ heading: String, _ text: String) -> [String] {
    let margin = indent.count + heading.count + 2
    let words = split(text, behind: margin)
    let head = "\(indent)\(decorator.apply(.help, heading + ":")) "
    return zip(words.indices, words).map {
      ($0 == 0 ? head : String(repeating: " ", count: margin)) + $1
    }
  }

  // The keys of one message stand below each other, past the longest advice, if the screen is so wide.
  private func keyColumn(_ diagnostic: Diagnostic) -> Int {
    let longest = diagnostic.helps.filter { $0.fix != nil }.map(used).reduce(0) { max($0, $1) }
    return max(Self.fixColumn, longest + 2)
  }

  private func used(_ help: Help) -> Int {
    indent.count + help.heading.count + 2 + CharacterWidth.of(help.text)
  }

  private func lines(_ help: Help, _ number: Int, _ column: Int) -> [String] {
    let text = Excerpt.clean(help.text)
    guard help.fix != nil else { return labelled(help.heading, text) }
    let key = "[fix \(number)]"
    if let width, column + key.count > width {
      // Without a break inside, so that the key is never torn from its number.
      return labelled(help.heading, text + "  [fix\u{A0}\(number)]").map {
        $0.replacingKey("[fix\u{A0}\(number)]", by: decorator.apply(.fix, key))
      }
    }
    var lines = labelled(help.heading, text)
    let blanks = String(repeating: " ", count: max(2, column - used(help)))
    lines[lines.count - 1] += blanks + decorator.apply(.fix, key)
    return lines
  }

  /// A text in pieces that fit; the first has less room where something stands before it.
  private func split(_ text: String, behind margin: Int, indent: Int? = nil) -> [String] {
    guard let width, width >= Self.leastWidth else { return [text] }
    var pieces: [String] = []
    var piece = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let room = max(8, width - (pieces.isEmpty ? margin : indent ?? margin))
      if !piece.isEmpty, CharacterWidth.of(piece) + 1 + CharacterWidth.of(String(word)) > room {
        pieces.append(piece)
        piece = String(word)
      } else {
        piece += (piece.isEmpty ? "" : " ") + word
      }
    }
    return pieces + [piece]
  }
}

extension String {
  fileprivate func replacingKey(_ key: String, by text: String) -> String {
    guard hasSuffix(key) else { return self }
    return dropLast(key.count) + text
  }
}
