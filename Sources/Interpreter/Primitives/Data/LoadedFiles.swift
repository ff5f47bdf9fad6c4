// One panel from one file, or from all files that a path with a star names.

import FactorLang
import FactorRuntime

enum LoadedFiles {
  static func read(
    _ path: String, _ keys: [String], _ frequency: PanelReader.Frequency, _ context: Context
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    let files = try blaming("path") { try FilePattern.files(context.reading(path)) }
    let isPattern = FilePattern.isPattern(path)
    let parts = try files.map { file in
      let names = try LoadKeys.resolve(keys, path: file)
      return try blaming("path", of: isPattern ? file : nil) {
        try PanelReader.read(
          path: file, asset: names.asset, date: names.date,
          named: isPattern ? FilePattern.stem(file) : nil, frequency: frequency,
          budget: context.budget)
      }
    }
    for (file, part) in zip(files, parts) {
      try context.record(part.panel, path: written(path, file), file: file)
    }
    guard isPattern else { return parts[0] }
    let panel = try blaming("path") {
      try PanelStack.stacked(parts.map { PanelValue(panel: $0.panel, origin: path) }).panel
    }
    let line = LedgerLine(
      stage: "load", rowsIn: parts.reduce(0) { $0 + $1.ledger.rowsIn }, rowsOut: panel.count,
      notes: [Counted.text(files.count, "file")])
    return (panel, line)
  }

  /// The path of one of the files that a path names, as the program would write it.
  static func written(_ pattern: String, _ file: String) -> String {
    guard FilePattern.isPattern(pattern) else { return pattern }
    let folder = pattern.lastIndex(of: "/").map { String(pattern[...$0]) } ?? ""
    return folder
      + String(
        file.suffix(from: file.lastIndex(of: "/").map(file.index(after:)) ?? file.startIndex))
  }

  /// Blames a parameter for what goes wrong with a file.
  static func blaming<Result>(
    _ parameter: String, of file: String? = nil, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as BudgetError { throw error } catch {
      var fault = Fault(error)
      fault.parameter = fault.parameter ?? parameter
      if let file { fault.notes.append("in \(written("*", file))") }
      throw fault
    }
  }
}
