// How other source files are seen from here: a path in, the names that the file defines out.

/// What is known about a module.
public enum ModuleResult: Sendable {
  /// The names it defines: `exports` of the checked file.
  case exports(Scope)
  /// There is no such file.
  case missing
  /// It does not check; its first complaint.
  case refused(Diagnostic)
  /// It uses itself, by way of these paths.
  case cycle([String])
  /// Cannot be told before the program runs.
  case unknown
}

/// Answers what modules define.
public protocol Modules: Sendable {
  /// Finds the module that `use "path"` in a source means.
  func module(at path: String, from source: Source) -> ModuleResult
}

/// Knows no module.
public struct NoModules: Modules {
  /// Creates it.
  public init() {}
  /// Says that nothing is known.
  public func module(at path: String, from source: Source) -> ModuleResult { .unknown }
}
