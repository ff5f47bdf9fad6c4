// What the editor asks while a line is typed: is it whole, and what could follow.

import FactorLang
import FactorRuntime

extension REPL {
  /// Answers the editor's questions for a session.
  static func hooks(_ session: Session) -> LineEditor.Hooks {
    LineEditor.Hooks(isWhole: Submission.isWhole) { text, cursor in
      complete(text, cursor, session, width: Terminal.width())
    }
  }

  /// Answers Tab: indents an empty further line, completes commands, pages and the language.
  static func complete(
    _ text: String, _ cursor: Int, _ session: Session, width: Int
  ) -> CompletionAnswer {
    let before = String(decoding: text.utf8.prefix(cursor), as: UTF8.self)
    let line = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    if before.contains("\n"), line.allSatisfy({ $0 == " " }) {
      return CompletionAnswer(insertion: "  ")
    }
    if before.hasPrefix("?") {
      let typed = String(before.drop { $0 == "?" })
      return CompletionAnswer(pages(typed, session.catalog), typed: typed, width: width)
    }
    if before.hasPrefix("."), !before.contains(" ") {
      let found = ShellCommand.table.filter { $0.name.hasPrefix(before) }
      let choices = found.map {
        CompletionAnswer.Choice($0.name, $0.summary, ending: $0.operand.isEmpty ? "" : " ")
      }
      return CompletionAnswer(choices, typed: before, width: width)
    }
    let completer = Completer(catalog: session.catalog, scope: session.scope, files: session.files)
    let found = completer.complete(text, at: cursor)
    let typed = String(decoding: before.utf8.dropFirst(found.range.start), as: UTF8.self)
    return CompletionAnswer(
      found.candidates.map(CompletionAnswer.Choice.init), typed: typed, width: width)
  }

  private static func pages(
    _ typed: String, _ catalog: StandardCatalog
  ) -> [CompletionAnswer.Choice] {
    catalog.names.filter { $0.hasPrefix(typed) }.sorted().map {
      CompletionAnswer.Choice($0, catalog.signature(named: $0)?.summary ?? "")
    }
  }
}
