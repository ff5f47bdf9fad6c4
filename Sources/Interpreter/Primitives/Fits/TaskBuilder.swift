// From a panel to a task: one alignment, no look-ahead, every lost row counted.
//
// The target's known offset says in which month after its row the return is earned; the row moves
// there. A feature must be known at least one month before the target.

import FactorLang
import FactorRuntime
import Models

enum TaskBuilder {
  static func build(
    _ value: PanelValue, target: ColumnExpression, features: [String], factors: [String],
    _ context: Context
  ) throws -> TaskValue {
    let panel = value.panel
    let returns = try target.evaluate(on: panel)
    guard let numbers = returns.numbers, returns.unit != .boolean else {
      throw Fault(.wrongType, "the target is a return, not \(returns.kind)", parameter: "target")
    }
    guard !Availability.isWholeSample(returns.known) else {
      var fault = Fault(
        .lookAhead, "the target is known only when the sample has ended",
        helps: ["compare within the month:  xs.demean(ret)"], parameter: "target")
      fault.reason = "it holds a statistic of all rows, which belongs to no month"
      throw fault
    }
    try Timing.checkFeatures(panel, target, known: returns.known, features)
    try Timing.checkFactors(panel, target, known: returns.known, factors)
    try Timing.checkSelection(value, before: returns.known, of: target)
    let columns = try features.map { try panel.numbers($0) }
    let valued = numbers.indices.filter { !numbers[$0].isNaN }
    guard !valued.isEmpty else {
      throw Fault(.allMissing, "`\(target.text)` has no value in any row", parameter: "target")
    }
    let given = try FactorColumns(factors, of: panel)
    let kept = given.complete(valued)
    guard !kept.isEmpty else { throw given.nothingLeft(beside: target.text) }
    try context.budget.reserve(kept.count * features.count * 4, for: "the task")
    defer { context.budget.release(kept.count * features.count * 4) }
    let matrix = characteristics(columns, kept)
    report(
      panel, target.text, features, columns, given,
      kept: kept.count, of: valued.count, shift: returns.known, context)
    let index = panel.index.selecting(kept).shifted(by: returns.known)
    return TaskValue(
      task: FactorTask(
        index: index, characteristicNames: features, characteristics: matrix,
        returns: kept.map { numbers[$0] }, targetName: target.name,
        observed: given.observed(kept)),
      origin: value.origin, world: value.world,
      recipe: TaskRecipe(
        target: target.text, targetName: target.name, features: features, factors: factors,
        known: returns.known, origin: value.origin, expression: target))
  }

  static func characteristics(_ columns: [[Double]], _ kept: [Int]) -> [Float] {
    let width = columns.count
    var matrix = [Float](repeating: 0, count: kept.count * width)
    for (j, column) in columns.enumerated() {
      for (i, row) in kept.enumerated() where !column[row].isNaN {
        matrix[i * width + j] = Float(column[row])
      }
    }
    return matrix
  }

  private static func report(
    _ panel: Panel, _ target: String, _ features: [String], _ columns: [[Double]],
    _ factors: FactorColumns, kept: Int, of valued: Int, shift: Int, _ context: Context
  ) {
    let missing = columns.reduce(0) { $0 + $1.count { $0.isNaN } }
    var detail = "target \(target)"
    if !features.isEmpty { detail += ", " + Counted.text(features.count, "feature") }
    if !factors.names.isEmpty {
      detail += ", \(Counted.text(factors.names.count, "factor")) (\(factors.words))"
    }
    if shift != 0 {
      detail +=
        ", rows moved to the \(panel.index.clock.noun) of the return (\(Timing.period(shift, on: panel.index.clock)))"
    }
    if missing > 0 { detail += "; \(Counted.text(missing, "missing feature")) → 0" }
    context.ledger(
      LedgerLine(
        stage: "setup", rowsIn: panel.count, rowsOut: kept,
        reasons: [
          .init("rows without \(target)", panel.count - valued),
          .init("rows of months without \(factors.words)", valued - kept),
        ]),
      detail: detail)
    let wild = zip(features, columns).filter { $0.1.contains { abs($0) > 1 } }.map(\.0)
    if !wild.isEmpty {
      let shown = wild.prefix(3).joined(separator: ", ")
      context.note(
        "\(Counted.text(wild.count, "feature")) \(wild.count == 1 ? "is" : "are") not rank-normalised (\(shown)\(wild.count > 3 ? ", …" : "")); "
          + "models expect values in -1..1")
    }
  }
}

enum TaskSplitter {
  static func split(
    _ value: TaskValue, _ design: SplitDesign?, _ train: RangeValue?, _ valid: RangeValue?,
    _ test: RangeValue?
  ) throws -> Split {
    let index = value.task.index
    if let design {
      guard train == nil, valid == nil, test == nil else {
        throw Fault(.tooManyArguments, "a design already says where the blocks end")
      }
      return try design.split(months: index.months.count)
    }
    guard let train, let valid, let test else {
      throw Fault(
        .missingArgument, "`split` needs a design, or train, valid and test",
        helps: ["split train: ..2012-04, valid: 2012-05..2016-04, test: 2016-05.."])
    }
    return try Split(
      train: block("train", train, index), valid: block("valid", valid, index),
      test: block("test", test, index))
  }

  private static func block(
    _ name: String, _ range: RangeValue, _ index: PanelIndex
  ) throws -> Range<Int> {
    let (from, to) = try PanelKeys.periods(.range(range), on: index.clock)
    guard let first = index.months.first, let last = index.months.last else {
      throw Fault(.outsideData, "the task has no rows", parameter: name)
    }
    let start = from.map { index.lowerBound($0) } ?? 0
    let end = max(start, to.map { index.lowerBound($0 + 1) } ?? index.months.count)
    guard start < end else {
      var fault = Fault(
        .outsideData,
        "the \(name) block \(ValueText.short(.range(range))) holds no \(index.clock.noun) of the data",
        parameter: name)
      fault.notes = ["the data cover \(first)..\(last)"]
      throw fault
    }
    return start..<end
  }
}
