// What can go wrong with a file, as facts.

/// A fact that stopped a file from being read or written.
public enum FileError: Error, Equatable, Sendable {
  /// There is no such file or folder.
  case notFound(path: String)
  /// A file was expected and a folder found.
  case isFolder(path: String)
  /// A stream went on past 4 GB, as devices of zeros or random bytes do.
  case endless(path: String)
  /// A file was expected and a pipe or a device found.
  case stream(path: String)
  /// The system refused access.
  case denied(path: String)
  /// Another call failed; `reason` is the system's own wording.
  case failed(operation: String, path: String, reason: String)
  /// A compressed file ends early or is damaged; `offset` counts compressed bytes.
  case damaged(format: String, offset: Int, reason: String)
  /// A compressed file would grow past what is allowed.
  case tooLarge(compressed: Int, limit: Int)
  /// An archive has several files and none was chosen, or none at all.
  case severalMembers(names: [String])
  /// An archive has no file of that name.
  case noSuchMember(name: String, members: [String])
  /// An archive holds an archive.
  case nested
  /// A format that is not read, and what to do about it.
  case foreign(format: String, advice: String)
  /// A library that a format needs is not there; `command` gets it.
  case missingEngine(format: String, command: String)
  /// A reader refused the content of a file.
  case malformed(format: String, reason: String)
  /// A database has several tables, or none, and no question was asked.
  case severalTables(names: [String])
  /// A question to a database is refused, by us or by the engine.
  case refusedQuery(reason: String)
}

extension FileError {
  /// The fact as said to the one who wanted a file written, who knows nothing of the temporary one beside it.
  public func message(writing path: String) -> String {
    switch self {
    case .notFound: "the folder of `\(path)` does not exist"
    case .denied: "permission to write `\(path)` is denied"
    case .failed(_, _, let reason): "`\(path)` cannot be written: \(reason)"
    default: message
    }
  }

  /// The fact as a plain sentence.
  public var message: String {
    switch self {
    case .notFound(let path): "there is no file '\(path)'"
    case .isFolder(let path): "'\(path)' is a folder, not a file"
    case .endless(let path): "'\(path)' does not end within 4 GB"
    case .stream(let path): "'\(path)' is a pipe or a device, not a file"
    case .denied(let path): "permission to use '\(path)' is denied"
    case .failed(let operation, let path, let reason): "cannot \(operation) '\(path)': \(reason)"
    case .damaged(let format, let offset, let reason):
      "the \(format) data is damaged at byte \(offset): \(reason)"
    case .tooLarge(let compressed, let limit):
      "\(compressed) compressed bytes would unpack to more than \(limit) bytes"
    case .severalMembers(let names):
      names.isEmpty
        ? "the archive holds no file"
        : "the archive holds \(names.count) files: \(listed(names.map { "'\($0)'" }))"
    case .noSuchMember(let name, let members):
      "the archive has no file '\(name)'; it holds \(listed(members.map { "'\($0)'" }))"
    case .refusedQuery(let reason): "the query is refused: \(reason)"
    case .nested: "the file is packed twice: what is inside is an archive again"
    case .foreign(let format, _): "the file is \(format), which fq does not read"
    case .missingEngine(let format, _): "reading \(format) needs a library that is not here"
    case .malformed(let format, let reason): "the \(format) file cannot be read: \(reason)"
    case .severalTables(let names):
      names.isEmpty
        ? "the database holds no table"
        : "the database holds \(names.count) tables: \(listed(names.map { "'\($0)'" }))"
    }
  }
}
