// The shell's loop: read a statement, give it to the session, show what happened, remember it.

import FactorLang
import FactorRuntime

/// A shell on a session.
struct REPL {
  /// The session, which has a successor if its work had to be left behind.
  final class Holder {
    var session: Session
    init(_ session: Session) { self.session = session }
  }

  let holder: Holder
  let gate: OutputGate
  let events: TextEvents
  let history: History
  let width: @Sendable () -> Int
  var isDone = false
  let input: any LineSource
  /// The statement that the last fixes are for.
  private var faulty: (source: Source, fixes: [Fix])?
  private var hasFailed = false
  /// What the next statement begins with.
  var beginning = ""
  /// The code of the page that was shown last.
  var example: String?
  /// Whether values and messages are written as JSON.
  var isJSON = false
  /// Whether the time of each statement is shown.
  var showsTime = false
  /// Whether the user was told, just now, that jobs are running.
  private var hasWarnedOfJobs = false
  /// The name that the last statement gave.
  private var given: String?
  /// The steps that were said to be old.
  private var toldSteps: Set<Int> = []

  static let prompt = "fq> "

  /// Creates a shell that reads from a source of lines.
  init(
    session holder: Holder, input: any LineSource, gate: OutputGate, history: History,
    width: @escaping @Sendable () -> Int = { Terminal.width() }, isQuiet: Bool = false,
    pager: Pager? = nil
  ) {
    (self.holder, self.input, self.gate) = (holder, input, gate)
    (self.history, self.width) = (history, width)
    events = TextEvents(
      gate, width: width, isQuiet: isQuiet, isPrompt: input.isInteractive, pager: pager)
    session.jobs = Jobs { gate.print($0.map { Theme.style($0, .faint) }) }
  }

  /// Creates a shell on a session that nobody else knows.
  init(
    session: Session, input: any LineSource, gate: OutputGate, history: History,
    width: @escaping @Sendable () -> Int = { Terminal.width() }, isQuiet: Bool = false,
    pager: Pager? = nil
  ) {
    self.init(
      session: Holder(session), input: input, gate: gate, history: history, width: width,
      isQuiet: isQuiet, pager: pager)
  }

  /// Runs the shell on standard input and output, with an editor where a person types.
  static func run(session: Session, arguments: CommandArguments) -> Int32 {
    let fixed = arguments.width
    let gate = OutputGate.standard
    let holder = Holder(session)
    let input = source(holder, gate)
    let path = input.isInteractive ? History.usualPath(FileSystem.environment) : nil
    var repl = REPL(
      session: holder, input: input, gate: gate, history: History(path: path),
      width: { fixed ?? Terminal.width() }, isQuiet: arguments.isQuiet,
      pager: input.isInteractive ? Pager.usual() : nil)
    return repl.run()
  }

  /// The editor needs a terminal on both sides; anything else is read line by line.
  static func source(_ holder: Holder, _ gate: OutputGate) -> any LineSource {
    let isInteractive = Terminal.isTerminal(0) && Terminal.isTerminal(1)
    if isInteractive, !Terminal.isDumb,
      let editor = LineEditor(hooks(holder), gate: gate, size: { Terminal.size() })
    {
      return editor
    }
    guard isInteractive else {
      return PlainLineSource(isInteractive: false, gate: gate, read: Terminal.readChunk)
    }
    Interrupts.keep()
    return PlainLineSource(
      isInteractive: true, gate: gate, wasInterrupted: Interrupts.takePress,
      read: Terminal.readTyped)
  }

  /// Reads and runs until the input ends; the exit status tells, where nobody watches, of failures.
  mutating func run() -> Int32 {
    if input.isInteractive {
      for text in history.entries { input.remember(text) }
      let banner = "fq \(CommandLineTool.version)  ·  ?name for help  ·  .help  ·  Ctrl-D ends"
      say([Theme.style(banner, .faint)])
      if history.entries.isEmpty {
        say([Theme.style("new here?  fq tour  shows around in five minutes", .faint)])
      }
      StandardCatalog.prepare()
    }
    while !isDone {
      let text = beginning
      beginning = ""
      switch input.readStatement(prompt: Self.prompt, beginning: text) {
      case .endOfInput: isDone = mayEnd()
      case .interrupted: continue
      case .text(let text): _ = perform(text)
      }
    }
    endJobs()
    events.finish(.done)
    return hasFailed && !input.isInteractive ? ExitStatus.failed.rawValue : ExitStatus.done.rawValue
  }

  /// Does what a line asks for; gives how it ended if it was run as a statement.
  mutating func perform(_ text: String) -> CellStatus? {
    hasWarnedOfJobs = false
    guard !Self.trimmed(text).isEmpty else { return nil }
    input.remember(text)
    for note in session.adoptResults() { say(["  note: \(note)"]) }
    if command(text) {
      history.append(text, status: "command", milliseconds: 0)
      return nil
    }
    if let number = fixNumber(text) { return applyFix(number) }
    let word = Self.trimmed(text)
    if let act = ShellCommand.plainWords[word], session.scope[word] == nil {
      act(&self)
      return nil
    }
    return evaluate(text)
  }

  @discardableResult
  mutating func evaluate(_ text: String) -> CellStatus {
    let began = ContinuousClock.now
    let status = run(Source(name: "fq>", text: text))
    tellOfJobs(text, status)
    tellOfName(text, status)
    history.append(
      text, status: Self.word(for: status),
      milliseconds: Int((ContinuousClock.now - began) / .milliseconds(1)))
    return status
  }

