// The page of an error code: what it means, a program that meets it, the program put right.

import FactorLang

/// What `fq explain F0101` shows.
struct ErrorPage: Sendable {
  let code: Code
  /// Why fq says so, in a few sentences.
  let meaning: String
  /// A program that draws the message; it runs as a test. Nil where no program can show it.
  let wrong: String?
  /// The program put right; it runs as a test without a word.
  let right: String?

  init(_ code: Code, _ meaning: String, wrong: String? = nil, right: String? = nil) {
    (self.code, self.meaning, self.wrong, self.right) = (code, meaning, wrong, right)
  }

  /// All pages, in the order of the codes.
  static let all: [ErrorPage] =
    grammarPages + namePages + typePages + timePages + dataPages + filePages + runPages + lintPages

  /// The page of a code.
  static func page(for name: String) -> ErrorPage? {
    let wanted = name.uppercased()
    return all.first { $0.code.rawValue == wanted }
  }

  /// The page as lines of text.
  var lines: [String] {
    var lines = ["\(code.rawValue)  \(code.title)", ""] + Self.wrapped(meaning)
    if let wrong { lines += ["", "  This draws it:", ""] + Self.indented(wrong) }
    if let right { lines += ["", "  This does not:", ""] + Self.indented(right) }
    return lines
  }

  private static func indented(_ code: String) -> [String] {
    shown(code).split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
  }

  /// The program with the middle of endless lines left out.
  private static func shown(_ code: String) -> String {
    code.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.utf8.count > 200 ? $0.prefix(60) + " … and so on" : $0
    }.joined(separator: "\n")
  }

  /// A paragraph in lines of at most 78 columns.
  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in text.split(separator: " ") {
      if line.count + 1 + word.count > 78 {
        lines.append(line)
        line = " "
      }
      line += " " + word
    }
    return lines + [line]
  }

  /// The page as Markdown.
  var markdown: String {
    var text = "\n## \(code.rawValue)\n\n\(Self.sentence(code.title))\n\n\(meaning)\n"
    if let wrong { text += "\n```\n\(Self.shown(wrong))\n```\n" }
    if let right { text += "\nPut right:\n\n```\n\(Self.shown(right))\n```\n" }
    return text
  }

  private static func sentence(_ title: String) -> String {
    "*" + title.prefix(1).uppercased() + title.dropFirst() + ".*"
  }
}
