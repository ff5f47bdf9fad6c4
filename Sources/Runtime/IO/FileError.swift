// What can go wrong with a file, as facts.

/// A fact that stopped a file from being read or written.
public enum FileError: Error, Equatable, Sendable {
  /// There is no such file or folder.
  case notFound(path: String)
  /// A file was expected and a folder found.
  case isFolder(path: String)
  /// A stream went on past 4 GB, as devices of zeros or random bytes do.
  case endless(path: String)
  /// The system refused access.
  case denied(path: String)
  /// Another call failed; `reason` is the system's own wording.
  case failed(operation: String, path: String, reason: String)
  /// A compressed file ends early or is damaged; `offset` counts compressed bytes.
  case damaged(format: String, offset: Int, reason: String)
  /// A compressed file would grow past what is allowed.
  case tooLarge(compressed: Int, limit: Int)
}

extension FileError {
  /// The fact as a plain sentence.
  public var message: String {
    switch self {
    case .notFound(let path): "there is no file '\(path)'"
    case .isFolder(let path): "'\(path)' is a folder, not a file"
    case .endless(let path): "'\(path)' does not end within 4 GB"
    case .denied(let path): "permission to use '\(path)' is denied"
    case .failed(let operation, let path, let reason): "cannot \(operation) '\(path)': \(reason)"
    case .damaged(let format, let offset, let reason):
      "the \(format) data is damaged at byte \(offset): \(reason)"
    case .tooLarge(let compressed, let limit):
      "\(compressed) compressed bytes would unpack to more than \(limit) bytes"
    }
  }
}
