// Tables as documents: the header that says sample, seeds and costs becomes the caption.

import FactorLang
import FactorRuntime

extension DocumentFormat: ChoiceWord {
  public var sentence: String {
    switch self {
    case .text: "as the prompt shows it"
    case .markdown: "a Markdown table"
    case .latex: "a LaTeX table; needs the package booktabs, and amssymb for ticks"
    case .csv: "comma-separated values, without title and notes"
    }
  }

  /// The format that the ending of a file asks for.
  init?(ending path: String) {
    if path.hasSuffix(".md") {
      self = .markdown
    } else if path.hasSuffix(".tex") {
      self = .latex
    } else {
      return nil
    }
  }
}

extension Table {
  /// The table with all its rows and columns, laid out for a document.
  var document: TableDocument {
    let notes = notes.map { note in String(note.drop { $0 == " " }) }
    guard let layout = blocks, let first = columns.first?.column else {
      return TableDocument(
        caption: title ?? "",
        columns: columns.map { name, column in
          TableLayout.Column(
            name, column.cells(digits: digits, decimals: decimals[name]),
            column.numbers == nil ? .left : .right)
        }, notes: notes)
    }
    let names = (0..<count).map { ValueText.short(first.value(at: $0)) }
    var runs: [TableDocument.Block] = []
    var start = 0
    while start < count {
      let end = names[start...].firstIndex { $0 != names[start] } ?? count
      runs.append(TableDocument.Block(names[start], start..<end))
      start = end
    }
    return TableDocument(
      caption: title ?? "",
      columns: columns.dropFirst().enumerated().map { place, item in
        TableLayout.Column(
          item.name, item.column.cells(digits: digits), place < layout.labels ? .left : .right)
      }, blocks: runs, notes: notes)
  }
}
