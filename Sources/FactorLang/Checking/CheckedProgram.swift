// What checking yields: complaints, the names in force afterwards, and the types along pipelines.

/// A program with what is known about it before it runs.
public struct CheckedProgram: Sendable {
  /// The program.
  public let program: Program
  /// What is wrong, grammar first; empty if the program can run.
  public let diagnostics: [Diagnostic]
  /// The names in force after the program.
  public let scope: Scope
  /// The types of the bindings that the program makes.
  public let bindings: [String: Type]
  /// For each stage, by the span of its verb, the type that flows in.
  public let inflows: [Span: Type]
  /// The type of the last statement's value.
  public let result: Type

  /// The names that the program defines itself: what it offers as a module.
  public var exports: Scope {
    var exports = Scope()
    for statement in program.statements {
      let name: Name
      switch statement.kind {
      case .binding(let binding, _): name = binding
      case .parameter(let declaration): name = declaration.name
      case .function(let declaration): name = declaration.name
      default: continue
      }
      exports[name.text] = scope[name.text]
    }
    return exports
  }

  /// Tells whether the program can run.
  public var isRunnable: Bool { !diagnostics.contains(where: \.isError) }
}
