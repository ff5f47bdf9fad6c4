// The shell's loop: read a statement, give it to the session, show what happened, remember it.

import FactorLang
import FactorRuntime

/// A shell on a session.
struct REPL {
  let session: Session
  let gate: OutputGate
  let events: TextEvents
  let history: History
  let width: @Sendable () -> Int
  var isDone = false
  private let input: any LineSource
  /// The statement that the last fixes are for.
  private var faulty: (source: Source, fixes: [Fix])?
  private var hasFailed = false

  private static let prompt = "fq> "

  /// Creates a shell that reads from a source of lines.
  init(
    session: Session, input: any LineSource, gate: OutputGate, history: History,
    width: @escaping @Sendable () -> Int = { Terminal.width() }, isQuiet: Bool = false,
    pager: Pager? = nil
  ) {
    (self.session, self.input, self.gate) = (session, input, gate)
    (self.history, self.width) = (history, width)
    events = TextEvents(
      gate, width: width, isQuiet: isQuiet, isPrompt: input.isInteractive, pager: pager)
  }

  /// Runs the shell on standard input and output, with an editor where a person types.
  static func run(session: Session, arguments: CommandArguments) -> Int32 {
    let fixed = arguments.width
    let gate = OutputGate.standard
    let input = source(session, gate)
    let path = input.isInteractive ? History.usualPath(FileSystem.environment) : nil
    var repl = REPL(
      session: session, input: input, gate: gate, history: History(path: path),
      width: { fixed ?? Terminal.width() }, isQuiet: arguments.isQuiet,
      pager: input.isInteractive ? Pager.usual() : nil)
    return repl.run()
  }

  /// The editor needs a terminal on both sides; anything else is read line by line.
  private static func source(_ session: Session, _ gate: OutputGate) -> any LineSource {
    let isInteractive = Terminal.isTerminal(0) && Terminal.isTerminal(1)
    if isInteractive, !Terminal.isDumb, let editor = LineEditor(hooks(session)) { return editor }
    return PlainLineSource(isInteractive: isInteractive, gate: gate, read: Terminal.readChunk)
  }

  /// Reads and runs until the input ends; the exit status tells, where nobody watches, of failures.
  mutating func run() -> Int32 {
    if input.isInteractive {
      for text in history.entries { input.remember(text) }
      let banner = "fq \(CommandLineTool.version)  ·  ?name for help  ·  .help  ·  Ctrl-D ends"
      say([Theme.style(banner, .faint)])
    }
    while !isDone {
      switch input.readStatement(prompt: Self.prompt) {
      case .endOfInput: isDone = true
      case .interrupted: continue
      case .text(let text): perform(text)
      }
    }
    events.finish(.done)
    return hasFailed && !input.isInteractive ? ExitStatus.failed.rawValue : ExitStatus.done.rawValue
  }

  private mutating func perform(_ text: String) {
    guard !Self.trimmed(text).isEmpty else { return }
    input.remember(text)
    if command(text) { return history.append(text, status: "command", milliseconds: 0) }
    if let number = fixNumber(text) { return applyFix(number) }
    evaluate(text)
  }

  private mutating func evaluate(_ text: String) {
    let source = Source(name: "fq>", text: text)
    let began = ContinuousClock.now
    var status = CellStatus.done
    events.begin()
    Terminal.interrupting(session.budget) { status = session.run(source, to: events) }
    events.finish(.done)
    faulty = events.fixes.isEmpty ? nil : (source, events.fixes)
    if status != .done { hasFailed = true }
    let spent = Int((ContinuousClock.now - began) / .milliseconds(1))
    history.append(text, status: Self.word(for: status), milliseconds: spent)
  }

  private static func word(for status: CellStatus) -> String {
    switch status {
    case .done: "done"
    case .failed(let code): code.rawValue
    case .refused: "refused"
    case .interrupted: "interrupted"
    }
  }

  /// The columns that text may take.
  var textWidth: Int { width() }

  // MARK: Fixes

  /// The number in `fix` or `fix 2`; nil if the line is something else or `fix` is a name.
  private func fixNumber(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.first == "fix", words.count <= 2, session.scope["fix"] == nil else { return nil }
    return words.count == 1 ? 1 : Int(words[1])
  }

  private mutating func applyFix(_ number: Int) {
    guard let faulty, faulty.fixes.indices.contains(number - 1) else {
      return complain("there is no fix \(number) to apply")
    }
    guard let text = Self.applied(faulty.fixes[number - 1], to: faulty.source) else {
      return complain("that fix is for another text than the last statement")
    }
    say([Self.prompt + text])
    input.remember(text)
    evaluate(text)
  }

  /// The text of a source with the edits of a fix made.
  static func applied(_ fix: Fix, to source: Source) -> String? {
    var bytes = source.bytes
    for edit in fix.edits.sorted(by: { $0.location.span.start > $1.location.span.start }) {
      let span = edit.location.span
      guard edit.location.source == source, span.end <= bytes.count else { return nil }
      bytes.replaceSubrange(span.start..<span.end, with: Array(edit.replacement.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
