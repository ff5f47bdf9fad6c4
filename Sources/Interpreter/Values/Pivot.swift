// Tables as grids: the values of one column go down, those of another across, a block a figure.

import FactorLang
import FactorRuntime

enum Pivot {
  /// Lays out one text a row of the table; blocks come one below the other.
  static func table(
    _ table: Table, rows: [String], across: String?, blocks: [(title: String, cells: [String])]
  ) throws -> Table {
    let keys = try table.keys(rows)
    let heads: [String]
    if let across {
      let column = try table.required(across)
      heads = (0..<table.count).map { row in
        let text = ValueText.short(column.value(at: row))
        return column.numbers == nil ? text : "\(across) \(text)"
      }
    } else {
      heads = [String](repeating: "value", count: table.count)
    }
    let (lines, places) = (distinct(keys), distinct(heads))
    var (figures, labels): ([String], [Int]) = ([], [])
    var columns = places.map { _ in [String]() }
    for (title, cells) in blocks {
      for key in lines {
        let own = keys.indices.filter { keys[$0] == key }
        figures.append(title)
        labels.append(own[0])
        for (place, head) in places.enumerated() {
          let found = own.filter { heads[$0] == head }
          guard found.count <= 1 else {
            throw Fault(
              .duplicateKey,
              "\(found.count) rows have \(key.joined(separator: ", ")) and \(head)",
              helps: ["name another column in `rows`"], parameter: "rows")
          }
          columns[place].append(found.first.map { cells[$0] } ?? "")
        }
      }
    }
    var result: [(name: String, column: Column)] = [("figure", Column(text: figures))]
    for name in rows {
      let column = try table.required(name).gathered(labels)
      result.append(
        (name, Column(text: (0..<column.count).map { ValueText.short(column.value(at: $0)) })))
    }
    for (head, cells) in zip(places, columns) { result.append((head, Column(text: cells))) }
    var grid = Table(title: table.title, columns: result)
    grid.blocks = Table.Blocks(labels: rows.count)
    return grid
  }

  private static func distinct<Item: Hashable>(_ items: [Item]) -> [Item] {
    var seen: Set<Item> = []
    return items.filter { seen.insert($0).inserted }
  }
}

extension Table {
  /// Says that the first column names blocks to be shown one below the other.
  struct Blocks: Sendable {
    /// The columns after the first that label rows; the others hold figures.
    var labels: Int
  }

  /// The blocks, each under its name.
  func blockLines(_ blocks: Blocks, _ options: DisplayOptions) -> [String] {
    guard let first = columns.first?.column else { return [] }
    let names = (0..<count).map { ValueText.short(first.value(at: $0)) }
    var lines: [String] = []
    var start = 0
    while start < count {
      let end = names[start...].firstIndex { $0 != names[start] } ?? count
      let part = gathered(Array(start..<end))
      let layout = TableLayout(
        part.columns.dropFirst().enumerated().map { place, item in
          TableLayout.Column(
            item.name, item.column.cells(digits: digits), place < blocks.labels ? .left : .right)
        }, keys: blocks.labels)
      if !lines.isEmpty { lines.append("") }
      lines +=
        [TextWidth.cut(VisibleText.line(names[start]), to: options.width)]
        + layout.lines(width: options.width)
      start = end
    }
    return lines
  }
}
