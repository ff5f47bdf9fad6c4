// What a body may use besides its arguments: budget, seed, ledger, notes and output.

import FactorLang
import FactorRuntime
import Models

/// The surroundings of one call.
public final class Context: Sendable {
  let budget: Budget
  let seed: UInt64
  /// The rows that a column function is computed for.
  let rows: (any ColumnSource)?
  /// The same, if they are a panel.
  var panel: Panel? { rows as? Panel }
  /// Options of the chosen variant, in the order written.
  let options: [(name: String, value: Value)]
  let events: EventSink
  /// The script's folder; empty at the prompt.
  let folder: String
  private let evaluator: Evaluator
  private let depth: Int

  init(
    budget: Budget, seed: UInt64, rows: (any ColumnSource)? = nil,
    options: [(name: String, value: Value)] = [], events: EventSink, folder: String,
    evaluator: Evaluator, depth: Int
  ) {
    (self.budget, self.seed, self.rows, self.options) = (budget, seed, rows, options)
    (self.events, self.folder, self.evaluator, self.depth) = (events, folder, evaluator, depth)
  }

  /// Notes a file that was read, and refuses it if the lock file promises another one.
  func record(_ panel: Panel, path: String, file: String) throws {
    guard let log = evaluator.log else { return }
    try log.add(DataRecord(panel, path: path, file: file))
  }

  /// Where fits are kept; nil for nowhere.
  var store: FitStore? { evaluator.shelf?.store(note) }

  /// What verbs do where a program does not say it.
  var conventions: ConventionSet { evaluator.conventions.read { $0 } }
  func setConventions(_ set: ConventionSet) { evaluator.conventions.change { $0 = set } }

  /// Calls a function of the user.
  func call(_ function: FunctionValue, _ arguments: Value...) throws -> Value {
    try evaluator.apply(function, arguments, seed: seed, depth: depth)
  }

  /// Compiles an expression over columns that was written elsewhere, such as in a model's file.
  func columnExpression(_ text: String) throws -> ColumnExpression {
    let source = Source(name: "target", text: "(\(text))")
    let program = Parser.parse(source)
    guard program.statements.count == 1, case .pipeline(let pipeline) = program.statements[0].kind,
      case .group(let inner)? = pipeline.soleExpression?.kind, let expression = inner.soleExpression
    else { throw Fault(.wrongType, "`\(text)` is no expression over columns") }
    let plan = Compiler(evaluator, Environment(), source).columns(
      expression, FrameScope(inside: nil))
    return ColumnExpression(
      code: plan.code, captures: [], expression: expression, source: source, evaluator: evaluator,
      seed: seed, depth: depth)
  }

  /// Puts a line in the ledger.
  func ledger(_ line: LedgerLine, detail: String = "", origin: String = "") {
    events.send(.ledger(LedgerEntry(line, detail: detail, origin: origin)))
  }

  /// Says a fact that belongs to the result.
  func note(_ text: String) { events.send(.note(text)) }

  /// The panel of a column function, or the fault that there is none.
  func requirePanel(_ function: String) throws -> Panel {
    guard let panel else {
      throw Fault(
        .wrongType, "`\(function)` works on the columns of a panel, inside a verb such as derive")
    }
    return panel
  }

  /// Where a file to read is.
  func reading(_ written: String) -> String { ScriptFolder.find(written, beside: folder) }
}

/// How relative paths are read: beside the script first, then in the current folder.
enum ScriptFolder {
  static func find(_ written: String, beside folder: String) -> String {
    guard !written.hasPrefix("/"), !folder.isEmpty else { return written }
    let beside = folder + "/" + written
    let isThere =
      FilePattern.isPattern(beside)
      ? (try? FilePattern.files(beside)) != nil : FileSystem.exists(beside)
    return isThere ? beside : written
  }

  /// The folder of a script.
  static func of(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// A line of the ledger with what happened to values.
public struct LedgerEntry: Sendable {
  public let line: LedgerLine
  /// What happened, where it is not a matter of rows.
  public let detail: String
  /// Whether a value was computed or recalled, where that is worth a word; depends on the day.
  public let origin: String

  init(_ line: LedgerLine, detail: String, origin: String = "") {
    (self.line, self.detail, self.origin) = (line, detail, origin)
  }
}

/// Something that happened while a statement ran, for the terminal, a notebook or a JSON stream.
public enum Event: Sendable {
  case ledger(LedgerEntry)
  case note(String)
  case progress(stage: String, FitProgress)
  case value(Value, name: String?)
  case diagnostic(Diagnostic)
  case artifact(path: String)
  /// Cells of a sweep, or items of a list, that failed without being allowed to.
  case failedCells(Int)
}

/// Where events go; may be called from any thread.
public protocol EventSink: Sendable {
  func send(_ event: Event)
}

/// Keeps events in a list.
public final class EventList: EventSink {
  private let events = Guarded<[Event]>([])
  public init() {}
  public func send(_ event: Event) { events.change { $0.append(event) } }
  /// The events so far.
  public var all: [Event] { events.read { $0 } }
}
