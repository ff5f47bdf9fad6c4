// The rows on the screen in which a statement is edited, and how to get from one picture of them to
// the next. Rows that stay are not written again, so that nothing flickers and a key costs little.

/// A picture: rows of finished text and a cursor.
struct EditRegion: Equatable {
  /// A row as the terminal gets it, and the columns it takes.
  struct Row: Equatable {
    var text: String
    var width: Int
  }

  /// A place on the screen, from the first row and column of the region.
  struct Place: Equatable {
    var row = 0
    var column = 0
  }

  var rows: [Row] = []
  var cursor = Place()
  /// The columns of the terminal.
  var columns = 80

  /// What to write to have this picture in place of another, with the cursor left where it belongs.
  func update(from old: EditRegion) -> String {
    guard columns == old.columns || old.rows.isEmpty else { return old.erased(in: columns) + fresh }
    let same = zip(rows, old.rows).prefix { $0 == $1 }.count
    if same == rows.count, rows.count == old.rows.count {
      return Self.move(from: old.cursor, to: cursor)
    }
    // The terminal may have echoed a Ctrl-C that came between two statements.
    if old.rows.isEmpty { return "\r" + fresh }
    // The first row to write may lie just below the last one there is.
    let start = min(same, old.rows.count - 1, rows.count - 1)
    var text = "\u{1B}[?25l" + Self.move(from: old.cursor, to: Place(row: start, column: 0))
    text += written(from: start, erasesBelow: old.rows.count > rows.count)
    return text + Self.move(from: end, to: cursor) + "\u{1B}[?25h"
  }

  /// What to write to have this picture where the cursor stands at the beginning of a row.
  var fresh: String {
    written(from: 0, erasesBelow: true) + Self.move(from: end, to: cursor)
  }

  /// What to write to be rid of this picture on a terminal that is `width` columns wide now: one that
  /// became narrower has broken the rows.
  func erased(in width: Int? = nil) -> String {
    let width = max(1, width ?? columns)
    var above = cursor.column / width
    for row in rows.prefix(cursor.row) { above += max(1, (row.width + width - 1) / width) }
    return Self.up(above) + "\r\u{1B}[J"
  }

  /// What to write to leave this picture on the screen and go on below it.
  var left: String {
    let below = rows.count - 1 - cursor.row
    return (below > 0 ? "\u{1B}[\(below)B" : "") + "\r\n"
  }

  /// Where the cursor is after the last row was written.
  private var end: Place { Place(row: rows.count - 1, column: rows.last?.width ?? 0) }

  private func written(from first: Int, erasesBelow: Bool) -> String {
    var text = ""
    for (index, row) in rows.enumerated().dropFirst(first) {
      if index > first { text += "\r\n" }
      // At the last column the terminal waits before it goes to the next row; erasing there would
      // take the last letter away, so that a full row is erased before.
      let isFull = row.width >= columns
      let erase = erasesBelow && index == rows.count - 1 ? "\u{1B}[J" : "\u{1B}[K"
      text += isFull ? erase + row.text : row.text + erase
    }
    return text
  }

  private static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }

  private static func move(from old: Place, to new: Place) -> String {
    guard old != new else { return "" }
    var text = up(old.row - new.row)
    if new.row > old.row { text += "\u{1B}[\(new.row - old.row)B" }
    return text + "\r" + (new.column > 0 ? "\u{1B}[\(new.column)C" : "")
  }
}
