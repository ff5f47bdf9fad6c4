// Columns laid out to a width; what does not fit is hidden, and the table says so.

/// A table of texts.
public struct TableLayout: Sendable {
  /// Which side a column's texts lean to.
  public enum Alignment: Sendable {
    /// Text leans left.
    case left
    /// Numbers lean right.
    case right
  }

  /// One column of texts.
  public struct Column: Sendable {
    /// The heading.
    public let title: String
    /// The texts, one per row.
    public let cells: [String]
    /// Which side they lean to.
    public let alignment: Alignment

    /// Creates a column; numbers should lean right.
    public init(_ title: String, _ cells: [String], _ alignment: Alignment = .right) {
      self.title = title
      self.cells = cells
      self.alignment = alignment
    }
  }

  /// The columns.
  public let columns: [Column]

  /// Creates a table of equally long columns.
  public init(_ columns: [Column]) {
    precondition(Set(columns.map(\.cells.count)).count <= 1)
    self.columns = columns
  }

  /// Gives the lines: heading, rule, rows, and what was hidden.
  public func lines(width: Int = 80, maximumRows: Int = .max) -> [String] {
    guard let rowCount = columns.first?.cells.count else { return [] }
    let (head, tail) = Self.shownRows(rowCount, maximumRows)
    let rows = Array(0..<head) + Array(rowCount - tail..<rowCount)
    let widths = columns.map { Self.width(of: $0, rows: rows, limit: width) }
    let shown = Self.fitting(widths, width)
    let visible = Array(zip(columns, widths).prefix(shown))
    var lines = [Self.line(visible.map { ($0.0.title, $0.0.alignment, $0.1) })]
    lines.append(visible.map { String(repeating: "─", count: $0.1) }.joined(separator: "  "))
    for (k, row) in rows.enumerated() {
      if k == head, rows.count < rowCount { lines.append("⋮") }
      lines.append(Self.line(visible.map { ($0.0.cells[row], $0.0.alignment, $0.1) }))
    }
    if rows.count < rowCount {
      let hidden = NumberFormat.count(rowCount - rows.count)
      lines.append("… \(hidden) of \(NumberFormat.count(rowCount)) rows not shown")
    }
    if shown < columns.count {
      let names = columns[shown...].map(\.title)
      let noun = names.count == 1 ? "column" : "columns"
      let note = "… \(names.count) \(noun) not shown: \(listed(names, limit: 40))"
      lines.append(TextWidth.cut(note, to: width))
    }
    return lines
  }

  private static func shownRows(_ count: Int, _ maximum: Int) -> (head: Int, tail: Int) {
    if count <= maximum { return (count, 0) }
    let tail = maximum / 3
    return (maximum - tail, tail)
  }

  private static func width(of column: Column, rows: [Int], limit: Int) -> Int {
    let widest = rows.reduce(TextWidth.of(column.title)) {
      max($0, TextWidth.of(column.cells[$1]))
    }
    return min(widest, max(8, limit / 2))
  }

  private static func fitting(_ widths: [Int], _ limit: Int) -> Int {
    var used = 0
    for (k, width) in widths.enumerated() {
      used += width + (k > 0 ? 2 : 0)
      if used > limit { return max(1, k) }
    }
    return widths.count
  }

  private static func line(_ cells: [(text: String, side: Alignment, width: Int)]) -> String {
    let fields = cells.map { cell in
      TextWidth.padded(
        TextWidth.cut(cell.text, to: cell.width), to: cell.width, right: cell.side == .right)
    }
    var line = fields.joined(separator: "  ")
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}
