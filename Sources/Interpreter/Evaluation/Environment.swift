// The names in force while a program runs, and the root of its random numbers.

import FactorLang

/// The bindings of a session by name. Code looks them up once, when it is compiled.
public struct Environment: Sendable {
  private var values: [String: Value] = [:]
  /// The root seed set by `seed`.
  var seed: UInt64 = 1
  /// The last result, `it`.
  var last: Value?

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
