// Events as text for people: values and ledger on output, diagnostics on error, progress in place.

import FactorLang
import FactorRuntime

/// Prints events through the output gate.
final class TextEvents: OutputSink {
  private let gate: OutputGate
  private let width: @Sendable () -> Int
  private let isQuiet: Bool
  private let isShort: Bool
  private let isPrompt: Bool
  private let pager: Pager?
  private let progress: Progress
  private let renderer = Renderer(Theme.decorator)
  /// The remedies offered since the last statement began, numbered from one.
  private let offered = Guarded<[Fix]>([])

  /// Prints to a gate; `width` is asked anew for each event, because terminals are resized.
  init(
    _ gate: OutputGate, width: @escaping @Sendable () -> Int, isQuiet: Bool = false,
    isShort: Bool = false, isPrompt: Bool = false, pager: Pager? = nil
  ) {
    (self.isPrompt, self.pager) = (isPrompt, pager)
    (self.gate, self.width, self.isQuiet, self.isShort) = (gate, width, isQuiet, isShort)
    progress = Progress(gate, width: { Terminal.width(.error) })
  }

  func send(_ event: Event) {
    switch event {
    case .progress(let stage, let state):
      if !isQuiet { progress.update(stage, state) }
    case .diagnostic(let diagnostic): show(diagnostic)
    case .ledger, .note:
      guard !isQuiet else { return }
      // A log keeps a note on one line; on a screen it goes on below its own beginning.
      gate.print(gate.isScreen ? lines(event).flatMap(wrapped) : lines(event))
    case .value: show(lines(event))
    case .artifact, .failedCells: gate.print(lines(event))
    }
  }

  func speak(_ prose: String) {
    if !isQuiet { gate.print(prose) }
  }

  func finish(_ status: ExitStatus) { progress.finish() }

  /// Removes the progress line and forgets remedies: a new statement begins.
  func begin() {
    progress.finish()
    offered.change { $0 = [] }
  }

  /// The remedies that were offered since.
  var fixes: [Fix] { offered.read { $0 } }

  /// Shows lines; what is longer than the screen goes to the pager, where there is one.
  func show(_ lines: [String]) {
    if pager?.show(lines, gate) != true { gate.print(lines) }
  }

  private func lines(_ event: Event) -> [String] {
    var display = DisplayOptions()
    display.isPrompt = isPrompt
    display.width = width()
    return EventText(display: display, decorator: Theme.decorator).lines(event)
  }

  private func wrapped(_ line: String) -> [String] {
    TextWidth.wrapped(line, to: width(), indent: line.hasPrefix("  note: ") ? 8 : 2)
  }

  private func show(_ diagnostic: Diagnostic) {
    let first = offered.change { fixes in
      defer { fixes += diagnostic.fixes }
      return fixes.count + 1
    }
    if isShort { return gate.print(renderer.short(diagnostic), to: .error) }
    if let lines = EventText.interruption(diagnostic) {
      progress.finish()
      return gate.print(lines, to: .error)
    }
    let text = renderer.render(
      diagnostic, firstFix: first, width: gate.canShowStatus ? width() : nil)
    gate.print(text.split(separator: "\n").map(String.init) + [""], to: .error)
  }
}

/// Chooses what becomes of events on the command line.
enum OutputSinks {
  /// Gives the sink that the flags ask for.
  static func make(_ arguments: CommandArguments) -> any OutputSink {
    if arguments.isJSON { return JSONEvents(.standard) }
    let fixed = arguments.width
    return TextEvents(
      .standard, width: { fixed ?? Terminal.width() }, isQuiet: arguments.isQuiet,
      isShort: arguments.isShort)
  }
}
