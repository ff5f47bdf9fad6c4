// What Tab does: inserts what all candidates share, or lists them below the line.

import FactorLang
import FactorRuntime

/// What happens to the line, and what is printed below it.
struct CompletionAnswer: Equatable {
  /// Characters before the cursor that the insertion replaces.
  var replacedCharacters = 0
  var insertion = ""
  var lines: [String] = []

  /// Tells whether there is nothing to do.
  var isEmpty: Bool { replacedCharacters == 0 && insertion.isEmpty && lines.isEmpty }
}

extension CompletionAnswer {
  /// Something that may be typed.
  struct Choice: Equatable {
    let text: String
    let detail: String
    /// What follows if it is the only choice.
    let ending: String

    init(_ text: String, _ detail: String, ending: String = "") {
      (self.text, self.detail, self.ending) = (text, detail, ending)
    }

    init(_ candidate: Candidate) {
      self.init(candidate.text, candidate.detail, ending: Self.ending(candidate))
    }

    /// A name that is whole is followed by what comes next.
    private static func ending(_ candidate: Candidate) -> String {
      switch candidate.kind {
      case .option, .verb, .keyword: " "
      case .function: candidate.detail == "yours" ? "" : "("
      case .choice, .column, .variable, .member: ""
      }
    }
  }

  /// More candidates than this are listed by name only.
  private static let describedLimit = 24
  /// Rows of a list of names.
  private static let rowLimit = 12

  /// Answers Tab with what may stand in place of what was typed.
  init(_ choices: [Choice], typed: String, width: Int) {
    guard !choices.isEmpty else { return }
    var insertion = Self.commonStart(choices.map(\.text))
    if choices.count == 1 { insertion += choices[0].ending }
    if insertion != typed, insertion.count >= typed.count {
      replacedCharacters = typed.unicodeScalars.count
      self.insertion = insertion
    } else if choices.count > 1 {
      lines = Self.list(choices, width: width)
    }
  }

  private static func commonStart(_ texts: [String]) -> String {
    guard var shared = texts.first.map({ Array($0.unicodeScalars) }) else { return "" }
    for text in texts.dropFirst() {
      let same = zip(shared, text.unicodeScalars).prefix { $0 == $1 }.count
      shared.removeLast(shared.count - same)
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: shared)
    return String(result)
  }

  /// Lines for the screen, with descriptions if they are few.
  static func list(_ choices: [Choice], width: Int) -> [String] {
    guard choices.count > describedLimit else { return described(choices, width: width) }
    let names = choices.map { OutputGate.clean($0.text) }
    let column = min((names.map(TextWidth.of).max() ?? 1) + 2, width)
    let across = max(1, (width - 2) / column)
    let rows = min(rowLimit, (names.count + across - 1) / across)
    var lines = (0..<rows).map { row in
      let cells = stride(from: row, to: min(names.count, rows * across), by: rows).map {
        TextWidth.padded(names[$0], to: column)
      }
      return "  " + cells.joined()
    }
    let hidden = names.count - rows * across
    if hidden > 0 { lines.append(saying(hidden)) }
    return lines
  }

  /// What stands in place of candidates for which there is no room.
  static func saying(_ hidden: Int) -> String { "  … \(hidden) more; type a letter or two" }

  private static func described(_ choices: [Choice], width: Int) -> [String] {
    let widest = choices.map { TextWidth.of($0.text) }.max() ?? 0
    let column = min(widest, 28) + 2
    return choices.map { choice in
      let line = "  " + TextWidth.padded(choice.text, to: column) + choice.detail
      return OutputGate.clean(TextWidth.cut(line, to: width - 1))
    }
  }
}
