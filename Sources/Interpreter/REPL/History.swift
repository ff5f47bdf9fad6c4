// What was typed, kept in a file of one JSON object a line. Sessions only ever append, each entry
// in one write, so two of them never lose each other's lines; a line torn by a crash is skipped.

import FactorRuntime

/// The past inputs of all sessions.
final class History {
  /// Bytes read from the end of the file at start.
  private static let tailLimit = 1 << 20
  /// Entries offered at most.
  private static let entryLimit = 5000

  /// The texts, oldest first, neighbours distinct.
  private(set) var entries: [String] = []
  private let path: String?
  /// Tells that the file ends in the middle of a line.
  private var isTorn = false

  /// Reads the end of a file; without one, nothing is kept.
  init(path: String?) {
    self.path = path
    guard let path, let tail = Terminal.readTail(path, limit: Self.tailLimit) else { return }
    isTorn = tail.last.map { $0 != 0x0A } ?? false
    for line in tail.split(separator: 0x0A).suffix(Self.entryLimit) {
      if let text = (try? JSON(parsing: Array(line)))?["text"]?.text { note(text) }
    }
    entries = Array(entries.suffix(Self.entryLimit))
  }

  /// The file that the environment asks for; nil if it asks for none.
  static func usualPath(_ environment: (String) -> String?) -> String? {
    if let path = environment("FQ_HISTORY") { return path.isEmpty ? nil : path }
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/fq/history.jsonl"
    }
    return environment("HOME").map { $0 + "/.local/state/fq/history.jsonl" }
  }

  /// Adds an input with how it ended.
  func append(_ text: String, status: String, milliseconds: Int) {
    guard !text.allSatisfy({ $0 == " " || $0 == "\n" }) else { return }
    note(text)
    guard let entry = entry(text, status: status, milliseconds: milliseconds) else { return }
    Self.makeFolders(above: entry.path)
    // History is a comfort: a full disk or a read-only home must not stop the work.
    if Terminal.append(Array(entry.line.utf8), to: entry.path) { isTorn = false }
  }

  /// The file and the line that an input is kept in; nil where nothing is kept.
  func entry(_ text: String, status: String, milliseconds: Int) -> (path: String, line: String)? {
    guard let path else { return nil }
    let line = FlatJSON.object([
      ("text", FlatJSON.quote(text)),
      ("time", "\(Terminal.secondsSinceEpoch)"),
      ("cwd", FlatJSON.quote(Terminal.workingFolder)),
      ("status", FlatJSON.quote(status)),
      ("ms", "\(milliseconds)"),
    ])
    return (path, (isTorn ? "\n" : "") + line + "\n")
  }

  private func note(_ text: String) {
    if entries.last != text { entries.append(text) }
  }

  static func makeFolders(above path: String) {
    var folder = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      folder += part
      if !folder.isEmpty, !FileSystem.exists(folder) { try? FileSystem.makeFolder(folder) }
      folder += "/"
    }
  }
}
