// How the bridge is seen from here: names to signatures, members of types, and the headers of
// files.

/// A member of a value, such as `m.best`.
public struct MemberInfo: Sendable, Hashable {
  /// The name.
  public let name: String
  /// The type of its value.
  public let type: Type
  /// What it is, in a sentence.
  public let sentence: String

  /// Creates a member.
  public init(_ name: String, _ type: Type, _ sentence: String = "") {
    self.name = name
    self.type = type
    self.sentence = sentence
  }
}

/// Answers what built-ins there are.
public protocol Catalog: Sendable {
  /// Finds a callable by its full name.
  func signature(named name: String) -> Signature?
  /// The names of all callables.
  var names: [String] { get }
  /// Gives the members of a type besides its columns; nil if they are not known.
  func members(of type: Type) -> [MemberInfo]?
  /// Gives the type of a built-in value such as `stdin`.
  func constant(named name: String) -> Type?
}

extension Catalog {
  /// Knows no members.
  public func members(of type: Type) -> [MemberInfo]? { nil }
  /// Knows no values.
  public func constant(named name: String) -> Type? { nil }
}

/// A file whose columns are asked for.
public struct FileRequest: Sendable {
  /// The path as written.
  public let path: String
  /// The columns named by `keys:`.
  public let keys: [String]
  /// The options as written, by name.
  public let options: [String: String]
}

/// What is known about the columns of a file.
public enum FileSchemaResult: Sendable {
  case found(Schema)
  case missing
  case unreadable(String)
  /// The file is there, and what it holds cannot be a panel: the code and the words.
  case refused(Code, String, helps: [String], notes: [String])
  /// Cannot be told before the program runs.
  case unknown
}

/// Answers what columns files have.
public protocol FileSchemas: Sendable {
  /// Finds the columns of a file.
  func schema(of request: FileRequest) -> FileSchemaResult
}

/// Knows no file.
public struct NoFiles: FileSchemas {
  /// Creates it.
  public init() {}
  /// Says that nothing is known.
  public func schema(of request: FileRequest) -> FileSchemaResult { .unknown }
}
