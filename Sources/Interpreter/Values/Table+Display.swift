// Tables in the terminal: head and tail rows, what is hidden and how to see it, and rows turned sideways.

import FactorLang
import FactorRuntime

/// How one value is to be shown, where `show` was told.
struct ValueView: Sendable {
  /// Rows at most; nil for the usual number.
  var rows: Int?
  /// Whether each row is shown as lines, a column a line.
  var isSideways = false
  /// Whether everything known of it is shown.
  var isFull = false
}

/// The rows of a table that are shown: the first, and some of the last.
struct RowWindow {
  let head: Int
  let tail: Int
  let total: Int

  /// A third of the room goes to the end.
  init(_ total: Int, limit: Int) {
    self.total = total
    tail = total <= limit ? 0 : limit / 3
    head = total <= limit ? total : limit - tail
  }

  /// The first rows only.
  init(first: Int, of total: Int) {
    (head, tail, self.total) = (min(first, total), 0, total)
  }

  var rows: [Int] { Array(0..<head) + Array((total - tail)..<total) }
  var hidden: Int { total - head - tail }

  /// The line that stands for the rows left out; nil where there are none.
  func words(_ options: DisplayOptions) -> String? {
    guard hidden > 0 else { return nil }
    let noun = total == 1 ? "row" : "rows"
    let words = "… \(NumberFormat.count(hidden)) of \(NumberFormat.count(total)) \(noun) not shown"
    return options.isPrompt ? words + ": show it, rows: all" : words
  }
}

extension Table {
  func display(_ options: DisplayOptions) -> [String] {
    if format != .text { return document.lines(format) }
    let head = title.map { TextWidth.wrapped(VisibleText.line($0), to: options.width) } ?? []
    let foot = notes.flatMap {
      TextWidth.wrapped(VisibleText.line($0), to: options.width, indent: 4)
    }
    if view.isSideways { return head + sidewaysLines(options) + foot }
    if isFactList { return head + factLines(options.width) }
    if let blocks { return head + blockLines(blocks, options) + foot }
    return head + lines(RowWindow(count, limit: view.rows ?? options.tableRows), options) + foot
  }

  /// The rows of a window as aligned columns; what does not fit is counted.
  func lines(_ window: RowWindow, keys: Int = 1, _ options: DisplayOptions) -> [String] {
    layout(window, keys: keys, options).lines(width: options.width)
  }

  private func layout(_ window: RowWindow, keys: Int, _ options: DisplayOptions) -> TableLayout {
    let shown = gathered(window.rows)
    return TableLayout(
      shown.columns.map { name, column in
        TableLayout.Column(
          name, column.cells(digits: digits, decimals: decimals[name]),
          column.numbers == nil ? .left : .right)
      }, keys: keys, gap: window.words(options).map { .init(after: window.head, $0) })
  }

  // A word and its text, which goes on under itself.
  private func factLines(_ width: Int) -> [String] {
    func texts(_ column: Column?) -> [String] {
      (0..<count).map { VisibleText.line(column?.text(at: $0) ?? "") }
    }
    return Self.besides(texts(columns.first?.column), texts(columns.last?.column), width)
  }

  private static func besides(_ names: [String], _ texts: [String], _ width: Int) -> [String] {
    let indent = min(22, names.map { TextWidth.of($0) }.max() ?? 0) + 2
    return zip(names, texts).flatMap { name, text -> [String] in
      var lines = [""]
      for word in text.split(separator: " ") {
        let last = lines[lines.count - 1]
        let room = max(20, width - indent - 2)
        if last.isEmpty {
          lines[lines.count - 1] = String(word)
        } else if TextWidth.of(last) + 1 + TextWidth.of(String(word)) <= room {
          lines[lines.count - 1] = last + " " + word
        } else {
          lines.append(String(word))
        }
      }
      return lines.enumerated().map { place, line in
        "  " + TextWidth.padded(place == 0 ? name : "", to: indent) + line
      }
    }
  }

