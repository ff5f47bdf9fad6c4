// The names in force while a program runs, and the root of its random numbers.

import FactorLang

/// Bindings by name; a value, so that a closure's capture can never change.
public struct Environment: Sendable {
  private var values: [String: Value] = [:]
  /// The root seed set by `seed`.
  var seed: UInt64 = 1
  /// The last result, `it`.
  var last: Value?
  /// How many calls of user functions are open.
  var depth = 0

  /// Creates an empty environment.
  public init() {}

  /// Reads or sets what a name stands for.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// All names, sorted.
  public var names: [String] { values.keys.sorted() }
}
