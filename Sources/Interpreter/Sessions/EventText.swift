// Events as lines of text: ledger lines, notes, values, diagnostics.

import FactorLang
import FactorRuntime

/// Turns events into lines for people.
public struct EventText: Sendable {
  private let display: DisplayOptions
  private let renderer: Renderer

  /// Creates the translation; the decorator colours diagnostics.
  public init(display: DisplayOptions = DisplayOptions(), decorator: Decorator = .plain) {
    self.display = display
    renderer = Renderer(decorator)
  }

  /// The lines of an event; progress has none.
  ///
  /// Only the decorator's marks are left of what is not for reading: text from data is harmless by now.
  public func lines(_ event: Event) -> [String] {
    switch event {
    case .ledger(let entry):
      Self.ledger(entry, width: display.width).map(VisibleText.block)
    case .note(let text): ["  note: \(VisibleText.block(text))"]
    case .value(let value, _): value.display(display).map(VisibleText.block)
    case .diagnostic(let diagnostic):
      Self.interruption(diagnostic) ?? Self.split(renderer.render(diagnostic))
    case .artifact(let path): ["  wrote \(VisibleText.block(path))"]
    case .progress, .failedCells: []
    }
  }

  /// An interruption is no error: what was done, and how to go on.
  static func interruption(_ diagnostic: Diagnostic) -> [String]? {
    guard diagnostic.code == .interrupted else { return nil }
    return (["interrupted: \(diagnostic.message)"] + diagnostic.data.map { "  " + $0 })
      .map(VisibleText.block)
  }

  private static func split(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static let stageWidth = 15
  /// A screen on which details under their column would have too little room.
  private static let narrow = 60

  /// One ledger line: stage, rows left, why rows went, what happened to values.
  static func ledger(_ entry: LedgerEntry, width: Int) -> [String] {
    let line = entry.line
    let stage = TextWidth.padded(line.stage, to: stageWidth)
    var parts = [TextWidth.padded("\(NumberFormat.count(line.rowsOut)) rows", to: 13, right: true)]
    parts += line.reasons.map { "−\(NumberFormat.count($0.count)) \($0.text)" }
    if !entry.detail.isEmpty { parts.append(entry.detail) }
    if !entry.origin.isEmpty { parts.append(entry.origin) }
    parts += line.notes
    return wrap(stage + parts.joined(separator: "  "), width: width)
  }

  // A long line goes on under its detail, so that the stages stay readable as a column.
  private static func wrap(_ line: String, width: Int) -> [String] {
    guard TextWidth.of(line) > width else { return [line] }
    let isNarrow = width < narrow
    let indent = String(repeating: " ", count: isNarrow ? max(2, width / 3) : stageWidth + 15)
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let next = current.isEmpty ? String(word) : current + " " + word
      if TextWidth.of(next) > width, !current.isEmpty, TextWidth.of(current) > indent.count {
        lines.append(current)
        current = indent + word
      } else {
        current = next
      }
    }
    return lines + [current]
  }
}
