// A file of one JSON object a line to which sessions only ever append, each entry in one write, so that two of
// them never lose each other's lines; a line torn by a crash is skipped and not continued.

import FactorRuntime

/// What is kept from session to session: inputs, and the progress of learners.
final class EntryFile {
  private let path: String?
  /// Tells that the file ends in the middle of a line.
  private var isTorn = false

  /// Names a file; without one, nothing is kept.
  init(_ path: String?) { self.path = path }

  /// The entries at the end of the file, oldest first; foreign lines are left out.
  func entries(tail bytes: Int, atMost count: Int = .max) -> [JSON] {
    guard let path, let tail = FileSystem.readTail(path, limit: bytes) else { return [] }
    isTorn = tail.last.map { $0 != 0x0A } ?? false
    return tail.split(separator: 0x0A).suffix(count).compactMap { try? JSON(parsing: Array($0)) }
  }

  /// An entry as it would be added, and the file; nil where nothing is kept.
  func prepared(_ fields: [(String, String)]) -> (path: String, line: String)? {
    path.map { ($0, (isTorn ? "\n" : "") + FlatJSON.object(fields) + "\n") }
  }

  /// Adds an entry; false if it is not kept. What is kept is a comfort: a full disk or a read-only home must
  /// not stop the work.
  @discardableResult
  func append(_ fields: [(String, String)]) -> Bool {
    guard let entry = prepared(fields) else { return false }
    if let slash = entry.path.lastIndex(of: "/"), slash != entry.path.startIndex {
      try? FileSystem.makeFolders(String(entry.path[..<slash]))
    }
    guard FileSystem.append(Array(entry.line.utf8), to: entry.path) else { return false }
    isTorn = false
    return true
  }

  /// The file that a variable of the environment names, none if it is empty; else one in the folder for what
  /// programs keep.
  static func usualPath(
    _ variable: String, _ name: String, _ environment: (String) -> String?
  ) -> String? {
    if let path = environment(variable) { return path.isEmpty ? nil : path }
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/fq/" + name
    }
    return environment("HOME").map { $0 + "/.local/state/fq/" + name }
  }
}
