// A shell whose output is kept as text, for the tests of the prompt.

@testable import Interpreter

/// What went through a gate, by stream.
final class REPLCapture: Sendable {
  private let bytes = Guarded<[Terminal.Stream: [UInt8]]>([:])

  func gate(
    output: OutputGate.Stream = .init(), errors: OutputGate.Stream = .init()
  ) -> OutputGate {
    OutputGate(output: output, errors: errors) { stream, bytes in
      self.bytes.change { $0[stream, default: []] += bytes }
    }
  }

  func text(_ stream: Terminal.Stream) -> String {
    String(decoding: bytes.read { $0[stream] ?? [] }, as: UTF8.self)
  }

  /// What came since this was last asked.
  func takeText(_ stream: Terminal.Stream) -> String {
    String(decoding: bytes.change { $0.removeValue(forKey: stream) } ?? [], as: UTF8.self)
  }

  /// Runs a shell on statements; gives output, errors and the exit status.
  static func run(
    _ inputs: [LineInput], isInteractive: Bool = false, history: History = History(path: nil),
    session: Session = Session()
  ) -> (output: String, errors: String, status: Int32) {
    let capture = REPLCapture()
    let source = ScriptedLineSource(inputs, isInteractive: isInteractive)
    var repl = REPL(
      session: session, input: source, gate: capture.gate(), history: history,
      width: { 80 })
    let status = repl.run()
    return (capture.text(.output), capture.text(.error), status)
  }

  static func run(_ lines: String...) -> (output: String, errors: String, status: Int32) {
    run(lines.map(LineInput.text))
  }
}
