// One panel from one file, or from all files that a path with a star names.

import FactorLang
import FactorRuntime

/// What `load` is told besides the path.
struct LoadRequest {
  var keys: [String] = []
  var frequency = PanelReader.Frequency.found
  var duplicates = PanelReader.Duplicates.refused
  var options = CSVOptions()
}

enum LoadedFiles {
  static func read(
    _ path: String, _ request: LoadRequest, _ context: Context
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    let files = try blaming("path") { try FilePattern.files(context.reading(path)) }
    let isPattern = FilePattern.isPattern(path)
    let parts = try files.map { file in
      let names = try LoadKeys.resolve(request.keys, path: file)
      return try blaming("path", of: isPattern ? file : nil) {
        try PanelReader.read(
          path: file, asset: names.asset, date: names.date,
          named: isPattern ? FilePattern.stem(file) : nil, frequency: request.frequency,
          duplicates: request.duplicates, options: request.options, budget: context.budget)
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
      reasons: reasons(parts.map(\.ledger)),
      notes: [Counted.text(files.count, "file")]
        + remarks(zip(files, parts.map(\.ledger)).map { $0 }))
    return (panel, line)
  }

  /// Rows lost for the same reason in several files, together.
  private static func reasons(_ lines: [LedgerLine]) -> [LedgerLine.Reason] {
    var totals: [(text: String, count: Int)] = []
    for reason in lines.flatMap(\.reasons) {
      if let place = totals.firstIndex(where: { $0.text == reason.text }) {
        totals[place].count += reason.count
      } else {
        totals.append((reason.text, reason.count))
      }
    }
    return totals.map { LedgerLine.Reason($0.text, $0.count) }
  }

  // What is said of every file is said once; what differs is said with the file's name, of the first few.
  private static func remarks(_ parts: [(file: String, line: LedgerLine)]) -> [String] {
    guard let first = parts.first else { return [] }
    let shared = first.line.notes.filter { note in parts.allSatisfy { $0.line.notes.contains(note) }
    }
    let own = parts.flatMap { part in
      part.line.notes.filter { !shared.contains($0) }.map {
        "\(FilePattern.stem(part.file)): \($0)"
      }
    }
    return shared + own.prefix(5) + (own.count > 5 ? ["… \(own.count - 5) more remarks"] : [])
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
