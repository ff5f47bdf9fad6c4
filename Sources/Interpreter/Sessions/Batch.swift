// Running a whole script: cells in order, prose printed as it is met, one exit status.

import FactorLang
import FactorRuntime

/// The exit statuses of fq.
public enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  case refused = 2
  case assertion = 3
  case interrupted = 130
}

public enum Batch {
  /// Checks the whole script, then runs it statement by statement.
  ///
  /// `speak` gets the prose and cell titles between statements.
  public static func run(
    _ source: Source, in session: Session, to sink: any EventSink,
    speak: (String) -> Void = { _ in }
  ) -> ExitStatus {
    LargeStack.run { runScript(source, session, sink, speak) }
  }

  private static func runScript(
    _ source: Source, _ session: Session, _ sink: any EventSink, _ speak: (String) -> Void
  ) -> ExitStatus {
    let checked = session.check(source)
    guard checked.isRunnable else {
      for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
      return .refused
    }
    for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
    for cell in checked.program.cells {
      if let title = cell.title { speak("\n" + title) }
      let status = run(cell, source, session, sink, speak)
      guard status == .done else { return status }
    }
    return .done
  }

  private static func run(
    _ cell: Cell, _ source: Source, _ session: Session, _ sink: any EventSink,
    _ speak: (String) -> Void
  ) -> ExitStatus {
    var prose = cell.prose[...]
    for statement in cell.statements {
      while let line = prose.first, line.span.start < statement.span.start {
        speak(line.text)
        prose = prose.dropFirst()
      }
      switch session.run(statement, of: source, to: sink) {
      case .done: continue
      case .interrupted: return .interrupted
      case .refused: return .refused
      case .failed(.assertionFailed): return .assertion
      case .failed: return .failed
      }
    }
    for line in prose { speak(line.text) }
    return .done
  }
}
