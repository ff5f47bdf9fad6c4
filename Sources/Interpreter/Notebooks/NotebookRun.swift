// Running a notebook: every statement's output is gathered, then compared with the record or written there.

import FactorLang
import FactorRuntime

/// What running a notebook gave.
public struct NotebookResult: Sendable {
  /// How the script ended.
  public let status: ExitStatus
  /// The text with today's outputs.
  public let text: String
  /// Where today's outputs differ from the recorded ones.
  public let differences: [Diagnostic]
  /// What a page shows of each statement, in the order of the text; empty unless a page was asked for.
  let outputs: [Output]
  /// What went wrong, with what only might have.
  let diagnostics: [Diagnostic]

  /// What was shown after one line of code.
  struct Output: Sendable {
    /// The line, from 0, in the text without recorded lines.
    let line: Int
    let parts: [PageOutput]
  }
}

extension Notebook {
  /// Tells whether any output is recorded.
  var hasRecords: Bool { !records.isEmpty }

  /// Runs the script of a notebook; `makeSession` is asked for a new session, `watch` hears what happens in it.
  public static func run(
    _ source: Source, in makeSession: () -> Session,
    watch: @escaping @Sendable (Event, Budget) -> Void = { _, _ in }
  ) -> NotebookResult {
    let first = pass(source, makeSession(), watch)
    guard first.hasDiagnostics, first.text != source.text(Span(0, source.bytes.count)) else {
      return first.result(against: source)
    }
    // Messages name lines, and new outputs move lines: what counts is the text as it will stand.
    let moved = Source(name: source.name, text: first.text)
    var second = pass(moved, makeSession(), watch)
    second.notebook = first.notebook
    return second.result(against: source)
  }

  /// Runs it once for a page; its messages name the lines as they are.
  static func runForPage(
    _ source: Source, in session: Session, watch: @escaping @Sendable (Event, Budget) -> Void
  ) -> NotebookResult {
    pass(source, session, watch, keep: PageOutput.parts).result(against: source)
  }

  private struct Pass {
    var notebook: Notebook
    let records: [Record]
    let outputs: [NotebookResult.Output]
    let status: ExitStatus
    let diagnostics: [Diagnostic]

    var hasDiagnostics: Bool { !diagnostics.isEmpty }
    var text: String { notebook.text(with: records) }

    func result(against source: Source) -> NotebookResult {
      NotebookResult(
        status: status, text: text, differences: notebook.differences(from: records, in: source),
        outputs: outputs, diagnostics: diagnostics)
    }
  }

  private static func pass(
    _ source: Source, _ session: Session, _ watch: @escaping @Sendable (Event, Budget) -> Void,
    keep: @escaping @Sendable (Event) -> [PageOutput] = { _ in [] }
  ) -> Pass {
    let notebook = Notebook(source)
    let budget = session.budget
    let recorder = StatementRecorder({ watch($0, budget) }, keep)
    let status = Batch.run(
      source, in: session, to: recorder, after: { recorder.finish($0.span) })
    recorder.finish(nil)
    let ends = Parser.parse(source).statements.map(\.span)
    // What the checker says comes first but belongs to the statement it is about.
    var shown: [Int: [String]] = [:]
    var parts: [Int: [PageOutput]] = [:]
    for entry in recorder.entries where !entry.lines.isEmpty {
      let place = entry.place ?? 0
      let span = entry.span ?? ends.last { $0.start <= place }
      let line = notebook.codeLine(at: span.map { max($0.start, $0.end - 1) } ?? place)
      shown[line, default: []] += entry.lines
      parts[line, default: []] += entry.parts
    }
    let records = shown.keys.sorted().map { Record(line: $0, lines: shown[$0] ?? []) }
    let outputs = parts.keys.sorted().map {
      NotebookResult.Output(line: $0, parts: parts[$0] ?? [])
    }
    return Pass(
      notebook: notebook, records: records, outputs: outputs, status: status,
      diagnostics: recorder.diagnostics)
  }

