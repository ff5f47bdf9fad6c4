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
}

extension Notebook {
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

  private struct Pass {
    var notebook: Notebook
    let records: [Record]
    let status: ExitStatus
    let hasDiagnostics: Bool

    var text: String { notebook.text(with: records) }

    func result(against source: Source) -> NotebookResult {
      NotebookResult(
        status: status, text: text, differences: notebook.differences(from: records, in: source))
    }
  }

  private static func pass(
    _ source: Source, _ session: Session, _ watch: @escaping @Sendable (Event, Budget) -> Void
  ) -> Pass {
    let notebook = Notebook(source)
    let budget = session.budget
    let recorder = StatementRecorder { watch($0, budget) }
    let status = Batch.run(
      source, in: session, to: recorder, after: { recorder.finish($0.span) })
    recorder.finish(nil)
    let ends = Parser.parse(source).statements.map(\.span)
    // What the checker says comes first but belongs to the statement it is about.
    var shown: [Int: [String]] = [:]
    for entry in recorder.entries where !entry.lines.isEmpty {
      let place = entry.place ?? 0
      let span = entry.span ?? ends.last { $0.start <= place }
      let line = notebook.codeLine(at: span.map { max($0.start, $0.end - 1) } ?? place)
      shown[line, default: []] += entry.lines
    }
    let records = shown.keys.sorted().map { Record(line: $0, lines: shown[$0] ?? []) }
    return Pass(
      notebook: notebook, records: records, status: status,
      hasDiagnostics: recorder.hasDiagnostics)
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
    /// The statement; nil for what is said before any runs.
    var span: Span?
    /// Where a diagnostic outside statements points.
    var place: Int?
  }
  private struct State {
    var entries: [Entry] = []
    var open = Entry()
    var hasDiagnostics = false
  }
  private let text = EventText()
  private let state = Guarded(State())
  private let watch: @Sendable (Event) -> Void

  init(_ watch: @escaping @Sendable (Event) -> Void) { self.watch = watch }

  func send(_ event: Event) {
    watch(event)
    var isDiagnostic = false
    var place: Int?
    if case .diagnostic(let diagnostic) = event {
      isDiagnostic = true
      place = diagnostic.span.start
    }
    var shown = text.lines(event).flatMap {
      $0.split(separator: "\n", omittingEmptySubsequences: false)
    }
    while shown.last?.isEmpty == true { shown.removeLast() }
    let lines = shown.map { Notebook.recorded(String($0), isDiagnostic: isDiagnostic) }
    state.change { state in
      state.hasDiagnostics = state.hasDiagnostics || isDiagnostic
      // Each message has its own place: that of the statement it is about.
      if state.open.place != nil {
        state.entries.append(state.open)
        state.open = Entry()
      }
      state.open.lines += lines
      if isDiagnostic, state.open.lines.count == lines.count { state.open.place = place }
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
  var hasDiagnostics: Bool { state.read { $0.hasDiagnostics } }
}
