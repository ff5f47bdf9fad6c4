// The help of a script: its first words of prose and its parameters.

import FactorLang

enum ScriptHelp {
  /// The lines that `fq run FILE --help` prints.
  static func lines(_ source: Source) -> [String] {
    let program = Parser.parse(source)
    let parameters = program.statements.compactMap { statement -> [String]? in
      guard case .parameter(let declaration) = statement.kind else { return nil }
      return cells(declaration, statement.documentation, source)
    }
    let names = parameters.map { $0[0] }.joined(separator: " ")
    var lines = ["fq run \(source.name) \(names.isEmpty ? "" : "[name=value …]")"]
    let prose = program.cells.first?.prose ?? []
    let first = parameterStart(program)
    let words = prose.prefix { $0.span.start < first }.map(\.text)
    if !words.isEmpty { lines += [""] + words.map { "  " + $0 } }
    guard !parameters.isEmpty else { return lines + ["", "  The script has no parameters."] }
    let widths = (0..<3).map { column in parameters.map { $0[column].count }.max() ?? 0 }
    return lines + [""]
      + parameters.map { row in
        var line = "  "
        for (cell, width) in zip(row, widths) {
          line += cell + String(repeating: " ", count: width - cell.count + 2)
        }
        return line + row[3]
      }
  }

  private static func parameterStart(_ program: Program) -> Int {
    program.statements.first { statement in
      if case .parameter = statement.kind { return true }
      return false
    }?.span.start ?? program.statements.first?.span.start ?? .max
  }

  private static func cells(
    _ declaration: ParameterDeclaration, _ words: String?, _ source: Source
  ) -> [String] {
    [
      declaration.name.text, declaration.type?.text ?? "",
      "= " + source.text(declaration.value.span)
        + (declaration.allowed.map { " in " + source.text($0.span) } ?? ""),
      words ?? "",
    ]
  }
}
