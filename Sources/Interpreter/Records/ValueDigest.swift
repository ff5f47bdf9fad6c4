// The digest of a value: the same bits give the same digest, on any machine and in any run.

import FactorLang
import FactorRuntime
import Models

enum ValueDigest {
  /// The digest of a value as 64 hexadecimal digits; models are told apart by their forecasts.
  static func of(_ value: Value, budget: Budget) -> String {
    var hash = SHA256()
    add(value, to: &hash, budget)
    return hash.digest
  }

  private static func add(_ value: Value, to hash: inout SHA256, _ budget: Budget) {
    hash.add(value.type.description)
    switch value {
    case .missing, .nothing: break
    case .integer(let number): hash.add(UInt64(bitPattern: Int64(number)))
    case .number(let number), .ratio(let number, _): hash.add(number.bitPattern)
    case .list(let items): for item in items { add(item, to: &hash, budget) }
    case .record(let record): add(record.fields, to: &hash, budget)
    case .module(let module): add(module.exports, to: &hash, budget)
    case .range(let range):
      for end in [range.lower, range.upper, range.step] {
        add(end ?? .missing, to: &hash, budget)
      }
    case .column(let column): add(column.column, to: &hash)
    case .table(let table):
      for (name, column) in table.columns {
        hash.add(name)
        add(column, to: &hash)
      }
    case .panel(let panel): add(panel.panel, to: &hash)
    case .task(let task): add(task.cut, to: &hash)
    case .model(let model): add(model, to: &hash, budget)
    case .sweep(let sweep):
      for (name, column) in sweep.table().columns {
        hash.add(name)
        add(column, to: &hash)
      }
    case .function(let function):
      for parameter in function.parameters { hash.add(parameter.name) }
      for captured in function.captures { add(captured, to: &hash, budget) }
    default: for line in value.display(DisplayOptions()) { hash.add(line) }
    }
    if case .month = value { hash.add(ValueText.short(value)) }
    if case .date = value { hash.add(ValueText.short(value)) }
    if case .quarter = value { hash.add(ValueText.short(value)) }
    if case .duration = value { hash.add(ValueText.short(value)) }
    if case .text(let text) = value { hash.add(text) }
    if case .bool(let flag) = value { hash.add(flag ? 1 : 0) }
  }

  private static func add(
    _ fields: [(name: String, value: Value)], to hash: inout SHA256, _ budget: Budget
  ) {
    for (name, value) in fields {
      hash.add(name)
      add(value, to: &hash, budget)
    }
  }

  private static func add(_ numbers: [Double], to hash: inout SHA256) {
    numbers.withUnsafeBytes { hash.add($0) }
  }

  private static func add(_ column: Column, to hash: inout SHA256) {
    hash.add(column.kind)
    switch column.values {
    // A missing number is one thing, whatever its bits.
    case .numbers(let numbers): add(numbers.map { $0.isNaN ? Double.nan : $0 }, to: &hash)
    case .text(let codes, let dictionary):
      for text in dictionary { hash.add(text) }
      codes.withUnsafeBytes { hash.add($0) }
    case .months(let months): months.withUnsafeBytes { hash.add($0) }
    case .dates(let dates): dates.withUnsafeBytes { hash.add($0) }
    }
  }

  private static func add(_ panel: Panel, to hash: inout SHA256) {
    add(Column(.months(panel.index.rowMonths)), to: &hash)
    add(
      Column(.text(codes: panel.index.assets, dictionary: panel.index.assetNames)), to: &hash)
    for (name, column) in panel.named {
      hash.add(name)
      add(column, to: &hash)
    }
  }

  private static func add(_ task: FactorTask, to hash: inout SHA256) {
    for name in task.characteristicNames { hash.add(name) }
    task.characteristics.withUnsafeBytes { hash.add($0) }
    add(task.returns, to: &hash)
    guard !task.observed.names.isEmpty else { return }
    for name in task.observed.names { hash.add(name) }
    add(task.observed.values, to: &hash)
  }

  private static func add(_ model: ModelValue, to hash: inout SHA256, _ budget: Budget) {
    let summary = model.model.summary
    hash.add(summary.model)
    for (name, value) in summary.settings { hash.add(name + "=" + value) }
    guard let task = model.task else {
      // Without data a model is what its file says.
      ((try? ModelFiles.bytes(model, budget)) ?? []).withUnsafeBytes { hash.add($0) }
      return
    }
    guard let predictions = try? model.model.predict(task.cut, budget: budget) else { return }
    add(predictions.preferredForecast, to: &hash)
    add(predictions.total ?? [], to: &hash)
  }
}
