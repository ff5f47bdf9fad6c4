// What begins with a dot or a question mark: commands to the shell, not statements of the language.

import FactorLang
import FactorRuntime

/// A command of the shell, as one row of a table.
struct ShellCommand: Sendable {
  let name: String
  /// What follows the name.
  let operand: String
  let summary: String
  /// Runs with what was typed after the name.
  let run: @Sendable (inout REPL, String) -> Void

  /// Tells whether a line is for the shell.
  static func isCommand(_ text: String) -> Bool {
    let line = text.drop { $0 == " " }
    if line.hasPrefix("?") { return true }
    guard line.first == "." else { return false }
    return line.dropFirst().first?.isLetter ?? false
  }

  /// What people type without a dot, as long as no name of theirs is so called.
  static let plainWords: [String: @Sendable (inout REPL) -> Void] = [
    "run": { $0.runExample() }, "help": { $0.showHelp() }, "quit": { $0.isDone = true },
    "exit": { $0.isDone = true },
  ]

  static let table: [ShellCommand] = [
    ShellCommand(name: ".help", operand: "", summary: "shows this list") { repl, _ in
      repl.showHelp()
    },
    ShellCommand(name: ".keys", operand: "", summary: "shows what the keys do") { repl, _ in
      repl.showKeys()
    },
    ShellCommand(name: ".vars", operand: "", summary: "lists your names and what they hold") {
      repl, _ in repl.showNames()
    },
    ShellCommand(name: ".type", operand: "x", summary: "shows the type of an expression") {
      $0.showType(of: $1)
    },
    ShellCommand(name: ".history", operand: "[n]", summary: "shows the last inputs") {
      $0.showHistory($1)
    },
    ShellCommand(
      name: ".why", operand: "x", summary: "shows the statements that made what a name holds"
    ) { $0.showOrigin($1) },
    ShellCommand(
      name: ".refresh", operand: "x", summary: "makes a name anew from what there is now"
    ) { $0.refresh($1) },
    ShellCommand(
      name: ".jobs", operand: "[stop n | wait n]",
      summary: "lists what `bg` started, stops or awaits it"
    ) { $0.manageJobs($1) },
    ShellCommand(
      name: ".save", operand: "FILE", summary: "writes a script that makes your names"
    ) { $0.save($1) },
    ShellCommand(
      name: ".load", operand: "FILE", summary: "runs a script in this session"
    ) { $0.load($1) },
    ShellCommand(
      name: ".mode", operand: "text | json", summary: "how values and messages are written"
    ) { $0.setMode($1) },
    ShellCommand(
      name: ".time", operand: "on | off", summary: "shows how long each statement took"
    ) { $0.setTime($1) },
    ShellCommand(
      name: ".edit", operand: "", summary: "opens the last statement in your editor ($EDITOR)"
    ) { repl, _ in repl.editLast() },
    ShellCommand(
      name: ".cache", operand: "[clear | trim SIZE]",
      summary: "lists the fits that are kept, or removes them"
    ) { $0.showCache($1) },
    ShellCommand(name: ".quit", operand: "", summary: "ends the shell; so does Ctrl-D") { repl, _ in
      repl.isDone = true
    },
  ]
}

extension REPL {
  /// Runs a line for the shell; false if the line is for the language.
  mutating func command(_ text: String) -> Bool {
    guard ShellCommand.isCommand(text) else { return false }
    let line = text.drop { $0 == " " }
    if line.hasPrefix("??") {
      search(String(line.dropFirst(2)))
    } else if line.hasPrefix("?") {
      showPage(String(line.dropFirst()))
    } else {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      dispatch(words[0], words.count > 1 ? Self.trimmed(words[1]) : "")
    }
    return true
  }

  private mutating func dispatch(_ name: String, _ operand: String) {
    if let command = ShellCommand.table.first(where: { $0.name == name }) {
      return command.run(&self, operand)
    }
    let near = Suggestion.nearest(to: name, among: ShellCommand.table.map(\.name))
    let advice = near.map { "did you mean \($0)?" } ?? ".help lists them"
    complain("there is no command \(name); " + advice)
  }

  fileprivate func showHelp() {
    let commands = ShellCommand.table.map { ($0.name + " " + $0.operand, $0.summary) }
    let others = [
      ("?name", "shows the page of a verb, function or model"),
      ("??words", "searches the pages"),
      ("run", "runs the example of the page shown last"),
      ("fix [n]", "applies a suggested fix and runs the statement again"),
    ]
    let width = (commands + others).map { TextWidth.of($0.0) }.max() ?? 0
    page((commands + others).map { "  " + TextWidth.padded($0.0, to: width + 2) + $0.1 })
  }

  fileprivate func showKeys() {
    let bindings = input.bindings
    page(
      bindings.isEmpty
        ? ["lines are read as they are here; no keys are special"] : Keys.lines(bindings))
  }

  fileprivate func showCache(_ words: String) {
    guard let path = session.shelf?.path else { return complain("this session keeps no fits") }
    let answer = CacheCommand.answer(words.split(separator: " ").map(String.init), path)
    answer.isComplaint ? complain(answer.lines.joined(separator: "; ")) : say(answer.lines)
  }

  private mutating func showPage(_ text: String) {
    let name = Self.trimmed(text)
    if name.isEmpty { return showHelp() }
    if let page = HelpPage.page(for: name, catalog: session.catalog) {
      example = HelpPage.example(for: name, catalog: session.catalog)
      return self.page(
        wrapped(page)
          + (example == nil
            ? [] : [""] + wrapped(["`run` runs the example; your names stay as they are."])))
    }
    if let entry = session.scope[name] { return say(["\(name): \(entry.type.description)"]) }
    let near = Suggestion.nearest(to: name, among: session.catalog.names)
    let advice = near.map { "did you mean ?\($0)" } ?? "try ??\(name)"
    complain("nothing is called \(name); " + advice)
  }

