// Source in, outcome out: parse, check, run. A failed cell leaves every binding as it was.

import FactorLang
import FactorRuntime

/// How a cell ended.
public enum CellStatus: Sendable, Equatable {
  case done
  /// A statement failed while running; `code` says how.
  case failed(Code)
  /// The text does not parse or check; nothing ran.
  case refused
  case interrupted
}

/// What a session is given when it starts.
public struct SessionOptions: Sendable {
  public var threads = Parallel.processorCount
  public var memoryLimit = Parallel.physicalMemory
  /// The script's folder, where relative paths are looked up first; empty at the prompt.
  public var folder = ""
  /// Values for the script's parameters.
  public var parameters = ParameterValues()
  /// Seconds after which all work stops; nil for never.
  public var timeLimit: Double?
  /// Where fits are kept; nil for nowhere.
  public var shelf: FitShelf?
  /// What is kept of the run; nil for nothing.
  var log: RunLog?

  /// Creates the usual options.
  public init() {}
}

/// The bindings of one shell, script or lesson; used from one thread.
public final class Session {
  public let catalog = StandardCatalog.standard
  public let budget: Budget
  public let files: any FileSchemas
  public let folder: String
  /// The names in force, with their types.
  public private(set) var scope = Scope()
  public private(set) var environment = Environment()
  /// Cells of sweeps that failed without `failures: ok`.
  private(set) var failedCells = 0
  private var partial: (name: String, value: Value)?
  /// What verbs do where a program does not say it.
  private let conventions = Guarded(ConventionSet())
  private let modules: ModuleLoader
  let parameters: ParameterValues
  private let log: RunLog?
  /// Where fits are kept.
  let shelf: FitShelf?

  /// Creates an empty session.
  public init(_ options: SessionOptions = SessionOptions()) {
    budget = Budget(threads: options.threads, memoryLimit: options.memoryLimit)
    folder = options.folder
    files = HeaderSchemas(folder: options.folder, lock: options.log?.lock)
    modules = ModuleLoader(
      catalog: catalog, budget: budget, folder: options.folder, log: options.log,
      shelf: options.shelf)
    parameters = options.parameters
    (log, shelf) = (options.log, options.shelf)
    if let seconds = options.timeLimit { budget.setTimeLimit(seconds: seconds) }
  }

  /// Checks a program without running it.
  public func check(_ source: Source) -> CheckedProgram {
    Checker.check(
      Parser.parse(source), catalog: catalog, scope: scope, files: files, modules: modules)
  }

  /// Parses, checks and runs a cell; never throws.
  public func run(_ source: Source, to sink: any EventSink) -> CellStatus {
    LargeStack.run { runCell(source, to: sink) }
  }

  /// Runs a cell and forgets what it defined: a question about values.
  func probe(_ source: Source, to sink: any EventSink) -> CellStatus {
    let (bindings, types) = (environment, scope)
    defer { (environment, scope) = (bindings, types) }
    return run(source, to: sink)
  }

  private func runCell(_ source: Source, to sink: any EventSink) -> CellStatus {
    let checked = check(source)
    for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
    guard checked.isRunnable else { return .refused }
    budget.rearm()
    let before = environment
    for statement in checked.program.statements {
      let status = run(statement, of: source, to: sink)
      guard status == .done else {
        environment = before
        keepPartial()
        return status
      }
    }
    let types = scope
    scope = checked.scope
    for name in environment.names { scope[name] = refreshed(name, types) }
    scope.lastResult = environment.last?.type
    return .done
  }

  /// Runs one statement of a checked program.
  func run(_ statement: Statement, of source: Source, to sink: any EventSink) -> CellStatus {
    let cells = FailedCells(sink)
    defer { failedCells += cells.count }
    let evaluator = Evaluator(
      catalog: catalog, budget: budget, events: cells, folder: folder, modules: modules,
      parameters: parameters, log: log, shelf: shelf, conventions: conventions)
    do {
      let start = ContinuousClock.now
      let outcome = try evaluator.run(statement, &environment, source)
      note(outcome, statement, source, seconds: (ContinuousClock.now - start).seconds)
      show(outcome, statement, sink)
      return .done
    } catch {
      let fault = Fault(error).at(statement.span, in: source)
      if let value = fault.partial, !fault.data.isEmpty,
        case .binding(let name, _) = statement.kind
      {
        partial = (name.text, value)
      }
      sink.send(.diagnostic(fault.diagnostic(in: source)))
      return fault.code == .interrupted ? .interrupted : .failed(fault.code)
    }
  }

  // For the record of the run.
  private func note(
    _ outcome: Evaluator.Outcome, _ statement: Statement, _ source: Source, seconds: Double
  ) {
    guard let log, log.keepsBindings else { return }
    for name in outcome.names {
      guard let value = environment[name] else { continue }
      log.add(
        BindingRecord(
          name: name, line: source.lineColumn(at: statement.span.start).line,
          type: value.type.description, digest: ValueDigest.of(value, budget: budget),
          seconds: seconds))
    }
  }

  /// The modules that were used.
  var usedModules: [ModuleValue] { modules.loaded }

  private func show(
    _ outcome: Evaluator.Outcome, _ statement: Statement, _ sink: any EventSink
  ) {
    if case .nothing = outcome.value { return }
    if statement.isHidden || !outcome.names.isEmpty { return }
    sink.send(.value(outcome.value, name: nil))
  }

  // The work of a fit that was interrupted is the one thing a cell that ended early leaves behind.
  private func keepPartial() {
    guard let (name, value) = partial else { return }
    environment[name] = value
    scope[name] = Scope.Entry(value.type)
    partial = nil
  }

  // Run-time values know more than the checker could: their columns, their length.
  private func refreshed(_ name: String, _ types: Scope) -> Scope.Entry? {
    guard let value = environment[name] else { return nil }
    var entry = scope[name] ?? types[name] ?? Scope.Entry(value.type)
    if case .function = value { return entry }
    entry.type = value.type
    entry.shown = String(ValueText.short(value).prefix(40))
    entry.words = [String](value) ?? String(value).map { [$0] }
    return entry
  }
}
