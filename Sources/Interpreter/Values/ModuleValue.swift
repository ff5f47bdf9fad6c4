// A script used by another one: its bindings and functions under one name.

import FactorLang

/// The exports of a module, in the order of their definitions.
public struct ModuleValue: Sendable {
  public let name: String
  /// The file it was read from.
  public let path: String
  public let exports: [(name: String, value: Value)]
  /// What the checker knows of them.
  public let scope: Scope

  subscript(name: String) -> Value? { exports.last { $0.name == name }?.value }
}
