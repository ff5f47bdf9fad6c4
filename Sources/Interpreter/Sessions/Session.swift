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
  public var catalog: StandardCatalog { .standard }
  public let budget: Budget
  public let files: any FileSchemas
  public let folder: String
  /// The names in force, with their types.
  public internal(set) var scope = Scope()
  public internal(set) var environment = Environment()
  /// What the names were made from.
  var lineage = Lineage()
  /// The names that the last cell read.
  private(set) var lastReads: Set<String> = []
  /// Work behind the prompt; nil where a statement that begins with `bg` runs like any other.
  var jobs: Jobs?
  /// Cells of sweeps that failed without `failures: ok`.
  private(set) var failedCells = 0
  private var partial: (name: String, value: Value)?
  /// What verbs do where a program does not say it.
  let conventions = Guarded(ConventionSet())
  private let modules: ModuleLoader
  private let options: SessionOptions
  let parameters: ParameterValues
  private let log: RunLog?
  /// Where fits are kept.
  let shelf: FitShelf?

  /// Creates an empty session.
  public init(_ options: SessionOptions = SessionOptions()) {
    self.options = options
    budget = Budget(threads: options.threads, memoryLimit: options.memoryLimit)
    folder = options.folder
    files = HeaderSchemas(folder: options.folder, lock: options.log?.lock)
    modules = ModuleLoader(
      budget: budget, folder: options.folder, log: options.log, shelf: options.shelf)
    parameters = options.parameters
    (log, shelf) = (options.log, options.shelf)
    if let seconds = options.timeLimit { budget.setTimeLimit(seconds: seconds) }
  }

  /// Makes, when it is called, a session that goes on from what this one holds now, sharing nothing that runs.
  func successor() -> () -> Session {
    let (options, jobs, rules) = (options, jobs, conventions.read { $0 })
    let (scope, environment, lineage) = (scope, environment, lineage)
    return {
      let next = Session(options)
      (next.scope, next.environment, next.lineage) = (scope, environment, lineage)
      next.conventions.change { $0 = rules }
      next.jobs = jobs
      return next
    }
  }

  /// Checks a program without running it.
  public func check(_ source: Source) -> CheckedProgram {
    Checker.check(
      Parser.parse(source), catalog: catalog, scope: scope, files: files, modules: modules)
  }

  /// Parses, checks and runs a cell; never throws. A request to stop that came before counts, and is over with
  /// the cell that heard it.
  public func run(_ source: Source, to sink: any EventSink) -> CellStatus {
    LargeStack.run { runCell(source, to: sink) }
  }

  /// Runs a cell and forgets what it defined: a question about values.
  func probe(_ source: Source, to sink: any EventSink) -> CellStatus {
    let (bindings, types, steps) = (environment, scope, lineage)
    defer { (environment, scope, lineage) = (bindings, types, steps) }
    return run(source, to: sink)
  }

  private func runCell(_ source: Source, to sink: any EventSink) -> CellStatus {
    lastReads = []
    let checked = check(source)
    for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
    guard checked.isRunnable else { return .refused }
    let before = (environment, lineage)
    for statement in checked.program.statements {
      if statement.isBackground, let jobs {
        start(statement, of: source, in: jobs)
        continue
      }
      let status = run(statement, of: source, to: sink)
      guard status == .done else {
        (environment, lineage) = before
        keepPartial(source)
        if status == .interrupted { budget.rearm() }
        return status
      }
    }
    learnTypes(from: checked.scope)
    return .done
  }

  /// Takes over what a program says of its names; what no value stands for has no type.
  func learnTypes(from checked: Scope) {
    let types = scope
    scope = checked
    for name in checked.names where environment[name] == nil { scope[name] = nil }
    for name in environment.names { scope[name] = refreshed(name, types) }
    scope.lastResult = environment.last?.type
  }

  /// Makes what runs statements for this session, on any thread.
  var makeEvaluator: @Sendable (Budget, any EventSink, Guarded<ConventionSet>) -> Evaluator {
    { [catalog, folder, modules, parameters, log, shelf] budget, sink, conventions in
      Evaluator(
        catalog: catalog, budget: budget, events: sink, folder: folder, modules: modules,
        parameters: parameters, log: log, shelf: shelf, conventions: conventions)
    }
  }

  /// Runs one statement of a checked program.
  func run(_ statement: Statement, of source: Source, to sink: any EventSink) -> CellStatus {
    let cells = FailedCells(sink)
    defer { failedCells += cells.count }
    let evaluator = makeEvaluator(budget, cells, conventions)
    defer { lastReads.formUnion(evaluator.reads.read { $0 }) }
    let rules = conventions.read { $0 }
    do {
      let start = ContinuousClock.now
      let outcome = try evaluator.run(statement, &environment, source)
      let seconds = (ContinuousClock.now - start).seconds
      note(outcome, statement, source, seconds: seconds)
      trace(outcome, statement, source, evaluator, rules, seconds)
      show(outcome, statement, sink)
      return .done
    } catch {
      let fault = Fault(error).at(statement.span, in: source)
      if let value = fault.partial, !fault.data.isEmpty {
        if case .binding(let name, _) = statement.kind { partial = (name.text, value) }
        if case .pipeline = statement.kind { partial = (Lineage.Hidden.last, value) }
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

  // What the statement was made from, and what it left.
  private func trace(
    _ outcome: Evaluator.Outcome, _ statement: Statement, _ source: Source, _ evaluator: Evaluator,
    _ rules: ConventionSet, _ seconds: Double
  ) {
    var names = outcome.names
    switch statement.kind {
    case .binding: names.append(Lineage.Hidden.last)
    case .pipeline:
      if case .nothing = outcome.value {} else { names.append(Lineage.Hidden.last) }
      if conventions.read({ $0 != rules }) { names.append(Lineage.Hidden.conventions) }
    case .seed: names.append(Lineage.Hidden.seed)
    case .parameter, .function, .use, .assertion, .invalid: break
    }
    guard !names.isEmpty else { return }
    lineage.add(
      Self.text(of: statement, source), names: names,
      reads: lineage.reads(of: evaluator.reads.read { $0 }), seconds: seconds)
  }

  /// A statement as it was written, without what makes a job of it.
  static func text(of statement: Statement, _ source: Source) -> String {
    let text = source.text(statement.span)
    guard statement.isBackground else { return text }
    return String(text.dropFirst(2).drop { $0 == " " })
  }

  // The work of a fit that was interrupted is the one thing a cell that ended early leaves behind.
  private func keepPartial(_ source: Source) {
    guard let (name, value) = partial else { return }
    environment.last = value
    scope.lastResult = value.type
    if name != Lineage.Hidden.last {
      environment[name] = value
      scope[name] = Scope.Entry(value.type)
    }
    let text = source.text(Span(0, source.bytes.count))
    lineage.add(text, names: [name], reads: lineage.reads(of: []), seconds: 0)
    partial = nil
  }

  // Run-time values know more than the checker could: their columns, their length.
  func refreshed(_ name: String, _ types: Scope) -> Scope.Entry? {
    guard let value = environment[name] else { return nil }
    var entry = scope[name] ?? types[name] ?? Scope.Entry(value.type)
    if case .function = value { return entry }
    // A task does not know the columns it was made of; what the program says of them stays.
    if case (.task, .task) = (value.type, entry.type) {} else { entry.type = value.type }
    entry.shown = String(ValueText.short(value).prefix(40))
    entry.words = [String](value) ?? String(value).map { [$0] }
    return entry
  }
}
