// A notebook as one HTML file, in the frame and the style of reports; code is coloured by the highlighter's classes.
//
// Every text goes through the one escape of pages. Nothing of the day or the machine is in it, so that the same
// script on the same data gives the same bytes.

import FactorLang
import FactorRuntime

/// Writes pages as HTML.
struct PageHTML {
  let page: NotebookPage

  /// The text of the file.
  var text: String {
    HTMLPage.text(
      title: page.title, maker: SheetFacts.maker, mark: "notebook", style: PageStyle.text,
      body: ([head] + contents + sections + [footer])
        .joined(separator: "\n"))
  }

  private func escaped(_ text: String) -> String { HTMLPage.escaped(text) }

  private var head: String {
    "<header>\n<p class=\"kind\">\(escaped(page.file))</p>\n<h1>\(escaped(page.title))</h1>\n</header>"
  }

  // A list of one line tells nothing.
  private var contents: [String] {
    guard page.titled.count > 1 else { return [] }
    let items = page.titled.map {
      "<li><a href=\"#\(escaped($0.anchor))\">\(escaped($0.title))</a></li>"
    }
    return ["<nav aria-label=\"Contents\">\n<ol>\n\(items.joined(separator: "\n"))\n</ol>\n</nav>"]
  }

  private var sections: [String] {
    var titles = page.titled[...]
    return page.sections.map { section in
      let title = section.title == nil ? nil : titles.popFirst()
      let heading =
        title.map { ["<h2 id=\"\(escaped($0.anchor))\">\(escaped($0.title))</h2>"] } ?? []
      let body = (heading + section.blocks.map(block)).joined(separator: "\n")
      return "<section>\n\(body)\n</section>"
    }
  }

  private func block(_ block: NotebookPage.Block) -> String {
    switch block {
    case .prose(let blocks): blocks.map(prose).joined(separator: "\n")
    case .code(let lines):
      "<pre class=\"code\"><code>\(lines.map(code).joined(separator: "\n"))</code></pre>"
    case .output(let output): self.output(output)
    }
  }

  // MARK: Prose and code

  private func prose(_ block: ProseBlock) -> String {
    switch block {
    case .paragraph(let inlines): "<p>\(inlines.map(inline).joined())</p>"
    case .list(let items):
      "<ul>\n\(items.map { "<li>\($0.map(inline).joined())</li>" }.joined(separator: "\n"))\n</ul>"
    }
  }

  private func inline(_ inline: Inline) -> String {
    switch inline {
    case .text(let text): escaped(text)
    case .code(let text): "<code>\(escaped(text))</code>"
    case .emphasis(let text): "<em>\(escaped(text))</em>"
    case .strong(let text): "<strong>\(escaped(text))</strong>"
    case .link(let text, let address):
      "<a href=\"\(escaped(address))\" rel=\"noopener\">\(escaped(text))</a>"
    }
  }

  private func code(_ line: CodeLine) -> String {
    line.map { piece in
      let text = escaped(piece.text.replacing("\t", with: "  "))
      guard let style = piece.style, style != .name else { return text }
      return "<span class=\"\(style.rawValue)\">\(text)</span>"
    }.joined()
  }

  // MARK: Outputs

  private func output(_ output: PageOutput) -> String {
    switch output {
    case .ledger(let lines): pre("ledger", lines)
    case .lines(let lines): pre("shown", lines)
    case .table(let table):
      // As wide as its cells and no wider, or a table of two columns would cross the page.
      "<div class=\"table\">\n\(HTMLPage.table(table))\n</div>"
    case .plot(let scene):
      "<figure>\n\(SVGWriter.text(scene, width: 760, height: 400, ink: .page))</figure>"
    case .message(let lines, let isError):
      "<pre class=\"message \(isError ? "error" : "warning")\">"
        + lines.map(message).joined(separator: "\n") + "</pre>"
    }
  }

  private func pre(_ kind: String, _ lines: [String]) -> String {
    let text = lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { escaped(String($0)) }.joined(separator: "\n")
    return "<pre class=\"\(kind)\">\(text)</pre>"
  }

  // Marks become spans; one that nothing closes is closed at the end of its line.
  private func message(_ line: String) -> String {
    var result = ""
    var plain = ""
    var open = 0
    func flush() {
      result += escaped(plain)
      plain = ""
    }
    for scalar in line.unicodeScalars {
      if let style = PageMarks.style(scalar) {
        flush()
        open += 1
        result += "<span class=\"\(style)\">"
      } else if scalar.value == PageMarks.end {
        flush()
        if open > 0 { result += "</span>" }
        open = max(0, open - 1)
      } else {
        plain.unicodeScalars.append(scalar)
      }
    }
    flush()
    return result + String(repeating: "</span>", count: open)
  }

  private var footer: String {
    let items = page.facts.map {
      "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.text))</dd></div>"
    }
    return "<footer>\n<dl class=\"facts\">\n\(items.joined(separator: "\n"))\n</dl>\n</footer>"
  }
}