  // MARK: Sideways

  /// Rows shown sideways if nothing is said.
  static let sidewaysRows = 3

  private func sidewaysLines(_ options: DisplayOptions) -> [String] {
    let window = RowWindow(first: view.rows ?? Self.sidewaysRows, of: count)
    let more = window.words(options).map { TextWidth.wrapped($0, to: options.width) } ?? []
    let facts = columns.map { name, column in
      [column.kind, statistics[name]?.title ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    }
    return sideways(window, facts: facts, options) + more
  }

  /// Each row as lines: column, value, and what is known of the column.
  func sideways(_ window: RowWindow, facts: [String], _ options: DisplayOptions) -> [String] {
    let shown = gathered(window.rows)
    let cells = shown.columns.map { name, column in
      column.cells(digits: digits, decimals: decimals[name]).map(VisibleText.line)
    }
    let sides = SidewaysLayout(
      names: columnNames.map(VisibleText.line), facts: facts,
      widest: cells.joined().map { TextWidth.of($0) }.max() ?? 0, width: options.width)
    return window.rows.enumerated().flatMap { place, row -> [String] in
      let title = "row \(NumberFormat.count(row + 1)) of \(NumberFormat.count(count))"
      let head = count == 1 ? [] : (place == 0 ? [] : [""]) + [title]
      return head + sides.lines(cells.map { $0[place] })
    }
  }

  // MARK: Pages

  /// The rows that the terminal shows, with all columns, for a page.
  func page(_ options: DisplayOptions) -> TableDocument {
    if isFactList || blocks != nil {
      let whole = document
      let bare =
        isFactList
        ? whole.columns.map { TableLayout.Column("", $0.cells, $0.alignment) } : whole.columns
      return TableDocument(
        caption: whole.caption, columns: bare, blocks: whole.blocks, notes: whole.notes)
    }
    return page(RowWindow(count, limit: view.rows ?? options.tableRows), options)
  }

  func page(_ window: RowWindow, _ options: DisplayOptions) -> TableDocument {
    let columns = layout(window, keys: 1, options).columns
    guard let words = window.words(options) else {
      return TableDocument(caption: title ?? "", columns: columns, notes: pageNotes)
    }
    let whole = columns.map { column in
      var cells = column.cells
      cells.insert("…", at: window.head)
      return TableLayout.Column(column.title, cells, column.alignment)
    }
    return TableDocument(caption: title ?? "", columns: whole, notes: pageNotes + [words])
  }

  private var pageNotes: [String] { notes.map { note in String(note.drop { $0 == " " }) } }
}

/// Where names, values and facts stand when rows are turned sideways.
private struct SidewaysLayout {
  private let names: [String]
  private let facts: [String]
  private let nameWidth: Int
  private let valueWidth: Int
  private let width: Int

  init(names: [String], facts: [String], widest: Int, width: Int) {
    self.names = names
    self.width = width
    nameWidth = min(names.map { TextWidth.of($0) }.max() ?? 0, max(6, width / 3))
    let factWidth = facts.map { TextWidth.of($0) }.max() ?? 0
    let room = width - nameWidth - 4
    // Facts stand aside where values need the room.
    let hasFacts = factWidth > 0 && room - factWidth - 2 >= min(widest, 12)
    self.facts = hasFacts ? facts : facts.map { _ in "" }
    valueWidth = max(1, min(widest, hasFacts ? room - factWidth - 2 : room))
  }

  func lines(_ values: [String]) -> [String] {
    values.indices.flatMap { k -> [String] in
      let parts = TextWidth.wrapped(values[k], to: valueWidth)
      return parts.enumerated().map { place, part in
        let name = place == 0 ? TextWidth.cut(names[k], to: nameWidth) : ""
        let head = "  " + TextWidth.padded(name, to: nameWidth) + "  "
        guard place == 0, !facts[k].isEmpty else { return head + part }
        return head + TextWidth.padded(part, to: valueWidth) + "  " + facts[k]
      }
    }
  }
}
