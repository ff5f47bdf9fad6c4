// A statement being typed as rows for the screen: prompt, colours, what is hinted at behind the cursor,
// and lines below. A statement taller than the screen is seen through a window around the cursor.

import FactorLang
import FactorRuntime

/// What is to be seen of a statement.
struct InputView {
  var prompt = ""
  var text = ""
  /// The cursor as a byte offset into the text.
  var cursor = 0
  /// Stretches of the text with how they look, in order.
  var spans: [StyledSpan] = []
  /// What may follow the text; shown faintly.
  var ghost = ""
  /// Lines below the text, such as candidates; they may carry styles.
  var below: [String] = []

  /// Stands before all lines but the first; as wide as the prompt, so that columns agree.
  static let continuation = "... "

  /// Rows and where the cursor is among them.
  struct Picture: Equatable {
    var rows: [String] = []
    var widths: [Int] = []
    var cursor = EditRegion.Place()
  }

  /// Lays the statement out on a screen.
  func picture(columns: Int, height: Int) -> Picture {
    var layout = Layout(columns: max(4, columns))
    layout.put(Theme.style(prompt, .heading), width: TextWidth.of(prompt))
    lay(&layout)
    layout.endText(ghost)
    let lines = shownBelow(height - 2)
    let room = max(1, height - lines.count - 1)
    var picture = layout.window(room)
    if layout.count > room {
      picture.add(Theme.style(layout.place(room), .faint), columns)
    }
    for line in lines { picture.add(line, columns) }
    return picture
  }

  /// What is below the text, as far as there is room; what is not seen is said.
  private func shownBelow(_ room: Int) -> [String] {
    guard below.count > max(0, room) else { return below }
    guard room > 0 else { return [] }
    return below.prefix(room - 1) + [CompletionAnswer.saying(below.count - room + 1)]
  }

  private func lay(_ layout: inout Layout) {
    var spans = self.spans[...]
    var offset = 0
    for scalar in text.unicodeScalars {
      while let span = spans.first?.span, span.end <= offset {
        spans = spans.dropFirst()
        layout.end()
      }
      if let first = spans.first, first.span.start == offset { layout.begin(first.style) }
      if offset == cursor { layout.markCursor() }
      layout.put(scalar)
      offset += UTF8.width(scalar)
    }
    layout.end()
    if cursor >= offset { layout.markCursor() }
  }
}

extension InputView.Picture {
  /// Adds a line below, cut to the screen.
  mutating func add(_ line: String, _ columns: Int) {
    let plain = OutputGate.withoutMarks(line)
    let cut = TextWidth.of(plain) < columns ? line : TextWidth.cut(plain, to: columns - 1)
    rows.append(cut)
    widths.append(min(TextWidth.of(plain), columns - 1))
  }
}

/// Rows that fill up with characters.
private struct Layout {
  let columns: Int
  private var rows = [""]
  private var widths = [0]
  private var cursor = EditRegion.Place()
  private var open: (open: String, close: String)?

  init(columns: Int) { self.columns = columns }

  var count: Int { rows.count }

  private var width: Int { widths[widths.count - 1] }

  mutating func begin(_ style: StyleClass) {
    end()
    open = Theme.marks(for: style)
    rows[rows.count - 1] += open?.open ?? ""
  }

  mutating func end() {
    rows[rows.count - 1] += open?.close ?? ""
    open = nil
  }

  mutating func put(_ text: String, width: Int) {
    rows[rows.count - 1] += text
    widths[widths.count - 1] += width
  }

  mutating func put(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\n":
      newRow()
      let prompt = InputView.continuation
      put(Theme.style(prompt, .faint), width: prompt.utf8.count)
      rows[rows.count - 1] += open?.open ?? ""
    case "\t":
      for _ in 0..<(4 - width % 4) { add(" ", 1) }
    // Letters joined to one picture are shown apart: terminals do not agree on how wide the picture is.
    case "\u{200D}": add("\u{FFFD}", 1)
    default: add(String(scalar), TextWidth.of(Character(scalar)))
    }
  }

  private mutating func add(_ text: String, _ wanted: Int) {
    if width + wanted > columns {
      newRow()
      rows[rows.count - 1] += open?.open ?? ""
    }
    put(text, width: wanted)
  }

  private mutating func newRow() {
    rows[rows.count - 1] += open?.close ?? ""
    rows.append("")
    widths.append(0)
  }

  /// The next character will stand where the cursor is.
  mutating func markCursor() {
    if width >= columns { newRow() }
    cursor = EditRegion.Place(row: rows.count - 1, column: width)
  }

  /// Adds what may follow, as far as the row has room; of several lines the first.
  mutating func endText(_ ghost: String) {
    let room = columns - width - 1
    guard !ghost.isEmpty, room > 3 else { return }
    let line = ghost.prefix { !$0.isNewline }
    let shown = TextWidth.cut(line.count < ghost.count ? line + " …" : String(line), to: room)
    put(Theme.style(shown, .faint), width: TextWidth.of(shown))
  }

  /// The first of the rows that are seen.
  private func first(_ room: Int) -> Int {
    max(0, min(cursor.row - room / 2, rows.count - room))
  }

  /// The rows around the cursor that have room.
  func window(_ room: Int) -> InputView.Picture {
    let first = first(room)
    let shown = first..<min(rows.count, first + room)
    return InputView.Picture(
      rows: Array(rows[shown]), widths: Array(widths[shown]),
      cursor: EditRegion.Place(row: cursor.row - first, column: cursor.column))
  }

  /// Says what part of the rows is seen.
  func place(_ room: Int) -> String {
    let first = first(room)
    return "rows \(first + 1)-\(min(rows.count, first + room)) of \(rows.count)"
      + "  ·  Ctrl-X Ctrl-E opens an editor"
  }
}
