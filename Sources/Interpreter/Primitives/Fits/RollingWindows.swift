// Windows of periods that roll or expand through a task, by lengths or by a design of the literature.

import FactorLang
import FactorRuntime
import Models

/// A rolling design of the literature.
enum RollingDesign: String, ChoiceWord {
  case gkx, cvra_roll, cvra_monthly, fvtc

  var sentence: String {
    switch self {
    case .gkx:
      "training from the start, 18 years at first; 12 years of validation; refitted every year"
    case .cvra_roll:
      "training from the start, 5 years at least; the 10 years before a forecast validate; refitted "
        + "every year; `fit`, refit_on_all: true is its other reading"
    case .cvra_monthly: "the same, refitted every month"
    case .fvtc:
      "training from the start, 70 % of the task's months at first; 15 % of them validate; refitted "
        + "every year"
    }
  }

  /// Lengths in periods for a task of so many. Of the readings of the CVRA paper, whose text lets training and
  /// validation months overlap, both keep them apart: validation months are not trained on before they have chosen.
  func windows(of count: Int, year: Int) -> Rolling {
    switch self {
    case .fvtc:
      Rolling(
        train: count * 70 / 100, valid: count * 85 / 100 - count * 70 / 100, test: year, step: year,
        isExpanding: true)
    case .gkx:
      Rolling(train: 18 * year, valid: 12 * year, test: year, step: year, isExpanding: true)
    case .cvra_roll:
      Rolling(train: 5 * year, valid: 10 * year, test: year, step: year, isExpanding: true)
    case .cvra_monthly:
      Rolling(
        train: 5 * year, valid: 10 * year, test: max(1, year / 12), step: max(1, year / 12),
        isExpanding: true)
    }
  }
}

/// The lengths of windows, in periods.
struct Rolling {
  let train: Int
  let valid: Int
  let test: Int
  let step: Int
  /// Whether training begins with the task in every window, and not `train` months before.
  var isExpanding = false

  func windows(_ task: TaskValue, from: Value) throws -> [Value] {
    let clock = task.task.index.clock
    for (name, length) in [("train", train), ("valid", valid), ("test", test), ("refit", step)]
    where !(1...12_000).contains(length) {
      throw Fault(.outOfRange, "`\(name)` must lie in 1..12,000 periods", parameter: name)
    }
    guard step >= test else {
      throw Fault(
        .outOfRange,
        "test windows of \(test) \(clock.noun)s every \(step) would forecast \(clock.noun)s twice",
        parameter: "refit")
    }
    guard let first = task.task.index.months.first, let last = task.task.index.months.last else {
      throw Fault(.outsideData, "the task has no rows")
    }
    var start = clock.moved(first, by: train + valid)
    if !from.isMissing {
      let given = clock.first(of: try PanelKeys.period(from, "from", clock))
      guard given >= start else {
        throw Fault(
          .outsideData,
          "the first window would need \(clock.noun)s from "
            + "\(clock.moved(given, by: -(train + valid))) on, and the task begins in \(first)",
          helps: ["begin later:  from: \(start)"], parameter: "from")
      }
      start = given
    }
    guard start <= last else {
      throw Fault(
        .outsideData, "no test \(clock.noun) is left: the task ends in \(last)", parameter: "train")
    }
    var windows: [Value] = []
    while start <= last {
      windows.append(try window(task, start, min(clock.moved(start, by: test - 1), last)))
      start = clock.moved(start, by: step)
    }
    return windows
  }

  private func window(_ task: TaskValue, _ first: Period, _ last: Period) throws -> Value {
    let index = task.task.index
    let clock = index.clock
    let begin = isExpanding ? 0 : index.lowerBound(clock.moved(first, by: -(train + valid)))
    let choice = index.lowerBound(clock.moved(first, by: -valid)) - begin
    let split = try Split(
      train: 0..<choice, valid: choice..<(index.lowerBound(first) - begin),
      test: (index.lowerBound(first) - begin)..<(index.lowerBound(last + 1) - begin))
    let months = begin..<index.lowerBound(last + 1)
    func part(_ focus: EvaluationValue.Block) -> Value {
      var part = task
      part.window = TaskWindow(months: months, split: split, focus: focus)
      return .task(part)
    }
    return .record(
      Record(fields: [
        ("name", .text(first == last ? "\(first)" : "\(first)..\(last)")),
        ("train", part(.train)), ("valid", part(.valid)), ("test", part(.test)),
        ("previous", .missing),
      ]))
  }

  /// The periods from the first of a task to its last.
  static func span(_ task: TaskValue) -> Int {
    let months = task.task.index.months
    guard let first = months.first, let last = months.last else { return 0 }
    let clock = task.task.index.clock
    return clock.place(last) - clock.place(first) + 1
  }

  static func words(_ windows: [Value]) -> String {
    func name(_ value: Value?) -> String {
      guard case .record(let record)? = value else { return "" }
      return record["name"].map { ValueText.short($0) } ?? ""
    }
    return "\(Counted.text(windows.count, "window")), tests \(name(windows.first)) to "
      + name(windows.last)
  }
}
