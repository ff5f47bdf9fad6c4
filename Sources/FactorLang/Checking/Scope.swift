// The names in force: variables, parameters, functions and modules of the user, and the last
// result.

/// The names that a program sees and adds to; a value that a session carries from cell to cell.
public struct Scope: Sendable {
  /// One name and what is known of it.
  public struct Entry: Sendable {
    /// The type of the value.
    public var type: Type
    /// How it is called, if it is a function.
    public var signature: Signature?
    /// Where it was defined.
    public var definedAt: Location?
    /// Its value in a few characters, for messages.
    public var shown: String?
    /// Its value if it is a known string or list of strings; sets of columns are such lists.
    public var words: [String]?
    /// Tells whether a caller may replace its value (`param`).
    public var isParameter: Bool
    /// Its value if it was written out.
    public var literal: Literal?
    /// What a module defines, if it is one that could be read.
    public var exports: Scope?
    /// How a function of the user is checked again for the arguments of a call.
    public var body: FunctionBody?

    /// Creates an entry.
    public init(
      _ type: Type, signature: Signature? = nil, definedAt: Location? = nil, shown: String? = nil,
      words: [String]? = nil, isParameter: Bool = false
    ) {
      self.type = type
      self.signature = signature
      self.definedAt = definedAt
      self.shown = shown
      self.words = words
      self.isParameter = isParameter
    }
  }

  private var entries: [String: Entry] = [:]
  /// The type of the last result, `it`; nil if there is none.
  public var lastResult: Type?

  /// Creates an empty scope.
  public init() {}

  /// Reads or writes what a name stands for.
  public subscript(name: String) -> Entry? {
    get { entries[name] }
    set { entries[name] = newValue }
  }

  /// All names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// The names of functions, sorted.
  public var functionNames: [String] {
    entries.filter { $0.value.signature != nil }.keys.sorted()
  }
}

/// The body of a user's function and the names it was written among.
public final class FunctionBody: Sendable {
  let declaration: FunctionDeclaration
  let program: Program
  let scope: Scope

  init(_ declaration: FunctionDeclaration, _ program: Program, _ scope: Scope) {
    (self.declaration, self.program, self.scope) = (declaration, program, scope)
  }
}

extension Scope.Entry {
  /// The value written out, unless a caller may replace it.
  var fixedLiteral: Literal? { isParameter ? nil : literal }
  /// The words written out, unless a caller may replace them.
  var fixedWords: [String]? { isParameter ? nil : words }
}
