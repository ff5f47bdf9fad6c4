// Parameters for columns that are found by their usual names where a program does not name them.

import FactorLang
import FactorRuntime

extension Parameter where Input == ColumnNames {
  /// The column that plays a part.
  static func role(_ role: ColumnRole, _ name: String, otherwise: String = "") -> Parameter {
    .columns(
      name, required: false,
      "the column of \(role.words); found as \(role.names.prefix(3).joined(separator: ", ")) if left out"
        + (otherwise.isEmpty ? "" : "; \(otherwise) if there is none")
    ).labelled.numeric
  }
}

extension ColumnRole {
  /// The column that is named, or else found; nil if there is none.
  func find(_ given: ColumnNames, in panel: Panel) -> String? {
    given.names.first ?? column(of: panel)
  }

  /// The same where it must be there; `option` names it in a call of `verb`.
  func require(
    _ given: ColumnNames, in panel: Panel, _ verb: String, option: String
  ) throws -> String {
    if let found = find(given, in: panel) { return found }
    throw Fault(
      .unknownColumn, "the panel has no column of \(words)",
      helps: ["name it:  \(verb) \(option): …"], parameter: option)
  }
}
