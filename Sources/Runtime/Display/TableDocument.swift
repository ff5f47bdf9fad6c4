// Tables as documents: Markdown, LaTeX with booktabs, and CSV, each with its caption and notes.
//
// Definition: blocks are runs of rows under a heading of their own; in CSV the heading becomes the
// first column. Captions and notes stand above and below; CSV has neither, so that it reads back.
// Reference: GitHub Flavored Markdown, tables; the booktabs package; RFC 4180.

/// A format of documents.
public enum DocumentFormat: String, Sendable, CaseIterable {
  case text, markdown, latex, csv
}

/// A table of texts with what belongs to it.
public struct TableDocument: Sendable {
  /// A run of rows under a heading.
  public struct Block: Sendable {
    /// The heading; empty for none.
    public let title: String
    /// Its rows.
    public let rows: Range<Int>

    /// Creates a block.
    public init(_ title: String, _ rows: Range<Int>) { (self.title, self.rows) = (title, rows) }
  }

  /// What stands above the table; empty for nothing.
  public let caption: String
  /// The columns.
  public let columns: [TableLayout.Column]
  /// The blocks, in order, together all rows.
  public let blocks: [Block]
  /// Sentences below the table.
  public let notes: [String]

  /// Creates a document; without blocks all rows are one without a heading.
  public init(
    caption: String, columns: [TableLayout.Column], blocks: [Block] = [], notes: [String] = []
  ) {
    (self.caption, self.columns, self.notes) = (caption, columns, notes)
    let count = columns.first?.cells.count ?? 0
    self.blocks = blocks.isEmpty ? [Block("", 0..<count)] : blocks
  }

  /// The lines in a format; text is what `TableLayout` is for, and comes as Markdown.
  public func lines(_ format: DocumentFormat) -> [String] {
    switch format {
    case .text, .markdown: markdown
    case .latex: latex
    case .csv: csv
    }
  }

  private func cells(_ row: Int) -> [String] { columns.map { $0.cells[row] } }

  // MARK: Markdown

  private var markdown: [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.joined(separator: " | ") + " |"
    }
    var lines = caption.isEmpty ? [] : ["**\(Self.markdownEscaped(caption))**", ""]
    lines.append(line(columns.map { Self.markdownEscaped($0.title) }))
    lines.append(
      "|" + columns.map { $0.alignment == .right ? " ---: |" : " --- |" }.joined())
    for block in blocks {
      if !block.title.isEmpty {
        lines.append(
          line(["*\(Self.markdownEscaped(block.title))*"] + columns.dropFirst().map { _ in "" }))
      }
      lines += block.rows.map { line(cells($0).map(Self.markdownEscaped)) }
    }
    return lines + notes.flatMap { ["", Self.markdownEscaped($0)] }
  }

  /// A text on one line in which Markdown reads what is written; an underscore within a word is one.
  public static func markdownEscaped(_ text: String) -> String {
    let characters = Array(text)
    var result = ""
    for (place, character) in characters.enumerated() {
      func beside(_ step: Int) -> Character? {
        characters.indices.contains(place + step) ? characters[place + step] : nil
      }
      func isWord(_ other: Character?) -> Bool { other.map { $0.isLetter || $0.isNumber } ?? false }
      switch character {
      case _ where character.isNewline: result += " "
      case "\\", "`", "*", "<", "|", "[": result += "\\\(character)"
      // An entity, a line struck out, emphasis.
      case "&" where isWord(beside(1)) || beside(1) == "#": result += "\\&"
      case "~" where beside(1) == "~" || beside(-1) == "~": result += "\\~"
      case "_" where !(isWord(beside(-1)) && isWord(beside(1))): result += "\\_"
      default: result += VisibleText.line(String(character))
      }
    }
    return result
  }

  /// The same table under another caption.
  func named(_ caption: String) -> TableDocument {
    TableDocument(
      caption: self.caption.isEmpty ? caption : "\(caption): \(self.caption)", columns: columns,
      blocks: blocks, notes: notes)
  }

  // MARK: LaTeX

  private var latex: [String] {
    func line(_ cells: [String]) -> String {
      cells.map(Self.latexEscaped).joined(separator: " & ") + " \\\\"
    }
    var lines = ["\\begin{table}[htbp]", "\\centering"]
    if !caption.isEmpty { lines.append("\\caption{\(Self.latexEscaped(caption))}") }
    let sides = columns.map { $0.alignment == .right ? "r" : "l" }.joined()
    let isTitled = columns.contains { !$0.title.isEmpty }
    lines += ["\\begin{tabular}{\(sides)}", "\\toprule"]
    if isTitled { lines.append(line(columns.map(\.title))) }
    for (place, block) in blocks.enumerated() {
      if isTitled || place > 0 { lines.append("\\midrule") }
      if !block.title.isEmpty {
        lines.append(
          "\\multicolumn{\(columns.count)}{l}{\\emph{\(Self.latexEscaped(block.title))}} \\\\")
      }
      lines += block.rows.map { line(cells($0)) }
    }
    lines += ["\\bottomrule", "\\end{tabular}"]
    if !notes.isEmpty {
      lines.append("\\par\\smallskip\\footnotesize")
      lines += notes.map { Self.latexEscaped($0) + "\\par" }
    }
    return lines + ["\\end{table}"]
  }

  private static let latexWords: [Character: String] = [
    "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_",
    "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "$<$", ">": "$>$", "|": "$|$", "×": "$\\times$", "√": "$\\surd$", "±": "$\\pm$",
    "·": "$\\cdot$", "−": "$-$", "✓": "$\\checkmark$", "…": "\\dots{}",
    "≤": "$\\le$", "≥": "$\\ge$", "→": "$\\to$", "²": "$^2$", "α": "$\\alpha$",
    "β": "$\\beta$", "Σ": "$\\Sigma$", "′": "$'$", "–": "--", "—": "---",
  ]

  /// A text in which LaTeX reads what is written.
  static func latexEscaped(_ text: String) -> String {
    text.map { $0.isNewline ? " " : latexWords[$0] ?? String($0) }.joined()
  }

  // MARK: CSV

  private var csv: [String] {
    let hasBlocks = blocks.contains { !$0.title.isEmpty }
    func line(_ cells: [String]) -> String { cells.map(Self.csvQuoted).joined(separator: ",") }
    let head = line((hasBlocks ? ["figure"] : []) + columns.map(\.title))
    return [head]
      + blocks.flatMap { block in
        block.rows.map { line((hasBlocks ? [block.title] : []) + cells($0)) }
      }
  }

  static func csvQuoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
