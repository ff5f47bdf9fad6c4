// Running a whole script: cells in order, prose printed as it is met, one exit status.

import FactorLang
import FactorRuntime

/// The exit statuses of fq.
public enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  case refused = 2
  case assertion = 3
  /// The data differ from the lock file.
  case drifted = 4
  /// The script ended, but cells of a sweep failed and `failures: ok` was not said.
  case cellsFailed = 5
  case timeout = 124
  case interrupted = 130
}

public enum Batch {
  /// Checks the whole script, then runs it statement by statement.
  ///
  /// `speak` gets the prose and cell titles between statements; `after` hears of each statement that ran.
  public static func run(
    _ source: Source, in session: Session, to sink: any EventSink,
    speak: (String) -> Void = { _ in }, after: (Statement) -> Void = { _ in }
  ) -> ExitStatus {
    LargeStack.run { runScript(source, session, sink, speak, after) }
  }

  private static func runScript(
    _ source: Source, _ session: Session, _ sink: any EventSink, _ speak: (String) -> Void,
    _ after: (Statement) -> Void
  ) -> ExitStatus {
    let checked = session.check(source)
    if let complaint = session.parameters.unknown(in: checked.program) {
      sink.send(.diagnostic(complaint))
      return .refused
    }
    for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
    guard checked.isRunnable else { return .refused }
    for cell in checked.program.cells {
      if let title = cell.title { speak("\n" + title) }
      // Words on a statement's own line document it; they are not spoken.
      var prose = cell.prose.filter { source.beginsItsLine($0.span.start) }[...]
      for statement in cell.statements {
        while let line = prose.first, line.span.start < statement.span.start {
          speak(line.text)
          prose = prose.dropFirst()
        }
        let status = session.run(statement, of: source, to: sink)
        after(statement)
        guard status == .done else {
          // A bad value from outside is a wrong command line, not a failed script.
          if case .parameter(let declaration) = statement.kind, case .failed = status,
            session.parameters[declaration.name.text] != nil
          {
            return .refused
          }
          return ExitStatus(status)
        }
      }
      for line in prose { speak(line.text) }
    }
    return session.failedCells > 0 ? .cellsFailed : .done
  }
}

extension ExitStatus {
  /// The status of a script that ends with this statement.
  init(_ status: CellStatus) {
    switch status {
    case .done: self = .done
    case .interrupted: self = .interrupted
    case .refused: self = .refused
    case .failed(.assertionFailed): self = .assertion
    case .failed(.dataDrift): self = .drifted
    case .failed(.timeout): self = .timeout
    case .failed: self = .failed
    }
  }
}

extension Source {
  /// Tells whether nothing but spaces stands before the byte on its line.
  func beginsItsLine(_ offset: Int) -> Bool {
    let start = lineSpan(lineIndex(at: offset)).start
    return bytes[start..<offset].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}
