// Columns laid out to a width; what does not fit is hidden, and the table says so.
//
// Definition: columns stand two blanks apart, or one where all of them fit that way and no other; where that is not
// enough, headings of several words take two lines. The first columns are keys and stay; texts give way first, down to
// sixteen cells; then columns go from the middle, where a column of `…` stands for them, so that keys and the last
// columns, which are the newest, remain.
// Numbers of a column stand with their points below each other. Texts are made harmless before they are measured.

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

  /// Rows that were left out.
  public struct Gap: Sendable, Equatable {
    /// The number of rows that stand above them.
    public let place: Int
    /// The line that stands for them.
    public let words: String

    /// Creates a gap.
    public init(after place: Int, _ words: String) { (self.place, self.words) = (place, words) }
  }

  /// The columns.
  public let columns: [Column]
  private let keys: Int
  private let gap: Gap?

  /// Creates a table of equally long columns, the first of which are keys.
  public init(_ columns: [Column], keys: Int = 1, gap: Gap? = nil) {
    precondition(Set(columns.map(\.cells.count)).count <= 1)
    self.columns = columns
    (self.keys, self.gap) = (max(1, keys), gap)
  }

  /// Gives the lines: heading, rule, rows, and what was hidden; none is wider than the width.
  public func lines(width: Int = 80) -> [String] {
    guard let rowCount = columns.first?.cells.count else { return [] }
    let (ready, fit) = fitted(width)
    let between = String(repeating: " ", count: fit.between)
    func line(_ text: (Int) -> String, _ ellipsis: String = "…") -> String {
      var fields = fit.shown.map { k in
        TextWidth.padded(
          TextWidth.cut(text(k), to: fit.widths[k]), to: fit.widths[k],
          right: ready[k].isRight)
      }
      if let place = fit.ellipsis { fields.insert(ellipsis, at: place) }
      var line = fields.joined(separator: between)
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
    let headings = fit.shown.reduce(into: [Int: [String]]()) { lines, k in
      lines[k] = fit.isStacked ? ready[k].stacked(fit.widths[k]) : [ready[k].title]
    }
    let height = headings.values.map(\.count).max() ?? 1
    var lines = (0..<height).map { number in
      line(
        { k in
          // The words of a heading end just above the rule.
          let own = headings[k] ?? []
          let place = number - (height - own.count)
          return place < 0 ? "" : own[place]
        }, number == height - 1 ? "…" : " ")
    }
    var rules = fit.shown.map { String(repeating: "─", count: fit.widths[$0]) }
    if let place = fit.ellipsis { rules.insert("─", at: place) }
    lines.append(rules.joined(separator: between))
    for row in 0..<rowCount {
      if row == gap?.place { lines += gapLines(width) }
      lines.append(line { ready[$0].cells[row] })
    }
    if let gap, gap.place >= rowCount { lines += gapLines(width) }
    return lines + hiddenLines(fit.hidden, width)
  }

  // A column that is seen is worth more than points below each other.
  private func fitted(_ width: Int) -> ([ReadyColumn], TableFit) {
    let pointed = columns.map { ReadyColumn($0, isPointed: true) }
    let fit = TableFit(pointed, keys: keys, width: width)
    guard !fit.hidden.isEmpty else { return (pointed, fit) }
    let plain = columns.map { ReadyColumn($0, isPointed: false) }
    let other = TableFit(plain, keys: keys, width: width)
    return other.hidden.count < fit.hidden.count ? (plain, other) : (pointed, fit)
  }

  private func gapLines(_ width: Int) -> [String] {
    gap.map { TextWidth.wrapped($0.words, to: width) } ?? []
  }

  // How many, and which as far as a line goes.
  private func hiddenLines(_ hidden: Range<Int>, _ width: Int) -> [String] {
    guard !hidden.isEmpty else { return [] }
    let names = columns[hidden].map { VisibleText.line($0.title) }
    let all = NumberFormat.count(columns.count)
    let noun = columns.count == 1 ? "column" : "columns"
    let head = "… \(NumberFormat.count(names.count)) of \(all) \(noun) not shown"
    guard TextWidth.of(head) <= width else { return TextWidth.wrapped(head, to: width) }
    var line = head
    for (place, name) in names.enumerated() {
      let rest = names.count - place - 1
      let next = line + (place == 0 ? ": " : ", ") + name
      let tail = rest > 0 ? ", …" : ""
      if TextWidth.of(next + tail) > width { return [line + (place == 0 ? "" : ", …")] }
      line = next
    }
    return [line]
  }
}

/// A column whose texts can be measured: harmless, and numbers with their points below each other.
private struct ReadyColumn {
  let title: String
  let cells: [String]
  let isRight: Bool
  let width: Int
  /// What its cells take; a number is not cut where there is another way.
  let cellWidth: Int

  // Numbers so far apart in size are not worth the room.
  private static let widestPointed = 24

  init(_ column: TableLayout.Column, isPointed: Bool) {
    title = VisibleText.line(column.title)
    isRight = column.alignment == .right
    let plain = column.cells.map(VisibleText.line)
    let pointed = isRight && isPointed ? Self.pointed(plain) : nil
    let widest = (pointed ?? plain).reduce(0) { max($0, TextWidth.of($1)) }
    cells = widest <= Self.widestPointed ? pointed ?? plain : plain
    cellWidth = cells.reduce(0) { max($0, TextWidth.of($1)) }
    width = max(TextWidth.of(title), cellWidth)
  }

  // A text is not cut shorter than this, as long as a table keeps it at all.
  private static let (shortText, longText) = (16, 40)

