// Runs of script files: under a lock if there is one, with a lock or a manifest written if asked for.

import FactorLang
import FactorRuntime

enum RecordedRun {
  /// Runs a script file.
  static func run(_ source: Source, _ path: String, _ arguments: CommandArguments) -> Int32 {
    let sink = arguments.sink()
    let locks = arguments.switches.contains("--lock")
    let log: RunLog?
    do {
      let lock = locks ? nil : try LockFile.read(beside: path)
      let isNeeded = locks || lock != nil || arguments.manifest != nil
      log = isNeeded ? RunLog(lock: lock, keepsBindings: arguments.manifest != nil) : nil
    } catch {
      sink.send(.diagnostic(Fault(error).diagnostic(in: source)))
      sink.finish(.refused)
      return ExitStatus.refused.rawValue
    }
    var options = arguments.options
    options.log = log
    let session = Session(options)
    let start = ContinuousClock.now
    let status = run(source, session, log, sink)
    let spent = (ContinuousClock.now - start).seconds
    sink.finish(status)
    guard let log, status == .done || status == .cellsFailed else { return status.rawValue }
    var target = LockFile.path(of: path)
    do {
      if locks { try write(LockFile(log, session).json, to: target) }
      if let manifest = arguments.manifest {
        let record = Manifest(
          script: path, text: source.text(Span(0, source.bytes.count)),
          modules: session.usedModules.map { ($0.path, text(of: $0.path)) },
          parameters: arguments.options.parameters.all, seed: session.environment.seed,
          threads: options.threads, status: status, seconds: spent, content: log.all)
        target = manifest
        try write(record.json, to: target)
      }
    } catch { return CommandLineTool.complain(error.message(writing: target)) }
    return status.rawValue
  }

  private static func run(
    _ source: Source, _ session: Session, _ log: RunLog?, _ sink: any OutputSink
  ) -> ExitStatus {
    var status = ExitStatus.done
    LastWords.prepare(statement: source.text(Span(0, source.bytes.count)), entry: nil)
    let events: any EventSink = log.map { LoggedEvents(sink, $0) } ?? sink
    Interrupts.cancelling(session.budget) {
      status = Batch.run(source, in: session, to: events) { sink.speak($0) }
    }
    if status == .internalFault { LastWords.report() }
    return status
  }

  private static func text(of path: String) -> String {
    String(decoding: (try? FileSystem.read(path)) ?? [], as: UTF8.self)
  }

  private static func write(_ json: JSON, to path: String) throws(FileError) {
    try DurableWrite.replace(path, with: json.written() + "\n")
  }

  // MARK: Verification

  /// Repeats the run of a manifest and compares it bit by bit.
  static func verify(_ arguments: CommandArguments) -> Int32 {
    guard let path = arguments.words.first else {
      return CommandLineTool.complain("name a record: fq verify run.json")
    }
    let old: JSON
    do {
      let bytes = try FileSystem.read(path)
      old = try JSON(parsing: bytes)
    } catch let error as FileError {
      return CommandLineTool.complain(error.message)
    } catch {
      return CommandLineTool.complain("`\(path)` is no record of a run: it is not JSON")
    }
    guard let script = old["script"]?.text, let text = old["text"]?.text else {
      return CommandLineTool.complain("`\(path)` is no record of a run: it names no script")
    }
    var options = arguments.options
    options.folder = ScriptFolder.of(script)
    if case .object(let fields)? = old["parameters"] {
      options.parameters = ParameterValues(fields.map { ($0.name, $0.value.text ?? "") })
    }
    let log = RunLog(keepsBindings: true)
    options.log = log
    // A fit that is recalled proves nothing.
    options.shelf = nil
    let session = Session(options)
    let source = Source(name: script, text: text)
    let status = run(source, session, log, QuietSink(arguments.sink()))
    return report(old, log.all, status, session, source, arguments.sink())
  }

  private static func report(
    _ old: JSON, _ new: RunLog.Content, _ status: ExitStatus, _ session: Session,
    _ source: Source, _ sink: any OutputSink
  ) -> Int32 {
    for module in old["modules"]?.items ?? [] {
      let path = module["path"]?.text ?? ""
      if SHA256.digest(Array(text(of: path).utf8)) != module["sha256"]?.text {
        sink.send(.note("the module `\(path)` is not the text of then"))
      }
    }
    guard let difference = Verification.difference(old, new, status) else {
      let count = new.bindings.count
      sink.send(
        .note(
          "\(Counted.text(count, "binding")) and \(Counted.text(new.data.count, "file")) agree bit by bit"
        ))
      sink.finish(.done)
      return ExitStatus.done.rawValue
    }
    var fault = Fault(.runDrift, difference.message)
    fault.data = difference.details
    sink.send(.diagnostic(fault.diagnostic(in: source)))
    sink.finish(.failed)
    return ExitStatus.failed.rawValue
  }
}

extension LockFile {
  init(_ log: RunLog, _ session: Session) {
    self.init(
      data: log.all.data,
      modules: session.usedModules.map { module in
        (ModuleName.file(module.path), (try? SHA256.digest(ofFile: module.path)) ?? "")
      })
  }
}

/// Passes events on and keeps what a record needs.
private struct LoggedEvents: EventSink {
  private let sink: any EventSink
  private let log: RunLog

  init(_ sink: any EventSink, _ log: RunLog) { (self.sink, self.log) = (sink, log) }

  func send(_ event: Event) {
    log.add(event)
    sink.send(event)
  }
}

/// Shows nothing but what went wrong.
private struct QuietSink: OutputSink {
  private let sink: any OutputSink

  init(_ sink: any OutputSink) { self.sink = sink }

  func send(_ event: Event) {
    switch event {
    case .diagnostic, .progress: sink.send(event)
    default: break
    }
  }
  func speak(_ prose: String) {}
  func finish(_ status: ExitStatus) {}
}
