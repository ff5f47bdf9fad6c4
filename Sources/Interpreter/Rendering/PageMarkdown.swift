// A notebook as Markdown that GitHub shows: fenced code and outputs, tables of pipes, pictures as files beside it.
//
// Reference: GitHub Flavored Markdown. Pictures are files because GitHub shows no SVG that is written in the text.

import FactorLang
import FactorRuntime

/// Writes pages as Markdown.
struct PageMarkdown {
  /// A picture of the page.
  struct Picture {
    let name: String
    let text: String
  }

  /// The text of the file.
  let text: String
  /// The pictures that it shows, in order.
  let pictures: [Picture]

  /// Writes a page; `folder` is where the pictures will lie, seen from the file.
  init(_ page: NotebookPage, folder: String) {
    var writer = MarkdownWriter(folder: folder)
    writer.add("# \(TableDocument.markdownEscaped(page.title))")
    if page.titled.count > 1 { writer.addContents(page) }
    for section in page.sections {
      if let title = section.title { writer.add("## \(TableDocument.markdownEscaped(title))") }
      for block in section.blocks { writer.add(block) }
    }
    writer.add("---")
    writer.add(
      page.facts.map {
        "- \(TableDocument.markdownEscaped($0.name)): \(TableDocument.markdownEscaped($0.text))"
      })
    text = writer.lines.joined(separator: "\n") + "\n"
    pictures = writer.pictures
  }
}

private struct MarkdownWriter {
  let folder: String
  private(set) var lines: [String] = []
  private(set) var pictures: [PageMarkdown.Picture] = []

  init(folder: String) { self.folder = folder }

  mutating func add(_ block: [String]) {
    if !lines.isEmpty { lines.append("") }
    lines += block
  }

  mutating func add(_ line: String) { add([line]) }

  mutating func addContents(_ page: NotebookPage) {
    add(page.titled.map { "- [\(Self.escaped($0.title))](#\($0.anchor))" })
  }

  private static func escaped(_ text: String) -> String { TableDocument.markdownEscaped(text) }

  mutating func add(_ block: NotebookPage.Block) {
    switch block {
    case .prose(let blocks): for block in blocks { add(block) }
    case .code(let lines): add(Self.fenced(lines.map { $0.map(\.text).joined() }, "fq"))
    case .output(let output): add(output)
    }
  }

  // MARK: Prose

  private mutating func add(_ block: ProseBlock) {
    switch block {
    case .paragraph(let inlines): add(Self.guarded(inlines.map(Self.inline).joined()))
    case .list(let items): add(items.map { "- " + $0.map(Self.inline).joined() })
    }
  }

  // What would begin a heading, a quotation or a list at the head of a line does not.
  private static func guarded(_ line: String) -> String {
    guard let first = line.first else { return line }
    if "#>+-=".contains(first) { return "\\" + line }
    let digits = line.prefix { $0.isNumber }
    let next = line.dropFirst(digits.count).first
    return !digits.isEmpty && (next == "." || next == ")")
      ? digits + "\\" + line.dropFirst(digits.count) : line
  }

  private static func inline(_ inline: Inline) -> String {
    switch inline {
    case .text(let text): return escaped(text)
    case .code(let text): return "`\(VisibleText.line(text))`"
    case .emphasis(let text): return "*\(escaped(text))*"
    case .strong(let text): return "**\(escaped(text))**"
    case .link(let text, let address): return "[\(escaped(text))](<\(address)>)"
    }
  }

  // MARK: Outputs

  private mutating func add(_ output: PageOutput) {
    switch output {
    case .ledger(let lines), .lines(let lines): add(Self.fenced(lines, "text"))
    case .message(let lines, _):
      add(
        Self.fenced(
          lines.map { line in
            var plain = String.UnicodeScalarView()
            for scalar in line.unicodeScalars
            where PageMarks.style(scalar) == nil && scalar.value != PageMarks.end {
              plain.append(scalar)
            }
            return String(plain)
          }, "text"))
    case .table(let table): add(table.lines(.markdown))
    case .plot(let scene):
      let name = "figure-\(pictures.count + 1).svg"
      pictures.append(.init(name: name, text: SVGWriter.text(scene)))
      let title = scene.title.isEmpty ? "plot" : scene.title
      add("![\(Self.escaped(title))](<\(folder)/\(name)>)")
    }
  }

  // The fence is longer than any in the text.
  private static func fenced(_ lines: [String], _ kind: String) -> [String] {
    let clean = lines.flatMap { line in
      line.split(separator: "\n", omittingEmptySubsequences: false).map { part -> String in
        var text = VisibleText.block(String(part))
        while text.hasSuffix(" ") { text.removeLast() }
        return text
      }
    }
    let runs = clean.map { line in
      line.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    }
    let longest = runs.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return [fence + kind] + clean + [fence]
  }
}
