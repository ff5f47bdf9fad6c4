// Modules: scripts that are run for what they define. Each file is run once a session.
//
// A module sees nothing of the script that uses it, neither names nor seed nor parameters, so that it means the
// same wherever it is used; what it shows is not shown.

import FactorLang
import FactorRuntime

/// Loads modules beside the scripts that use them.
final class ModuleLoader: Sendable {
  private struct State {
    var checked: [String: CheckedProgram] = [:]
    /// The modules being checked, each using the next.
    var checking: [String] = []
    var loaded: [String: ModuleValue] = [:]
    var open: [String] = []
  }
  private let state = Guarded(State())
  private var catalog: StandardCatalog { .standard }
  private let budget: Budget

  private let log: RunLog?
  private let shelf: FitShelf?

  /// The folder of the script, which a source typed at the prompt has no name for.
  private let folder: String

  init(budget: Budget, folder: String = "", log: RunLog?, shelf: FitShelf? = nil) {
    (self.budget, self.folder, self.log, self.shelf) = (budget, folder, log, shelf)
  }

  /// The modules loaded so far, by path.
  var loaded: [ModuleValue] {
    state.read { $0.loaded.values.sorted { $0.path < $1.path } }
  }

  /// Runs a module, or gives what running it gave before.
  func module(_ written: String, beside folder: String, events: EventSink) throws -> ModuleValue {
    let path = ScriptFolder.find(written, beside: folder)
    if let known = state.read({ $0.loaded[path] }) { return known }
    let open = state.read { $0.open }
    if let start = open.firstIndex(of: path) {
      throw Fault(
        .moduleCycle,
        "modules use each other in a circle: "
          + (open[start...] + [path]).map { ModuleName.file($0) }.joined(separator: " → "))
    }
    let bytes: [UInt8]
    do { bytes = try FileSystem.read(path) } catch {
      throw Fault(.unusableModule, "the module cannot be read: \(error.message)")
    }
    state.change { $0.open.append(path) }
    defer { state.change { $0.open.removeLast() } }
    let module = try run(Source(name: path, bytes: bytes), events)
    state.change { $0.loaded[path] = module }
    return module
  }

  private func run(_ source: Source, _ events: EventSink) throws -> ModuleValue {
    let folder = ScriptFolder.of(source.name)
    let checked = check(source)
    if let error = checked.diagnostics.first(where: \.isError) { throw Fault(error) }
    let evaluator = Evaluator(
      catalog: catalog, budget: budget, events: ModuleEvents(events), folder: folder, modules: self,
      log: log, shelf: shelf)
    var environment = Environment()
    var names: [String] = []
    for statement in checked.program.statements {
      do {
        let outcome = try evaluator.run(statement, &environment, source)
        names += outcome.names.filter { !names.contains($0) }
      } catch {
        throw Fault(error).at(statement.span, in: source)
      }
    }
    return ModuleValue(
      name: ModuleName.stem(source.name), path: source.name,
      exports: names.compactMap { name in environment[name].map { (name, $0) } },
      scope: checked.exports)
  }
}

extension ModuleLoader: Modules {
  func module(at written: String, from source: Source) -> ModuleResult {
    let isModule = state.read {
      $0.checking.contains(source.name) || $0.checked[source.name] != nil
    }
    let path = ScriptFolder.find(
      written, beside: isModule ? ScriptFolder.of(source.name) : folder)
    let known = state.read { (checked: $0.checked[path], checking: $0.checking) }
    if let checked = known.checked { return Self.result(checked) }
    if let start = known.checking.firstIndex(of: path) {
      return .cycle((known.checking[start...] + [path]).map(ModuleName.file))
    }
    guard FileSystem.exists(path) else { return .missing }
    guard let bytes = try? FileSystem.read(path) else { return .unknown }
    state.change { $0.checking.append(path) }
    defer { state.change { $0.checking.removeLast() } }
    return Self.result(check(Source(name: path, bytes: bytes)))
  }

  private static func result(_ checked: CheckedProgram) -> ModuleResult {
    checked.diagnostics.first(where: \.isError).map { .refused($0) } ?? .exports(checked.exports)
  }

  /// Checks a module, once.
  private func check(_ source: Source) -> CheckedProgram {
    if let known = state.read({ $0.checked[source.name] }),
      known.program.source.bytes == source.bytes
    {
      return known
    }
    let checked = Checker.check(
      Parser.parse(source), catalog: catalog,
      files: HeaderSchemas(folder: ScriptFolder.of(source.name)), modules: self, asModule: true)
    state.change { $0.checked[source.name] = checked }
    return checked
  }
}

/// How modules are named after their files.
enum ModuleName {
  static func file(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func stem(_ path: String) -> String {
    let file = file(path)
    return file.split(separator: ".").first.map(String.init) ?? file
  }
}

/// Lets through what is not display: a module shows nothing, but its fits report their progress.
private struct ModuleEvents: EventSink {
  private let outer: EventSink

  init(_ outer: EventSink) { self.outer = outer }

  func send(_ event: Event) {
    switch event {
    case .progress, .failedCells: outer.send(event)
    default: break
    }
  }
}
