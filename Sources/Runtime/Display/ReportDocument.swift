// A report as data: a header of facts, then tables and plots, which HTML, Markdown, LaTeX, CSV and JSON write out.

/// A report.
public struct ReportDocument: Sendable {
  /// A fact of the header.
  public struct Fact: Sendable, Equatable {
    public let name: String
    public let text: String

    /// Creates a fact.
    public init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
  }

  /// What a part shows.
  public enum Content: Sendable {
    /// A table as it is laid out, and its exact numbers.
    case table(TableDocument, [(name: String, column: Column)])
    case plot(Scene)
  }

  /// A part under a heading.
  public struct Part: Sendable {
    /// A short word that names it in files.
    public let name: String
    public let title: String
    public let content: Content
    /// Whether it is numbers for files, too long for a page.
    public let isData: Bool

    /// Creates a part.
    public init(_ name: String, _ title: String, _ content: Content, isData: Bool = false) {
      (self.name, self.title, self.content, self.isData) = (name, title, content, isData)
    }
  }

  /// What sort of report it is, such as a signal sheet; may be empty.
  public let kind: String
  public let title: String
  public let facts: [Fact]
  public let parts: [Part]
  /// The figures it shows, with their formulas.
  public let definitions: [Statistic]
  /// What wrote it.
  public let maker: String

  /// Creates a report.
  public init(
    kind: String = "", title: String, facts: [Fact] = [], parts: [Part],
    definitions: [Statistic] = [], maker: String
  ) {
    (self.kind, self.title, self.facts, self.parts) = (kind, title, facts, parts)
    (self.definitions, self.maker) = (definitions, maker)
  }

  /// The parts that a page shows.
  var pages: [Part] { parts.filter { !$0.isData } }

  /// Kind and title on one line.
  var heading: String { kind.isEmpty ? title : "\(kind): \(title)" }
}

// MARK: Markdown and LaTeX

extension ReportDocument {
  /// The lines of a format; text comes as Markdown, and CSV as one tidy table.
  public func lines(_ format: DocumentFormat) -> [String] {
    switch format {
    case .text, .markdown: markdown
    case .latex: latex
    case .csv: csv
    }
  }

  private var markdown: [String] {
    let head =
      ["# \(TableDocument.markdownEscaped(heading))", ""]
      + facts.map {
        "- **\(TableDocument.markdownEscaped($0.name))**: \(TableDocument.markdownEscaped($0.text))"
      }
    return head
      + pages.flatMap { part -> [String] in
        let title = ["", "## \(TableDocument.markdownEscaped(part.title))", ""]
        switch part.content {
        case .table(let table, _): return title + table.lines(.markdown)
        case .plot(let scene):
          return title + ["```"] + TextPlot(scene, width: 80, height: 18).lines.map(Self.trimmed)
            + ["```"]
        }
      } + markdownDefinitions
  }

  private var markdownDefinitions: [String] {
    guard !definitions.isEmpty else { return [] }
    func escaped(_ text: String) -> String { TableDocument.markdownEscaped(text) }
    return ["", "## Definitions", ""]
      + definitions.map {
        "- **\(escaped($0.title))**: \(escaped($0.formula)); \(escaped($0.convention))"
          + ($0.reference.isEmpty ? "" : " (\(escaped($0.reference)))")
      }
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  // Pictures are files of their own in LaTeX: save the plots as SVG.
  private var latex: [String] {
    let rows = facts.map {
      TableDocument.latexEscaped($0.name) + " & " + TableDocument.latexEscaped($0.text) + " \\\\"
    }
    return ["% \(TableDocument.latexEscaped(maker))", "\\begin{table}[htbp]", "\\centering"]
      + [
        "\\caption{\(TableDocument.latexEscaped(heading))}",
        "\\begin{tabular}{lp{0.72\\textwidth}}", "\\toprule",
      ] + rows + ["\\bottomrule", "\\end{tabular}", "\\end{table}"]
      + pages.flatMap { part -> [String] in
        guard case .table(let table, _) = part.content else { return [] }
        return [""] + table.named(part.title).lines(.latex)
      }
  }
}

// MARK: CSV and JSON

extension ReportDocument {
  // Tidy: which part, which row, which column, and the value as the shortest decimal that reads back.
  private var csv: [String] {
    var lines = ["part,row,column,value"]
    func add(_ part: String, _ row: String, _ column: String, _ value: String) {
      lines.append([part, row, column, value].map(TableDocument.csvQuoted).joined(separator: ","))
    }
    add("header", "title", "", heading)
    for fact in facts { add("header", fact.name, "", fact.text) }
    for part in parts {
      let columns = part.columns
      let rows = columns.first?.column.count ?? 0
      for row in 0..<rows {
        let name = columns.first.map { CSVWriter.plain($0.column, row) } ?? ""
        for item in columns.dropFirst() {
          add(part.name, name, item.name, CSVWriter.plain(item.column, row))
        }
      }
    }
    return lines
  }

  /// The report as JSON; numbers are the shortest decimals that read back, missing ones null.
  public var json: JSON {
    .fields(
      ("title", .text(heading)), ("maker", .text(maker)),
      ("header", .object(facts.map { JSON.Field($0.name, .text($0.text)) })),
      (
        "parts",
        .list(
          parts.map { part in
            var kind = "table"
            if case .plot(let scene) = part.content { kind = "\(scene.mark)" }
            return .fields(
              ("name", .text(part.name)), ("title", .text(part.title)), ("kind", .text(kind)),
              ("columns", .list(part.columns.map { .text($0.name) })),
              ("rows", .list(JSON.rows(part.columns))))
          })
      ))
  }
}

extension ReportDocument.Part {
  /// The exact numbers.
  public var columns: [(name: String, column: Column)] {
    switch content {
    case .table(_, let columns): columns
    case .plot(let scene): scene.data
    }
  }
}

extension JSON {
  /// A value of a column.
  public static func cell(_ column: Column, _ row: Int) -> JSON {
    if column.isMissing(at: row) { return .null }
    switch column.values {
    case .numbers(let numbers):
      return column.unit == .boolean ? .bool(numbers[row] != 0) : .number(numbers[row])
    case .text, .months, .dates: return .text(CSVWriter.plain(column, row))
    }
  }

  /// Rows as lists, in the order of the columns.
  static func rows(_ columns: [(name: String, column: Column)]) -> [JSON] {
    (0..<(columns.first?.column.count ?? 0)).map { row in
      .list(columns.map { cell($0.column, row) })
    }
  }

  /// Rows as objects, as other programs read tables.
  public static func records(_ columns: [(name: String, column: Column)]) -> JSON {
    .list(
      (0..<(columns.first?.column.count ?? 0)).map { row in
        .object(columns.map { Field($0.name, cell($0.column, row)) })
      })
  }
}
