// What was typed, with how it ended, in a file that all sessions share.

import FactorRuntime

/// The past inputs of all sessions.
final class History {
  /// Bytes read from the end of the file at start.
  private static let tailLimit = 1 << 20
  /// Bytes of an input that is kept; one as long as the end of the file that is read would hide all others.
  private static let longestEntry = 1 << 17
  /// Entries offered at most.
  private static let entryLimit = 5000

  /// The texts, oldest first, neighbours distinct.
  private(set) var entries: [String] = []
  private let file: EntryFile

  /// Reads the end of a file; without one, nothing is kept.
  init(path: String?) {
    file = EntryFile(path)
    for entry in file.entries(tail: Self.tailLimit, atMost: Self.entryLimit) {
      if let text = entry["text"]?.text { note(text) }
    }
  }

  /// The file that the environment asks for; nil if it asks for none.
  static func usualPath(_ environment: (String) -> String?) -> String? {
    EntryFile.usualPath("FQ_HISTORY", "history.jsonl", environment)
  }

  /// Adds an input with how it ended.
  func append(_ text: String, status: String, milliseconds: Int) {
    guard !text.allSatisfy({ $0 == " " || $0 == "\n" }) else { return }
    note(text)
    guard text.utf8.count <= Self.longestEntry else { return }
    file.append(Self.fields(text, status, milliseconds))
  }

  /// The file and the line that an input is kept in; nil where nothing is kept.
  func entry(_ text: String, status: String, milliseconds: Int) -> (path: String, line: String)? {
    file.prepared(Self.fields(text, status, milliseconds))
  }

  private static func fields(
    _ text: String, _ status: String, _ milliseconds: Int
  ) -> [(String, String)] {
    [
      ("text", FlatJSON.quote(text)), ("time", "\(WallClock.seconds)"),
      ("cwd", FlatJSON.quote(FileSystem.workingFolder)), ("status", FlatJSON.quote(status)),
      ("ms", "\(milliseconds)"),
    ]
  }

  private func note(_ text: String) {
    if entries.last != text { entries.append(text) }
  }
}
