// Sheets and tables as files, and plots with the numbers they were drawn from.

import FactorLang
import FactorRuntime

enum DocumentFiles {
  /// The bytes of a value in the format of a file's ending; nil where another writer has it.
  static func bytes(_ value: Value, path: String) throws -> [UInt8]? {
    switch path.split(separator: ".").last {
    case "html": return Array(HTMLReport(try report(value, "HTML")).text.utf8)
    case "json": return Array((try json(value).written() + "\n").utf8)
    case "csv":
      if case .plot(let plot) = value { return CSVWriter.bytes(of: plot.scene.data) }
      if case .sheet(let sheet) = value { return text(sheet.report.lines(.csv)) }
      return nil
    case "md", "tex":
      guard let format = DocumentFormat(ending: path), case .sheet(let sheet) = value else {
        return nil
      }
      return text(sheet.report.lines(format))
    default: return nil
    }
  }

  private static func text(_ lines: [String]) -> [UInt8] {
    Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func report(_ value: Value, _ format: String) throws -> ReportDocument {
    switch value {
    case .sheet(let sheet): return sheet.report
    case .plot(let plot):
      return ReportDocument(
        title: plot.scene.title.isEmpty ? "Plot" : plot.scene.title,
        parts: [.init("plot", plot.scene.title, .plot(plot.scene))], maker: SheetFacts.maker)
    default:
      guard let table = TableFlow(value)?.table else {
        throw Fault(
          .wrongType,
          "only sheets, tables and plots are written as \(format), not \(value.type.phrase)")
      }
      try checkSize(table, format)
      var bare = table
      bare.title = nil
      return ReportDocument(
        title: table.title ?? "Table",
        parts: [.init("table", "", .table(bare.document, table.columns))],
        definitions: table.columns.compactMap { table.statistics[$0.name] },
        maker: SheetFacts.maker)
    }
  }

  /// Rows that a page has room for, and cells that a list of records may have.
  static let (mostRows, mostCells) = (20_000, 5_000_000)

  private static func checkSize(_ table: Table, _ format: String) throws {
    let isPage = format == "HTML"
    guard isPage ? table.count > mostRows : table.count * table.columns.count > mostCells else {
      return
    }
    throw Fault(
      .cannotWrite,
      "\(Counted.text(table.count, "row")) of \(Counted.text(table.columns.count, "column")) are too many for \(format)",
      helps: ["write them as .csv"], parameter: "path")
  }

  private static func json(_ value: Value) throws -> JSON {
    switch value {
    case .sheet(let sheet): return sheet.report.json
    case .plot(let plot): return JSON.records(plot.scene.data)
    default:
      guard let table = TableFlow(value)?.table else {
        throw Fault(
          .wrongType, "only sheets, tables and plots are written as JSON, not \(value.type.phrase)")
      }
      try checkSize(table, "JSON")
      return JSON.records(table.columns)
    }
  }
}
