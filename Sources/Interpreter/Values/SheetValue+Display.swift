// A sheet as text: the header, a dozen lines, and with `full` every table and plot; as a report for files.

import FactorRuntime

extension SheetValue {
  func display(_ options: DisplayOptions) -> [String] {
    var sheet = Sheet(labelWidth: widths.label, cellWidth: widths.cell)
    sheet.head("\(kind.rawValue) sheet · \(title)")
    let facts = facts.map { "\($0.name): \($0.text)" }
    for line in TextWidth.listed(facts, to: options.width - 2) { sheet.head("  " + line) }
    for line in brief { sheet.row(line.label, line.cells, line.remark) }
    let body = sheet.text + notes.map { "  note: \($0)" }
    guard isFull else { return body }
    return body + parts.filter { !$0.isSeries }.flatMap { lines($0, options) }
  }

  private func lines(_ part: Part, _ options: DisplayOptions) -> [String] {
    switch part.content {
    case .table(var table):
      table.title = nil
      var whole = options
      whole.tableRows = 60
      return ["", part.title] + table.display(whole)
    case .plot(let scene):
      var scene = scene
      scene.title = part.title
      return [""]
        + PlotValue(scene: scene, canvas: .braille).display(options).map { line in
          var line = line
          while line.hasSuffix(" ") { line.removeLast() }
          return line
        }
    }
  }

  /// The whole sheet for a file.
  var report: ReportDocument {
    var seen = Set<Statistic>()
    let shown =
      figures.map(\.statistic)
      + parts.flatMap { part -> [Statistic] in
        guard case .table(let table) = part.content else { return [] }
        return table.columns.compactMap { table.statistics[$0.name] }
      }
    return ReportDocument(
      kind: "\(kind.rawValue) sheet", title: title,
      facts: facts + notes.map { ReportDocument.Fact("note", $0) },
      parts: [.init("figures", "Key figures", .table(figureDocument, figureTable.columns))]
        + parts.map { part in
          switch part.content {
          case .table(let table):
            return .init(
              part.name, part.title, .table(table.forPage, table.columns), isData: part.isSeries)
          case .plot(let scene): return .init(part.name, part.title, .plot(scene))
          }
        }, definitions: shown.filter { seen.insert($0).inserted }, maker: SheetFacts.maker)
  }

  private var figureDocument: TableDocument {
    TableDocument(
      caption: "",
      columns: [TableLayout.Column("", figures.map(\.title), .left)]
        + columns.indices.map { place in
          TableLayout.Column(columns[place], figures.map { $0.text(place) })
        })
  }
}

extension Table {
  /// Without the title, which the page has, and with words for headings.
  fileprivate var forPage: TableDocument {
    let own = document
    return TableDocument(
      caption: "",
      columns: own.columns.map {
        TableLayout.Column($0.title.replacing("_", with: " "), $0.cells, $0.alignment)
      }, blocks: own.blocks, notes: own.notes)
  }
}