  /// What its cells keep when there is little room: numbers all, texts enough to be told apart.
  var leastWidth: Int {
    guard !isRight else { return max(Self.shortText, cellWidth) }
    let texts = Set(cells).sorted()
    let shared = zip(texts, texts.dropFirst()).map { $0.commonPrefix(with: $1) }
    let apart = (shared.map(TextWidth.of).max() ?? 0) + 2
    return max(Self.shortText, min(apart, Self.longText, cellWidth))
  }

  /// The least width at which the heading takes two lines.
  var stackedWidth: Int {
    let words = title.split(separator: " ").map { TextWidth.of(String($0)) }
    guard words.count > 1, let longest = words.max() else { return width }
    let least = max(cellWidth, longest)
    guard least < width else { return width }
    return (least..<width).first { TextWidth.wrapped(title, to: $0).count <= 2 } ?? width
  }

  /// The heading in lines of a width, cut where a word alone is wider.
  func stacked(_ width: Int) -> [String] {
    let isBroken = title.split(separator: " ").contains { TextWidth.of(String($0)) > width }
    let lines = isBroken ? [] : TextWidth.wrapped(title, to: width)
    return (1...2).contains(lines.count) ? lines : [TextWidth.cut(title, to: width)]
  }

  // Blanks after shorter fractions; nil where a cell is no number or all points are aligned as it is.
  private static func pointed(_ cells: [String]) -> [String]? {
    var tails: [Int?] = []
    for cell in cells {
      if cell.isEmpty || cell == NumberFormat.missing {
        tails.append(nil)
        continue
      }
      let whole = cell.utf8.prefix { 48...57 ~= $0 || $0 == 44 || $0 == 45 || $0 == 43 }
      let rest = cell.utf8.dropFirst(whole.count)
      let isNumber = rest.allSatisfy {
        48...57 ~= $0 || $0 == 46 || $0 == 101 || $0 == 45 || $0 == 43 || $0 == 37
      }
      guard !whole.isEmpty, isNumber || rest.elementsEqual("bps".utf8) || rest.hasUnit else {
        return nil
      }
      tails.append(rest.count)
    }
    let widths = Set(tails.compactMap { $0 })
    guard widths.count > 1, let widest = widths.max() else { return nil }
    return zip(cells, tails).map { cell, tail in
      tail.map { cell + String(repeating: " ", count: widest - $0) } ?? cell
    }
  }
}

extension Substring.UTF8View {
  // Such as .5bps.
  fileprivate var hasUnit: Bool {
    first == 46 && suffix(3).elementsEqual("bps".utf8)
      && dropFirst().dropLast(3).allSatisfy { 48...57 ~= $0 }
  }
}

/// Which columns a width has room for, and how wide each is.
private struct TableFit {
  private(set) var widths: [Int]
  /// The columns hidden, next to each other.
  private(set) var hidden: Range<Int>
  private let count: Int
  private let limit: Int

  /// The blanks between columns.
  private(set) var between = 2
  /// Whether headings may take two lines.
  private(set) var isStacked = false

  init(_ columns: [ReadyColumn], keys: Int, width: Int) {
    (widths, count, limit) = (columns.map(\.width), columns.count, width)
    hidden = count..<count
    if tryCloser() { return }
    let natural = columns.map(\.stackedWidth)
    (widths, isStacked) = (natural, true)
    if tryCloser() { return }
    narrow(columns.map(\.leastWidth))
    if tryCloser() { return }
    let first = min(keys, count)
    // The middle of what may go; the last column is the last to go.
    let middle = first + (count - first) / 2
    hidden = middle..<middle
    while total > limit, hidden.count < count - 1 { hideOne(after: first) }
    if hidden.isEmpty { hidden = count..<count }
    if total > limit { widths[shown[0]] = max(1, limit - (total - widths[shown[0]])) }
    widen(natural)
  }

  // Whether all columns fit, one blank apart if need be.
  private mutating func tryCloser() -> Bool {
    if total <= limit { return true }
    between = 1
    if total <= limit { return true }
    between = 2
    return false
  }

  var shown: [Int] { (0..<count).filter { !hidden.contains($0) } }

  /// The place among the shown columns at which `…` stands for the hidden ones.
  var ellipsis: Int? {
    guard !hidden.isEmpty else { return nil }
    // No room for it beside a single column that fills the line.
    return total <= limit ? hidden.lowerBound : nil
  }

  private var total: Int {
    let shown = shown
    let all = shown.reduce(0) { $0 + widths[$1] } + between * max(0, shown.count - 1)
    return hidden.isEmpty || shown.isEmpty ? all : all + between + 1
  }

  // From the side that has more left, the wider neighbour where both have as many; keys go last.
  private mutating func hideOne(after keys: Int) {
    let left = hidden.lowerBound - keys
    let right = count - hidden.upperBound
    if left <= 0, right <= 0 {
      hidden = (hidden.lowerBound - 1)..<count
    } else if left > right
      || left == right && widths[hidden.lowerBound - 1] > widths[hidden.upperBound]
    {
      hidden = (hidden.lowerBound - 1)..<hidden.upperBound
    } else {
      hidden = hidden.lowerBound..<(hidden.upperBound + 1)
    }
  }

  // The widest gives way first.
  private mutating func narrow(_ least: [Int]) {
    while total > limit {
      let wide = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = wide.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { return }
      let next = wide.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let wanted = max(next, widths[widest] - (total - limit))
      widths[widest] = max(least[widest], min(widths[widest] - 1, wanted))
    }
  }

  // Room that was gained by hiding goes back to the texts that gave way.
  private mutating func widen(_ natural: [Int]) {
    for k in shown where widths[k] < natural[k] && total < limit {
      widths[k] = min(natural[k], widths[k] + limit - total)
    }
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
