// Going through past statements: with the arrow keys, by the beginning that was typed; by a search for
// words; and the statement that the typed text may become.

/// Where one is among the past statements while one line is edited.
struct Recall {
  /// The statements, oldest first.
  let entries: [String]
  /// How many lie before the text that is edited; all of them at first.
  private var position: Int
  /// What was made of entries, without changing them.
  private var edits: [Int: String] = [:]
  /// What the statements begin with that are gone through.
  private var beginning = ""

  init(_ entries: [String]) {
    self.entries = entries
    position = entries.count
  }

  /// Moves to an older (-1) or newer (+1) statement; nil if there is none.
  mutating func move(_ direction: Int, from text: String) -> String? {
    edits[position] = text
    if position == entries.count { beginning = text }
    var next = position + direction
    while entries.indices.contains(next), skips(next, text) { next += direction }
    guard next >= 0, next <= entries.count, next != position else { return nil }
    position = next
    return edits[next] ?? (next < entries.count ? entries[next] : "")
  }

  // One that looks like the present text would seem to be a key that does nothing.
  private func skips(_ place: Int, _ text: String) -> Bool {
    !entries[place].hasPrefix(beginning) || entries[place] == text
  }

  /// The latest statement that goes on from a text; nil if none does or the text is too short to tell.
  func continuation(of text: String) -> String? {
    guard text.utf8.count > 1, !text.hasSuffix("\n") else { return nil }
    let found = entries.last { $0.utf8.count > text.utf8.count && $0.utf8.starts(with: text.utf8) }
    return found.map { String($0.utf8.dropFirst(text.utf8.count)) ?? "" }
  }
}

/// A search for words among past statements, with each key.
struct HistorySearch {
  private(set) var words = ""
  /// The statement found; nil while nothing was typed or nothing fits.
  private(set) var found: String?
  /// What was edited before.
  let original: String
  private let entries: [String]
  private var position: Int

  init(_ entries: [String], original: String) {
    (self.entries, self.original) = (entries, original)
    position = entries.count
  }

  /// Adds a letter and looks again from here on.
  mutating func type(_ letter: Character) {
    words.append(letter)
    position = min(position + 1, entries.count)
    look()
  }

  /// Takes a letter back and looks again from the latest.
  mutating func erase() {
    if !words.isEmpty { words.removeLast() }
    position = entries.count
    found = nil
    if !words.isEmpty { look() }
  }

  /// Goes on to the next older statement with the words; false if there is none.
  mutating func older() -> Bool {
    let before = (position, found)
    look(except: found)
    if found == nil { (position, found) = before }
    return position != before.0
  }

  private mutating func look(except shown: String? = nil) {
    let wanted = words.lowercased().split(separator: " ")
    let place = entries[..<position].lastIndex { entry in
      let text = entry.lowercased()
      return entry != shown && wanted.allSatisfy { text.contains($0) }
    }
    found = place.map { entries[$0] }
    if let place { position = place }
  }
}