  /// Sentences and code broken between words, below their beginning.
  private func wrapped(_ page: [String]) -> [String] {
    let code = page.firstIndex(of: "Example") ?? page.count
    return page.enumerated().flatMap { place, line in
      guard place <= code else {
        return Self.stages(of: line, textWidth).flatMap {
          TextWidth.wrapped($0, to: textWidth, indent: 6)
        }
      }
      return TextWidth.wrapped(line, to: textWidth, indent: line.hasPrefix("  ") ? 20 : 0)
    }
  }

  /// Code with as many of its stages on a line as fit.
  static func stages(of line: String, _ width: Int) -> [String] {
    guard TextWidth.of(line) > width else { return [line] }
    var lines = [""]
    for (place, stage) in line.split(separator: "|").enumerated() {
      let next = place == 0 ? String(stage) : "|" + stage
      let last = lines[lines.count - 1]
      // `||` is no bar between stages, nor is one in a text: then words are broken between instead.
      if place > 0, !last.hasSuffix(" ") || !stage.hasPrefix(" ") { return [line] }
      if place == 0 || TextWidth.of(last + next) <= width {
        lines[lines.count - 1] += next
      } else {
        lines.append("    " + next)
      }
    }
    return lines
  }

  /// Runs the code of the last page in a session of its own, which sees none of the user's names.
  mutating func runExample() {
    guard let example else { return complain("show a page first:  ?rank_normalize") }
    let source = Source(name: "example", text: example)
    say(example.split(separator: "\n").map { Self.prompt + $0 })
    events.begin()
    let scratch = Session()
    Interrupts.cancelling(scratch.budget) {
      let status = Batch.run(source, in: scratch, to: events)
      events.finish(status)
    }
  }

  private func search(_ text: String) {
    let words = Self.trimmed(text)
    let found = PageSearch.lines(words, catalog: session.catalog)
    found.isEmpty ? complain("no page has the words: \(words)") : page(found)
  }

  fileprivate func showNames() {
    let names = session.scope.names
    if names.isEmpty { return say(["no names yet; bind one:  p = simulate …"]) }
    let width = (names.map(TextWidth.of).max() ?? 0) + 2
    say(
      names.map { name in
        let entry = session.scope[name]
        let value = entry?.shown ?? ""
        let type = entry?.type.description ?? ""
        // A value that only repeats its type says nothing.
        var shown = value.isEmpty || value == type ? type : "\(type)  \(value)"
        if let cause = session.lineage.cause(of: name) {
          shown = "old: made from \(cause.name)#\(cause.was)  " + shown
        }
        return "  " + TextWidth.cut(TextWidth.padded(name, to: width) + shown, to: textWidth - 3)
      })
  }

  fileprivate func showType(of text: String) {
    guard !text.isEmpty else { return complain(".type needs an expression:  .type p") }
    let checked = session.check(Source(name: ".type", text: text))
    for diagnostic in checked.diagnostics { events.send(.diagnostic(diagnostic)) }
    if checked.isRunnable { say([checked.result.description] + Self.columns(of: checked.result)) }
  }

  /// The columns that flow, with when each is known: what the checker holds look-ahead against.
  private static func columns(of type: Type) -> [String] {
    guard let schema = type.schema else { return [] }
    let lines = schema.columns.map { column -> [String] in
      let unit = column.unit.map { " \($0)" } ?? ""
      let isAlways = schema.keys.contains(column.name) || column.known == ColumnInfo.always
      let moment = column.known.map { "known at " + (schema.pace ?? .months).moment($0) }
      let known = isAlways ? "" : moment ?? ""
      let role = schema.keys.contains(column.name) ? "key" : known
      let later = (column.known ?? 0) > 0 && !isAlways ? "   may be a target only" : ""
      return [column.name, column.type.description + unit, role + later]
    }
    let width = (0..<2).map { place in (lines.map { TextWidth.of($0[place]) }.max() ?? 0) + 2 }
    return lines.map {
      "  " + TextWidth.padded($0[0], to: width[0]) + TextWidth.padded($0[1], to: width[1]) + $0[2]
    }
  }

  fileprivate mutating func editLast() {
    guard Terminal.isTerminal(0) else { return complain(".edit needs a terminal") }
    let last = history.entries.last { !ShellCommand.isCommand($0) } ?? ""
    guard let text = OutsideEditor.edit(last) else {
      return complain("the editor did not run or did not end well; $EDITOR names another")
    }
    beginning = text
  }

  fileprivate func showHistory(_ text: String) {
    guard let count = text.isEmpty ? 20 : Int(text), count > 0 else {
      return complain(".history takes a number:  .history 50")
    }
    page(history.entries.suffix(count).flatMap { $0.split(separator: "\n").map { "  " + $0 } })
  }

  func say(_ lines: [String]) { gate.print(lines) }

  /// Says what may be longer than the screen.
  func page(_ lines: [String]) { events.show(lines) }

  func complain(_ text: String) { gate.print(text, to: .error) }

  static func trimmed(_ text: String) -> String {
    func isBlank(_ character: Character) -> Bool { " \n\t".contains(character) }
    let rest = text.drop(while: isBlank)
    guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(rest[...last])
  }
}
