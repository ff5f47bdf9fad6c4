// Events as NDJSON on standard output, one object a line; text for people goes to standard error.

import FactorLang
import FactorRuntime
import Models

/// Writes events as JSON.
final class JSONEvents: OutputSink {
  private let gate: OutputGate
  private let began = ContinuousClock.now
  /// The stage that progress was last heard of.
  private let stage = Guarded("")

  init(_ gate: OutputGate) { self.gate = gate }

  func send(_ event: Event) {
    switch event {
    case .ledger(let entry): write("ledger", Self.fields(entry))
    case .note(let text): write("note", [("text", FlatJSON.quote(text))])
    case .progress(let stage, let state):
      if begins(stage) { write("stage", [("stage", FlatJSON.quote(stage))]) }
      write("progress", Self.fields(stage, state))
    case .value(let value, let name):
      write("value", (name.map { [("name", FlatJSON.quote($0))] } ?? []) + Self.fields(value))
    case .diagnostic(let diagnostic): write("diagnostic", [("diagnostic", diagnostic.json)])
    case .artifact(let path): write("artifact", [("path", FlatJSON.quote(path))])
    case .failedCells(let count): write("failed_cells", [("count", "\(count)")])
    }
  }

  /// Tells whether this is the first word from a stage that takes long.
  private func begins(_ name: String) -> Bool {
    stage.change { stage in
      defer { stage = name }
      return stage != name
    }
  }

  func speak(_ prose: String) { gate.print(prose, to: .error) }

  func finish(_ status: ExitStatus) {
    let spent = (ContinuousClock.now - began) / .milliseconds(1)
    write(
      "end",
      [
        ("status", FlatJSON.quote("\(status)")), ("code", "\(status.rawValue)"),
        ("ms", FlatJSON.number(spent.rounded())),
      ])
  }

  private func write(_ name: String, _ fields: [(name: String, json: String)]) {
    gate.print(FlatJSON.object([("event", FlatJSON.quote(name))] + fields))
  }

  // MARK: Fields

  static func fields(_ entry: LedgerEntry) -> [(name: String, json: String)] {
    let line = entry.line
    let reasons = line.reasons.map {
      FlatJSON.object([("text", FlatJSON.quote($0.text)), ("rows", "\($0.count)")])
    }
    return [
      ("stage", FlatJSON.quote(line.stage)), ("rows_in", "\(line.rowsIn)"),
      ("rows_out", "\(line.rowsOut)"), ("reasons", FlatJSON.list(reasons)),
      ("detail", FlatJSON.quote(entry.detail)),
      ("notes", FlatJSON.list(line.notes.map(FlatJSON.quote))),
    ] + (entry.origin.isEmpty ? [] : [("origin", FlatJSON.quote(entry.origin))])
  }

  static func fields(_ stage: String, _ state: FitProgress) -> [(name: String, json: String)] {
    [
      ("stage", FlatJSON.quote(stage)), ("seed", "\(state.member + 1)"),
      ("seeds", "\(state.members)"), ("epoch", "\(state.epoch)"), ("epochs", "\(state.epochs)"),
      ("training_loss", FlatJSON.number(state.trainingLoss)),
      ("validation_loss", FlatJSON.number(state.validationLoss)),
      ("best_epoch", "\(state.bestEpoch)"), ("best_loss", FlatJSON.number(state.bestLoss)),
    ]
  }

  /// A value by its type, its data where it is small enough to be data, and its text.
  static func fields(_ value: Value) -> [(name: String, json: String)] {
    let lines = value.display(DisplayOptions()).map(FlatJSON.quote)
    let type = [("type", FlatJSON.quote(value.type.description))]
    let data = json(value).map { [("data", $0)] } ?? []
    return type + data + [("text", FlatJSON.list(lines))]
  }

  private static func json(_ value: Value) -> String? {
    switch value {
    case .missing: return "null"
    case .integer(let number): return "\(number)"
    case .number(let number), .ratio(let number, _): return FlatJSON.number(number)
    case .bool(let flag): return "\(flag)"
    case .text(let text): return FlatJSON.quote(text)
    case .month, .date, .quarter, .duration: return FlatJSON.quote(ValueText.short(value))
    case .list(let items): return FlatJSON.list(items.map { json($0) ?? "null" })
    case .record(let record):
      return FlatJSON.object(record.fields.map { ($0.name, json($0.value) ?? "null") })
    case .table(let table):
      return FlatJSON.object(table.columns.map { ($0.name, json($0.column)) })
    case .column(let column): return json(column.column)
    default: return nil
    }
  }

  private static func json(_ column: Column) -> String {
    FlatJSON.list((0..<column.count).map { json(column.value(at: $0)) ?? "null" })
  }
}
