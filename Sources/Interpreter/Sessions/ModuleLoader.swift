// Modules: scripts that are run for what they define. Each file is run once a session.
//
// A module sees nothing of the script that uses it, neither names nor seed nor parameters, so that it means the
// same wherever it is used; what it shows is not shown.

import FactorLang
import FactorRuntime

/// Loads modules beside the scripts that use them.
final class ModuleLoader: Sendable {
  private struct State {
    var loaded: [String: ModuleValue] = [:]
    var open: [String] = []
  }
  private let state = Guarded(State())
  private let catalog: StandardCatalog
  private let budget: Budget

  private let log: RunLog?

  init(catalog: StandardCatalog, budget: Budget, log: RunLog?) {
    (self.catalog, self.budget, self.log) = (catalog, budget, log)
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
    let checked = Checker.check(
      Parser.parse(source), catalog: catalog, files: HeaderSchemas(folder: folder))
    if let error = checked.diagnostics.first(where: \.isError) { throw Fault(error) }
    let evaluator = Evaluator(
      catalog: catalog, budget: budget, events: ModuleEvents(events), folder: folder, modules: self,
      log: log)
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
      scope: checked.scope)
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
    if case .progress = event { outer.send(event) }
  }
}
