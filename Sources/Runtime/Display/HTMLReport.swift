// A report as one HTML file: no scripts, nothing to fetch, pictures inside, light and dark, for paper and phones.
//
// Every text goes through one escape. The exact numbers of a part are a link to its CSV, which is part of the file.

/// Writes reports as HTML.
public struct HTMLReport {
  private let report: ReportDocument

  /// Prepares a report.
  public init(_ report: ReportDocument) { self.report = report }

  /// The text of the file.
  public var text: String {
    let body =
      ([head] + facts + [parts] + definitions + ["<footer>\(escaped(report.maker))</footer>"])
      .joined(separator: "\n")
    return HTMLPage.text(title: report.heading, maker: report.maker, body: body)
  }

  private var head: String {
    let kind = report.kind.isEmpty ? "" : "<p class=\"kind\">\(escaped(report.kind))</p>\n"
    return "<header>\n\(kind)<h1>\(escaped(report.title))</h1>\n</header>"
  }

  private var facts: [String] {
    guard !report.facts.isEmpty else { return [] }
    let items = report.facts.map {
      "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.text))</dd></div>"
    }
    return ["<dl class=\"facts\">\n\(items.joined(separator: "\n"))\n</dl>"]
  }

  private var parts: String {
    let data = report.parts.filter(\.isData).map { "\(escaped($0.title)) \(link($0))" }
    let line = data.isEmpty ? "" : "\n<p class=\"note data\">\(data.joined(separator: " · "))</p>"
    return "<div class=\"parts\">\n\(report.pages.map(part).joined(separator: "\n"))\n</div>\(line)"
  }

  private func link(_ part: ReportDocument.Part) -> String {
    "<a download=\"\(escaped(part.name)).csv\" href=\"\(Self.link(part.columns))\">csv</a>"
  }

  private var definitions: [String] {
    guard !report.definitions.isEmpty else { return [] }
    let items = report.definitions.map { item in
      "<p><b>\(escaped(item.title))</b> \(escaped(item.formula)). \(escaped(item.convention))"
        + (item.reference.isEmpty ? "" : ". <i>\(escaped(item.reference))</i>") + "</p>"
    }
    return [
      "<section class=\"definitions\">\n<h2>Definitions</h2>\n<div>\(items.joined(separator: "\n"))</div>\n</section>"
    ]
  }

  private func part(_ part: ReportDocument.Part) -> String {
    let title = "<h2>\(escaped(part.title))\(link(part))</h2>"
    switch part.content {
    case .plot(let scene):
      var bare = scene
      bare.title = ""
      let picture = SVGWriter.text(bare, width: 520, height: 300, ink: .page)
      return "<figure>\n\(title)\n\(picture)</figure>"
    case .table(let table, _):
      let isWide = Self.isWide(table)
      return
        "<section class=\"\(isWide ? "table wide" : "table")\">\n\(title)\n\(HTMLPage.table(table))\n</section>"
    }
  }

  private func escaped(_ text: String) -> String { HTMLPage.escaped(text) }

  // Half a page has room for some seventy characters.
  private static func isWide(_ table: TableDocument) -> Bool {
    let widths = table.columns.map { column in
      2 + (([column.title] + column.cells.prefix(200)).map { TextWidth.of($0) }.max() ?? 0)
    }
    return widths.reduce(0, +) > 72
  }

  // The file as a link: letters and digits as they are, all other bytes by number.
  private static func link(_ columns: [(name: String, column: Column)]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out = Array("data:text/csv;charset=utf-8,".utf8)
    for byte in CSVWriter.bytes(of: columns) {
      switch byte {
      case 48...57, 65...90, 97...122, 44, 45, 46, 95: out.append(byte)
      default: out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
