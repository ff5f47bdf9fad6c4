// What the keys do, read from the bindings in force: defaults, ours, and those of the user's .editrc.

import FactorRuntime

enum Keys {
  /// What functions do, in the order of the list; the rest of libedit's is known to those who bind it.
  private static let functions: [(name: String, sentence: String)] = [
    ("fq-complete", "completes, or lists what can follow"),
    ("fq-enter", "runs the statement if it is whole, else begins another line"),
    ("fq-newline", "begins another line in any case"),
    ("fq-up", "goes a line up, then to what began like the text"),
    ("fq-down", "goes a line down, then to newer statements"),
    ("fq-older", "goes to an older statement at once"), ("fq-newer", "goes to a newer one"),
    ("fq-search", "searches past statements for words"),
    ("fq-right", "goes right; at the end takes what is hinted at"),
    ("ed-prev-char", "goes left"),
    ("fq-next-word", "goes a word on; at the end takes a word of the hint"),
    ("fq-previous-word", "goes a word back"),
    ("fq-home", "goes to the beginning of the line"),
    ("fq-end", "goes to the end of the line; there takes what is hinted at"),
    ("em-delete-prev-char", "deletes the character before the cursor"),
    ("ed-delete-next-char", "deletes the character at the cursor"),
    ("em-delete-or-list", "deletes at the cursor; on an empty line ends the shell"),
    ("fq-kill-previous-word", "deletes a word back"), ("fq-kill-next-word", "deletes a word on"),
    ("fq-kill-line", "deletes to the end of the line"),
    ("fq-kill-start", "deletes to the beginning of the line"),
    ("fq-put-back", "puts back what was deleted last"), ("fq-undo", "takes the last change back"),
    ("fq-edit-outside", "opens the statement in your editor ($EDITOR)"),
    ("fq-clear", "clears the screen"),
  ]

  /// Names of the private sequences that keys without a letter arrive as.
  private static let privateKeys: [Character: String] = [
    "a": "Up", "b": "Down", "c": "Right", "d": "Left", "e": "Ctrl-Right", "f": "Ctrl-Left",
    "g": "Home", "h": "End", "i": "Delete", "k": "Alt-Enter", "m": "Ctrl-Delete", "n": "Ctrl-_",
  ]

  /// A line for each thing that keys do, from what libedit prints of its bindings.
  static func lines(_ bindings: String) -> [String] {
    var keys: [String: [String]] = [:]
    var isOurs = true
    for line in bindings.split(separator: "\n") {
      let parts = line.split(separator: " ").map(String.init)
      guard let arrow = parts.firstIndex(of: "->"), arrow > 0, arrow + 1 < parts.count,
        let name = name(of: parts[0])
      else {
        // What holds in vi's command mode is known to those who use it.
        if let head = line.first, head.isLetter { isOurs = !"Alternative Arrow".contains(parts[0]) }
        continue
      }
      guard isOurs else { continue }
      keys[parts[arrow + 1], default: []].append(name)
    }
    let known = functions.compactMap { function -> String? in
      guard let names = keys[function.name], !names.isEmpty else { return nil }
      let shown = Set(names).sorted { rank($0) < rank($1) }.prefix(3).joined(separator: ", ")
      return "  " + TextWidth.padded(shown, to: 26) + " " + function.sentence
    }
    return known + [
      "  " + TextWidth.padded("Ctrl-C", to: 26) + " gives up the line, or stops what runs"
    ]
  }

  // Keys with a name of their own come first.
  private static func rank(_ name: String) -> (Int, String) {
    (["Alt-", "Ctrl-"].firstIndex { name.hasPrefix($0) && name.count == $0.count + 1 } ?? -1, name)
  }

  /// A key as people say it, from libedit's notation in quotes; nil for ranges and unknown bytes.
  private static func name(of notation: String) -> String? {
    guard notation.hasPrefix("\""), notation.hasSuffix("\""), notation.count > 2 else { return nil }
    var text = notation.dropFirst().dropLast()[...]
    if text.hasPrefix("^_"), let letter = text.dropFirst(2).first {
      return text.count == 3 ? privateKeys[letter] : nil
    }
    var prefix = ""
    if text.hasPrefix("^[") || text.hasPrefix("\\e") {
      prefix = "Alt-"
      text = text.dropFirst(2)
    }
    let special = ["^I": "Tab", "^M": "Enter", "^J": "Ctrl-J", "^?": "Backspace", "^H": "Ctrl-H"]
    if let name = special[String(text)] { return prefix + name }
    let keys = text.split(separator: "^", omittingEmptySubsequences: true)
    if text.hasPrefix("^"), keys.allSatisfy({ $0.count == 1 }) {
      return prefix + keys.map { "Ctrl-" + $0 }.joined(separator: " ")
    }
    return text.count == 1 ? prefix + text : nil
  }
}
