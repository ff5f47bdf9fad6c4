// What a page shows of an event: tables as tables, plots as pictures, the rest as lines.
//
// Made while the script runs, so that a page keeps the rows it shows and not the panels they are from.

import FactorLang
import FactorRuntime

/// A part of what a statement showed.
enum PageOutput: Sendable {
  /// Lines of the ledger, and notes beside them.
  case ledger([String])
  /// A value as lines.
  case lines([String])
  case table(TableDocument)
  case plot(Scene)
  /// A message; its parts are marked as for the terminal.
  case message([String], isError: Bool)

  /// More marks than this are better drawn in characters.
  private static let mostMarks = 20_000

  /// The parts of an event.
  static func parts(_ event: Event) -> [PageOutput] {
    let text = EventText(display: options, decorator: PageMarks.decorator)
    switch event {
    case .ledger, .note, .artifact: return [.ledger(text.lines(event))]
    case .value(let value, _): return parts(value)
    case .diagnostic(let diagnostic):
      var lines = text.lines(event)
      while lines.last?.isEmpty == true { lines.removeLast() }
      return [.message(lines, isError: diagnostic.severity == .error)]
    case .progress, .failedCells: return []
    }
  }

  /// Lines of one kind that follow each other are one block.
  static func joined(_ parts: [PageOutput]) -> [PageOutput] {
    parts.reduce(into: []) { joined, part in
      switch (joined.last, part) {
      case (.ledger(let before)?, .ledger(let lines)):
        joined[joined.count - 1] = .ledger(before + lines)
      case (.lines(let before)?, .lines(let lines)):
        joined[joined.count - 1] = .lines(before + lines)
      default: joined.append(part)
      }
    }
  }

  // A page has room for some more columns than a terminal is expected to.
  private static var options: DisplayOptions {
    var options = DisplayOptions()
    options.width = 100
    return options
  }

  private static func parts(_ value: Value) -> [PageOutput] {
    switch value {
    case .table(let table) where table.format == .text && !table.view.isSideways:
      return [.table(table.page(options))]
    case .panel(let panel) where !panel.view.isSideways:
      let columns: [PageOutput] = panel.view.isFull ? [.table(panel.columnPage(options))] : []
      return [.lines(panel.head(options))] + columns + [.table(panel.page(options))]
    case .sweep(let sweep):
      guard let grid = sweep.grid else { break }
      return [.table(grid.page(options)), .lines(sweep.footer)]
    case .plot(let plot): return [part(plot.scene, options)]
    case .sheet(let sheet): return parts(sheet, options)
    default: break
    }
    return [.lines(value.display(options))]
  }

  private static func part(_ scene: Scene, _ options: DisplayOptions) -> PageOutput {
    let marks = scene.series.reduce(0) { $0 + $1.xs.count }
    return marks <= mostMarks
      ? .plot(scene) : .lines(PlotValue(scene: scene, canvas: .braille).display(options))
  }

  private static func parts(_ sheet: SheetValue, _ options: DisplayOptions) -> [PageOutput] {
    var brief = sheet
    brief.isFull = false
    let head = PageOutput.lines(brief.display(options))
    guard sheet.isFull else { return [head] }
    return [head]
      + sheet.parts.filter { !$0.isSeries }.map { part in
        switch part.content {
        case .table(var table):
          table.title = part.title
          return .table(table.page(options))
        case .plot(var scene):
          scene.title = part.title
          return Self.part(scene, options)
        }
      }
  }
}

/// Marks of the styles of messages, which writers of pages turn into their own.
enum PageMarks {
  private static let first: UInt32 = 0xFDD0
  static let end: UInt32 = 0xFDEF
  static let decorator = Decorator { style in
    let place = DiagnosticStyle.allCases.firstIndex(of: style) ?? 0
    return (text(first + UInt32(place)), text(end))
  }

  /// The style that a character begins; nil for any other character.
  static func style(_ scalar: Unicode.Scalar) -> DiagnosticStyle? {
    let place = Int(scalar.value) - Int(first)
    return DiagnosticStyle.allCases.indices.contains(place) ? DiagnosticStyle.allCases[place] : nil
  }

  private static func text(_ value: UInt32) -> String {
    Unicode.Scalar(value).map { String($0) } ?? ""
  }
}
