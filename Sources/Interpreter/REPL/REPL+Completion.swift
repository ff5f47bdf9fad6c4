// What the editor asks while a line is typed: is it whole, and what could follow.

import FactorLang
import FactorRuntime

extension REPL {
  /// Answers the editor's questions for a session.
  static func hooks(_ holder: Holder) -> LineEditor.Hooks {
    LineEditor.Hooks(
      isWhole: Submission.isWhole,
      complete: { complete($0, $1, holder.session, width: Terminal.width()) },
      hint: { hint($0, $1, holder.session, width: Terminal.width()) },
      editOutside: { OutsideEditor.edit($0) })
  }

  /// Says what the verb at the cursor takes: its parameters, and what the present one is.
  static func hint(_ text: String, _ cursor: Int, _ session: Session, width: Int) -> [String] {
    guard !text.isEmpty, !text.hasPrefix("."), !text.hasPrefix("?") else { return [] }
    let completer = Completer(catalog: session.catalog, scope: session.scope)
    guard let hint = completer.hint(text, at: cursor) else { return [] }
    let current = hint.parts.firstIndex { $0.isCurrent } ?? 0
    // Of a long list, what stands around the present one.
    var first = 0
    func line(_ parts: ArraySlice<SignatureHint.Part>) -> String {
      hint.verb + (parts.startIndex > 0 ? " … " : " ") + parts.map(\.text).joined(separator: ", ")
    }
    while first < current, TextWidth.of(line(hint.parts[first...current])) > width - 8 {
      first += 1
    }
    var shown = hint.parts[first...]
    while shown.count > 1, TextWidth.of(line(shown)) > width - 6 { shown.removeLast() }
    let names = shown.map {
      $0.isCurrent ? Theme.style($0.text, .heading) : Theme.style($0.text, .faint)
    }
    let more = shown.endIndex < hint.parts.count ? Theme.style(", …", .faint) : ""
    let head = Theme.style("  " + hint.verb + (first > 0 ? " … " : " "), .faint)
    return [
      head + names.joined(separator: Theme.style(", ", .faint)) + more,
      Theme.style("  " + TextWidth.cut(hint.sentence, to: width - 4), .faint),
    ]
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
    for command in [".load ", ".save "] where before.hasPrefix(command) {
      let path = String(before.dropFirst(command.count))
      return CompletionAnswer(FileChoices.of(path), typed: path, width: width)
    }
    if let command = [".type ", ".why ", ".refresh "].first(where: before.hasPrefix) {
      let typed = String(before.dropFirst(command.count))
      let names = session.scope.names.filter { $0.hasPrefix(typed) }
      return CompletionAnswer(
        names.map { CompletionAnswer.Choice($0, session.scope[$0]?.type.description ?? "") },
        typed: typed, width: width)
    }
    if before.hasPrefix("."), !before.contains(" ") {
      let found = ShellCommand.table.filter { $0.name.hasPrefix(before) }
      let choices = found.map {
        CompletionAnswer.Choice($0.name, $0.summary, ending: $0.operand.isEmpty ? "" : " ")
      }
      return CompletionAnswer(choices, typed: before, width: width)
    }
    if let path = openText(before) {
      return CompletionAnswer(FileChoices.of(path, ending: "\""), typed: path, width: width)
    }
    let completer = Completer(catalog: session.catalog, scope: session.scope, files: session.files)
    let found = completer.complete(text, at: cursor)
    let typed = String(decoding: before.utf8.dropFirst(found.range.start), as: UTF8.self)
    return CompletionAnswer(
      found.candidates.map(CompletionAnswer.Choice.init), typed: typed, width: width)
  }

  /// What stands behind the quote that is open at the end of a text; nil if none is.
  private static func openText(_ text: String) -> String? {
    guard let line = text.split(separator: "\n", omittingEmptySubsequences: false).last,
      line.count(where: { $0 == "\"" }) % 2 == 1, let quote = line.lastIndex(of: "\"")
    else { return nil }
    return String(line[line.index(after: quote)...])
  }

  private static func pages(
    _ typed: String, _ catalog: StandardCatalog
  ) -> [CompletionAnswer.Choice] {
    catalog.names.filter { $0.hasPrefix(typed) }.sorted().map {
      CompletionAnswer.Choice($0, catalog.signature(named: $0)?.summary ?? "")
    }
  }
}
