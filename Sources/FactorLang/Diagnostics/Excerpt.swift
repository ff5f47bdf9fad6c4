// One line of source made fit to print: clipped around a place, control characters made visible,
// and the columns of a span on the screen.

/// A printable line and where spans of it fall.
struct Excerpt {
  /// Longest excerpt, in screen columns.
  static let widthLimit = 160

  let text: String
  private let columns: [Int: Int]
  private let lineSpan: Span
  private let width: Int

  /// Prepares the line with the given index, showing the part around `focus`.
  init(_ source: Source, line: Int, focus: Span) {
    lineSpan = source.lineSpan(line)
    let near = Span(
      max(lineSpan.start, focus.start - Self.reach), min(lineSpan.end, focus.start + Self.reach))
    let cells = Self.cells(source, near)
    let window = Self.window(cells, around: focus)
    var text = window.lowerBound > 0 ? "…" : ""
    var columns: [Int: Int] = [:]
    var column = text.isEmpty ? 0 : 1
    for cell in cells[window] {
      columns[cell.offset] = column
      text += cell.text
      column += cell.width
    }
    if let next = cells[window.upperBound...].first {
      columns[next.offset] = column
      text += "…"
    } else {
      columns[lineSpan.end] = column
    }
    self.text = text
    self.columns = columns
    width = column
  }

  /// Gives the first screen column of a span and how many columns it takes, one at least.
  func place(of span: Span) -> (start: Int, width: Int) {
    let start = column(at: max(span.start, lineSpan.start))
    let end = column(at: min(span.end, lineSpan.end))
    return (start, max(1, end - start))
  }

  private func column(at offset: Int) -> Int {
    var place = offset
    while place > lineSpan.start, columns[place] == nil, offset - place < 8 { place -= 1 }
    if let column = columns[place] { return column }
    return offset < (columns.keys.min() ?? 0) ? 0 : width
  }

  // MARK: Cells

  private struct Cell {
    let offset: Int
    let text: String
    let width: Int
  }

  /// Excerpts look no further than this many bytes to either side, however long the line.
  private static let reach = 2_000

  private static func cells(_ source: Source, _ span: Span) -> [Cell] {
    var cells: [Cell] = []
    var decoder = UTF8()
    var offset = span.start
    while offset < span.end {
      var iterator = source.bytes[offset..<span.end].makeIterator()
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar):
        cells.append(Cell(offset: offset, text: shown(scalar), width: CharacterWidth.of(scalar)))
        offset += UTF8.width(scalar)
      default:
        cells.append(Cell(offset: offset, text: "\u{FFFD}", width: 1))
        offset += 1
      }
      decoder = UTF8()
    }
    return cells
  }

  /// Tabs become a space, control and direction characters a picture or the replacement character.
  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x09: return " "
    case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) } ?? "·"
    case 0x7F...0x9F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF, 0xFDD0...0xFDEF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      return "\u{FFFD}"
    // Noncharacters, which decorators may use as marks.
    case let value where value & 0xFFFE == 0xFFFE: return "\u{FFFD}"
    default: return String(Character(scalar))
    }
  }

  /// Makes words fit to print that may quote the program.
  static func clean(_ text: String) -> String {
    text.unicodeScalars.map(shown).joined()
  }

  private static func window(_ cells: [Cell], around focus: Span) -> Range<Int> {
    let total = cells.reduce(0) { $0 + $1.width }
    guard total > widthLimit else { return 0..<cells.count }
    let center = cells.firstIndex { $0.offset >= focus.start } ?? cells.count
    var lower = max(0, center - 1)
    var used = 0
    while lower > 0, used < widthLimit / 2 {
      lower -= 1
      used += cells[lower].width
    }
    var upper = lower
    used = 0
    while upper < cells.count, used + cells[upper].width <= widthLimit - 2 {
      used += cells[upper].width
      upper += 1
    }
    return lower..<upper
  }
}

/// Screen columns of characters, well enough for messages.
enum CharacterWidth {
  static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    if value == 0x200B || value == 0x200D { return 0 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + of($1) } }
}