  /// Runs statements and says what there is to say of them.
  @discardableResult
  mutating func run(_ source: Source) -> CellStatus {
    let began = ContinuousClock.now
    let before = session.lineage
    let sink: any OutputSink = isJSON ? JSONEvents(gate) : events
    var status = CellStatus.done
    events.begin()
    let (worker, successor) = (session, session.successor())
    let text = source.text(Span(0, source.bytes.count))
    LastWords.prepare(
      statement: text, entry: history.entry(text, status: "ended", milliseconds: 0))
    Interrupts.cancelling(worker.budget) {
      guard let run = ForegroundRun(source, in: worker, to: sink) else {
        return status = worker.run(source, to: sink)
      }
      if let ended = run.wait() { return status = ended }
      status = .interrupted
      holder.session = successor()
      complain("interrupted: the work does not stop and was left behind; your names are as before")
    }
    // What was left behind is to stop whenever it hears of it.
    if session !== worker { worker.budget.cancel() }
    if status == .failed(.internalFault) { LastWords.report() }
    LastWords.forget()
    sink.finish(ExitStatus(status))
    // A remedy stays at hand until another is offered or something ran.
    if status == .done || !events.fixes.isEmpty {
      faulty = events.fixes.isEmpty ? nil : (source, events.fixes)
    }
    if status != .done { hasFailed = true }
    let spent = (ContinuousClock.now - began) / .seconds(1)
    if showsTime { say([Theme.style("  \(NumberFormat.duration(spent))", .faint)]) }
    tellOfOldNames(before)
    return status
  }

  private static func word(for status: CellStatus) -> String {
    switch status {
    case .done: "done"
    case .failed(let code): code.rawValue
    case .refused: "refused"
    case .interrupted: "interrupted"
    }
  }

  var session: Session { holder.session }

  /// The columns that text may take.
  var textWidth: Int { width() }

  // MARK: Jobs and old values

  private func tellOfJobs(_ text: String, _ status: CellStatus) {
    guard status == .refused, let running = session.jobs?.running else { return }
    let words = Session.words(in: text)
    for job in running where job.names.contains(where: words.contains) {
      say([
        "  note: `\(job.names[0])` is being made by job \(job.number);  .jobs wait \(job.number)"
      ])
    }
  }

  // A line that begins with a bar goes on with the value of the last one, whose name keeps what it had.
  private mutating func tellOfName(_ text: String, _ status: CellStatus) {
    let goesOn = Self.trimmed(text).hasPrefix("|")
    if goesOn, status == .done, let given, input.isInteractive {
      say(["  note: `\(given)` stays as it was; to give it this value:  \(given) = it"])
    }
    given = status == .done ? session.lineage.lastName : nil
  }

  // Nothing is run again by itself; what is old is said when it becomes so and when it is used.
  private mutating func tellOfOldNames(_ before: Lineage) {
    let lineage = session.lineage
    let old = lineage.stale
    let became = old.subtracting(before.stale)
    let used = session.lastReads.intersection(old).filter { name in
      lineage.current[name].map { !toldSteps.contains($0) } ?? false
    }
    let told = became.union(used).sorted()
    toldSteps.formUnion(told.compactMap { lineage.current[$0] })
    let causes = Dictionary(grouping: told) { name in
      lineage.cause(of: name).map { "\($0.name)#\($0.was); \($0.name) is \($0.name)#\($0.is) now" }
        ?? ""
    }
    for (cause, names) in causes.sorted(by: { $0.key < $1.key }) {
      let verb = names.count == 1 ? "was" : "were"
      say([
        "  note: \(names.joined(separator: ", ")) \(verb) made from \(cause)  (.refresh \(names[0]))"
      ])
    }
  }

  // The end of the input would stop what runs behind the prompt; once, this is said first.
  private mutating func mayEnd() -> Bool {
    guard input.isInteractive, let running = session.jobs?.running, !running.isEmpty,
      !hasWarnedOfJobs
    else { return true }
    hasWarnedOfJobs = true
    say(["\(Counted.text(running.count, "job")) still running; Ctrl-D again stops and ends"])
    return false
  }

  // A pipe's jobs are waited for; a person has said that they may stop.
  private func endJobs() {
    guard let jobs = session.jobs else { return }
    if input.isInteractive { for job in jobs.running { _ = jobs.stop(job.number) } }
    var patience = 250
    while !jobs.running.isEmpty, patience > 0 {
      Terminal.sleep(milliseconds: 20)
      if input.isInteractive { patience -= 1 }
    }
  }

  // MARK: Fixes

  /// The number in `fix` or `fix 2`; nil if the line is something else or `fix` is a name.
  private func fixNumber(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.first == "fix", words.count <= 2, session.scope["fix"] == nil else { return nil }
    return words.count == 1 ? 1 : Int(words[1])
  }

  private mutating func applyFix(_ number: Int) -> CellStatus? {
    guard let faulty, faulty.fixes.indices.contains(number - 1) else {
      complain("there is no fix \(number) to apply")
      return nil
    }
    guard let text = Self.applied(faulty.fixes[number - 1], to: faulty.source) else {
      complain("that fix is for another text than the last statement")
      return nil
    }
    say([Self.prompt + text])
    input.remember(text)
    return evaluate(text)
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
