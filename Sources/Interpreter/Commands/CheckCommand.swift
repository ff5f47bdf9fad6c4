// `fq check`: names, types, units and time, before anything runs.

import FactorLang
import FactorRuntime

enum CheckCommand {
  /// Checks a script against its lock file, if it has one; status 2 for errors, 4 for other data.
  static func run(_ source: Source, _ path: String, _ arguments: CommandArguments) -> Int32 {
    let sink = arguments.sink()
    var options = arguments.options
    var drift: [Diagnostic] = []
    do {
      if let lock = try LockFile.read(beside: path) {
        options.log = RunLog(lock: lock)
        drift = lock.drift(beside: options.folder)
      }
    } catch {
      sink.send(.diagnostic(Fault(error).diagnostic(in: source)))
      sink.finish(.refused)
      return ExitStatus.refused.rawValue
    }
    var source = source
    if arguments.switches.contains("--fix") {
      do { source = try fixed(source, path, options) } catch {
        return CommandLineTool.complain("\(Fault(error).message)")
      }
    }
    let checked = Session(options).check(source)
    for diagnostic in checked.diagnostics + drift { sink.send(.diagnostic(diagnostic)) }
    let status: ExitStatus = !checked.isRunnable ? .refused : drift.isEmpty ? .done : .drifted
    sink.finish(status)
    return status.rawValue
  }

  /// Rounds of fixing: a fix may bring to light what it hid.
  private static let rounds = 5

  // Applies what is certain, and says what it did.
  private static func fixed(
    _ source: Source, _ path: String, _ options: SessionOptions
  ) throws -> Source {
    var source = source
    for _ in 0..<rounds {
      let (text, applied) = FixApplier.apply(Session(options).check(source).diagnostics, to: source)
      guard !applied.isEmpty else { break }
      for title in applied { _ = CommandLineTool.say("fixed: \(title)") }
      try DurableWrite.replace(path, with: text)
      source = Source(name: source.name, text: text)
    }
    return source
  }
}
