// A terminal's screen in few words: what the prompt writes is played on it, so that tests compare pictures
// and not bytes. It knows exactly what the prompt may write; anything else is a failed test.

import Testing

@testable import FactorRuntime

/// A screen of characters with a cursor, on which a terminal's bytes are played.
struct ScreenModel {
  let columns: Int
  let height: Int
  private(set) var rows: [[Character]]
  private(set) var cursor = (row: 0, column: 0)
  /// Lines that went off the top.
  private(set) var scrolled: [String] = []
  /// The last column was written: the next character begins a row.
  private var isPending = false

  init(columns: Int, height: Int) {
    (self.columns, self.height) = (columns, height)
    rows = Array(repeating: Array(repeating: " ", count: columns), count: height)
  }

  /// An empty screen of another size, in the middle of the same bytes.
  func resized(columns: Int, height: Int) -> ScreenModel {
    var other = ScreenModel(columns: columns, height: height)
    other.carried = carried
    return other
  }

  /// The rows as text, without what is blank at their ends and below.
  var lines: [String] {
    var lines = rows.map(Self.text)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func text(_ row: [Character]) -> String {
    // The second half of a wide character is no character.
    var text = String(row.filter { $0 != "\u{0}" })
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The beginning of a sequence whose end has not come yet.
  private var carried = ""

  mutating func play(_ text: String) {
    let all = carried + text
    carried = ""
    var rest = all.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r":
        cursor.column = 0
        isPending = false
      case "\n": newline()
      // Only the terminal itself writes one: the echo of a key that came while something ran.
      case "\t": cursor.column = min(columns - 1, cursor.column / 8 * 8 + 8)
      // So is this, of Backspace.
      case "\u{8}": (isPending, cursor.column) = (false, max(0, cursor.column - 1))
      case "\u{1B}": escape(&rest)
      case "\u{7}": break
      default: put(Character(scalar))
      }
    }
  }

  // As drivers do it, a line feed also goes to the first column.
  private mutating func newline() {
    (isPending, cursor.column) = (false, 0)
    cursor.row += 1
    guard cursor.row == height else { return }
    scrolled.append(Self.text(rows.removeFirst()))
    rows.append(Array(repeating: " ", count: columns))
    cursor.row -= 1
  }

  private mutating func reverseLine() {
    isPending = false
    guard cursor.row == 0 else { return cursor.row -= 1 }
    rows.removeLast()
    rows.insert(Array(repeating: " ", count: columns), at: 0)
  }

  private mutating func put(_ character: Character) {
    let width = TextWidth.of(character)
    guard width > 0 else { return mark(character) }
    guard width <= columns else { return }
    if isPending || cursor.column + width > columns {
      cursor.column = 0
      newline()
    }
    rows[cursor.row][cursor.column] = character
    if width == 2 { rows[cursor.row][cursor.column + 1] = "\u{0}" }
    cursor.column += width
    isPending = cursor.column == columns
    if isPending { cursor.column -= 1 }
  }

  // A mark belongs to the character before it.
  private mutating func mark(_ character: Character) {
    let isMark = character.unicodeScalars.allSatisfy { $0.value >= 0x300 }
    #expect(isMark, "\(character.unicodeScalars.map(\.value))")
    guard isMark else { return }
    var place = isPending ? cursor.column : cursor.column - 1
    if place > 0, rows[cursor.row][place] == "\u{0}" { place -= 1 }
    guard place >= 0 else { return }
    rows[cursor.row][place] = Character(String(rows[cursor.row][place]) + String(character))
  }

  private mutating func escape(_ rest: inout Substring.UnicodeScalarView) {
    var parameters = ""
    var isBegun = false
    while let scalar = rest.popFirst() {
      if !isBegun {
        // What a pager says of the keypad, and how it goes back a line.
        if scalar == "=" || scalar == ">" { return }
        if scalar == "M" { return reverseLine() }
        #expect(scalar == "[")
        isBegun = true
      } else if scalar.properties.isAlphabetic {
        return act(scalar, parameters)
      } else {
        parameters.unicodeScalars.append(scalar)
      }
    }
    carried = "\u{1B}" + (isBegun ? "[" : "") + parameters
  }

  private mutating func act(_ final: Unicode.Scalar, _ parameters: String) {
    let count = Int(parameters) ?? 1
    switch final {
    case "m": return
    case "h", "l": #expect(["?25", "?2004", "?1"].contains(parameters))
    case "A": cursor.row = max(0, cursor.row - count)
    case "B": cursor.row = min(height - 1, cursor.row + count)
    case "C": cursor.column = min(columns - 1, cursor.column + count)
    case "H": cursor = (0, 0)
    case "K": clear(cursor.row, from: cursor.column)
    case "J":
      if parameters == "2" { return (0..<height).forEach { clear($0, from: 0) } }
      clear(cursor.row, from: cursor.column)
      for row in (cursor.row + 1)..<max(height, cursor.row + 1) { clear(row, from: 0) }
    default: Issue.record("the prompt wrote ESC [ \(parameters)\(final)")
    }
    isPending = false
  }

  private mutating func clear(_ row: Int, from column: Int) {
    for place in column..<columns { rows[row][place] = " " }
  }
}