  private func differences(from new: [Record], in source: Source) -> [Diagnostic] {
    let old = Dictionary(records.map { ($0.line, $0.lines) }, uniquingKeysWith: +)
    let now = Dictionary(new.map { ($0.line, $0.lines) }, uniquingKeysWith: +)
    return Set(old.keys).union(now.keys).sorted().compactMap { line in
      let (was, now) = (old[line] ?? [], now[line] ?? [])
      guard was != now else { return nil }
      let span = source.lineSpan(sourceLine(line))
      var diagnostic = Diagnostic(
        .outputDrift, "the output recorded after this line is not today's",
        at: Label(source, span, ""))
      diagnostic.data = Self.comparison(was, now)
      diagnostic.helps = [Help("record today's output:  fq run --update \(source.name)")]
      return diagnostic
    }
  }

  // The line of the source on which a line of code stands.
  private func sourceLine(_ line: Int) -> Int {
    line + records.prefix { $0.line < line }.reduce(0) { $0 + $1.lines.count }
  }

  private static func comparison(_ was: [String], _ now: [String]) -> [String] {
    let same = zip(was, now).prefix { $0 == $1 }.count
    let (old, new) = (was.dropFirst(same), now.dropFirst(same))
    func some(_ lines: ArraySlice<String>, _ mark: String) -> [String] {
      let shown = lines.prefix(5).map { mark + $0.dropFirst(2) }
      return shown + (lines.count > 5 ? ["\(mark) … \(lines.count - 5) more lines"] : [])
    }
    return (same > 0 ? ["the first \(Counted.text(same, "line")) agree"] : [])
      + some(old, "recorded") + some(new, "today   ")
  }
}

/// Gathers what each statement shows, as text.
private final class StatementRecorder: EventSink {
  struct Entry {
    var lines: [String] = []
    var parts: [PageOutput] = []
    /// The statement; nil for what is said before any runs.
    var span: Span?
    /// Where a diagnostic outside statements points.
    var place: Int?
  }
  private struct State {
    var entries: [Entry] = []
    var open = Entry()
    var diagnostics: [Diagnostic] = []
  }
  private let text = EventText()
  private let state = Guarded(State())
  private let watch: @Sendable (Event) -> Void

  private let keep: @Sendable (Event) -> [PageOutput]

  init(
    _ watch: @escaping @Sendable (Event) -> Void,
    _ keep: @escaping @Sendable (Event) -> [PageOutput]
  ) {
    (self.watch, self.keep) = (watch, keep)
  }

  func send(_ event: Event) {
    watch(event)
    var found: Diagnostic?
    if case .diagnostic(let diagnostic) = event { found = diagnostic }
    let isDiagnostic = found != nil
    var shown = text.lines(event).flatMap {
      $0.split(separator: "\n", omittingEmptySubsequences: false)
    }
    while shown.last?.isEmpty == true { shown.removeLast() }
    let lines = shown.map { Notebook.recorded(String($0), isDiagnostic: isDiagnostic) }
    let parts = keep(event)
    state.change { state in
      if let found { state.diagnostics.append(found) }
      // Each message has its own place: that of the statement it is about.
      if state.open.place != nil {
        state.entries.append(state.open)
        state.open = Entry()
      }
      if isDiagnostic, state.open.lines.isEmpty { state.open.place = found?.span.start }
      state.open.lines += lines
      state.open.parts += parts
    }
  }

  func finish(_ span: Span?) {
    state.change { state in
      // A message that a statement ended with stands with the statement.
      if state.open.place == nil { state.open.span = span }
      state.entries.append(state.open)
      state.open = Entry()
    }
  }

  var entries: [Entry] { state.read { $0.entries } }
  var diagnostics: [Diagnostic] { state.read { $0.diagnostics } }
}
