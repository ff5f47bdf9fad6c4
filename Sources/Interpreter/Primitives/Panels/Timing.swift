// No look-ahead: what is chosen, sorted or fitted by must be known before what it is judged by.
//
// A column's `known` counts months after its row; a feature, a signal or a condition must be known at
// least one month before the return.

import FactorLang
import FactorRuntime

enum Timing {
  /// Refuses a feature that is not known a month before the target.
  static func checkFeatures(
    _ panel: Panel, _ target: ColumnExpression, known: Int, _ features: [String]
  ) throws {
    let pace = Pace(panel.index.clock)
    for name in features {
      let offset = try panel.column(name).known
      guard offset > known - 1 else { continue }
      var fault = Fault(
        .lookAhead, "`\(name)` is not known yet when `\(target.text)` must be forecast",
        helps: [
          "say when columns are known:       load …, known: {\(target.name): \(pace.duration(0)), else: \(pace.duration(-1))}",
          "or forecast the \(pace.noun) after it:"
            + String(repeating: " ", count: max(1, 8 - pace.noun.utf8.count))
            + "setup target: lead(\(target.name), \(pace.duration(offset - known + 1))), …",
        ], parameter: "features")
      fault.reason =
        "`\(name)` is known at \(pace.moment(offset)) and the target at \(pace.moment(known)); "
        + "features come \(panel.index.clock.each) before"
      throw fault
    }
  }

  /// Refuses an observed factor that is not known when the target is.
  static func checkFactors(
    _ panel: Panel, _ target: ColumnExpression, known: Int, _ factors: [String]
  ) throws {
    let pace = Pace(panel.index.clock)
    for name in factors {
      let offset = try panel.column(name).known
      guard offset != known else { continue }
      var fault = Fault(
        .lookAhead, "the factor `\(name)` is not of the period of `\(target.text)`",
        helps: [
          "move it to that period:  derive g = \(offset < known ? "lead" : "lag")(\(name), "
            + "\(pace.duration(abs(known - offset)))) | setup …, factors: [g]"
        ], parameter: "factors")
      fault.reason =
        "`\(name)` is known at \(pace.moment(offset)) and the target at \(pace.moment(known)); "
        + "a factor explains the returns of its own period"
      throw fault
    }
  }

  static func period(_ offset: Int, on clock: Clock) -> String { Pace(clock).moment(offset) }

  /// Refuses a column that is not known at its row where it is acted on.
  static func checkPresent(
    _ known: Int, of text: String, _ moment: String, on clock: Clock, parameter: String
  ) throws {
    guard known > 0 else { return }
    var fault = Fault(
      .lookAhead, "`\(text)` is not known yet when \(moment)",
      helps: ["to predict it, make it the target:   setup target: \(text)"], parameter: parameter)
    fault.reason = "it is known at \(period(known, on: clock)), and used at t"
    throw fault
  }

  /// Says which of the columns lie in the future; nil if none does.
  static func futureNote(_ columns: [(name: String, known: Int)], on clock: Clock) -> String? {
    let future = columns.filter { $0.known > 0 }
    guard !future.isEmpty else { return nil }
    let shown = future.prefix(3).map { "\($0.name) (\(period($0.known, on: clock)))" }
      .joined(separator: ", ")
    return "uses the future: \(shown)\(future.count > 3 ? ", …" : "")"
  }

  /// Refuses a condition that is not a yes or no, or that reads the future.
  static func checkCondition(
    _ mask: Column, _ condition: ColumnExpression, on clock: Clock
  ) throws {
    guard mask.unit == .boolean else {
      throw Fault(
        .notACondition, "`\(condition.text)` is \(mask.kind), not a yes or no",
        helps: ["compare it with something:  \(condition.text) > 0"], parameter: "conditions")
    }
    guard mask.known > 0 else { return }
    var fault = Fault(
      .lookAhead, "`\(condition.text)` is not known yet when these rows are chosen",
      parameter: "conditions")
    fault.reason =
      "it is known at \(period(mask.known, on: clock)): choosing rows by it looks into the future"
    throw fault
  }

  /// Refuses rows that were chosen by something their return decides, an expression that may take it from later ones.
  static func checkSelection(
    _ value: PanelValue, before known: Int, of target: ColumnExpression
  ) throws {
    try checkSelection(value.taking(target, known: known), before: known, of: target.text)
  }

  /// Refuses a task whose rows were chosen by something its target decides.
  static func checkSelection(_ value: PanelValue, before known: Int, of target: String) throws {
    guard value.selection > known - 1 else { return }
    let pace = Pace(value.panel.index.clock)
    // No `where` reads what is known later than its row, so that only a lead of chosen rows does.
    if value.selection > 0 {
      var fault = Fault(
        .lookAhead, "rows were chosen before `\(target)` was taken from later ones",
        helps: ["take it first:  derive next = lead(…, \(pace.duration(1))) | where …"],
        parameter: "target")
      fault.reason =
        "it is there only where the firm is chosen again, which is known at \(pace.moment(value.selection))"
      throw fault
    }
    var fault = Fault(
      .lookAhead, "rows were chosen by what is known only with `\(target)`",
      helps: [
        "say when columns are known:  load …, known: {\(target): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}"
      ],
      parameter: "target")
    fault.reason =
      "a `where` reads a value known at \(pace.moment(value.selection)), and the target is known at "
      + pace.moment(known)
    throw fault
  }

  /// Refuses weights that are known only with the return they are to earn.
  static func checkWeights(
    _ known: Int, of weight: String, before returns: Column, named name: String, on clock: Clock
  ) throws {
    guard known > returns.known - 1 else { return }
    let pace = Pace(clock)
    var fault = Fault(
      .lookAhead, "weights by `\(weight)` are known only with `\(name)`",
      helps: [
        "weight by what was known before:  derive before = lag(\(weight), \(pace.duration(1))) | …",
        "or say when columns are known:    load …, known: {\(name): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}",
      ], parameter: "weight")
    fault.reason =
      "`\(weight)` is known at \(pace.moment(known)) and `\(name)` at \(pace.moment(returns.known)); "
      + "weights come \(clock.each) before"
    throw fault
  }

  /// Refuses break points by what is known only with the return that the groups are to earn.
  static func checkBreakpoints(
    _ known: Int, before returns: Column, named name: String, on panel: Panel
  ) throws {
    guard known > returns.known - 1 else { return }
    let clock = panel.index.clock
    let pace = Pace(clock)
    let exchange = ColumnRole.exchange.column(of: panel) ?? "exchange"
    var fault = Fault(
      .lookAhead, "the break points use what is known only with `\(name)`",
      helps: [
        "take the exchange and market equity of before:  derive \(exchange) = lag(\(exchange), \(pace.duration(1)))",
        "or say when columns are known:                  load …, known: {\(name): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}",
      ], parameter: "returns")
    fault.reason =
      "they are known at \(pace.moment(known)) and `\(name)` at \(pace.moment(returns.known)); sorts are made "
      + "\(clock.each) before"
    throw fault
  }

  /// Refuses a sort by what is known only with the return it is to earn.
  static func checkSignal(
    _ known: Int, before returns: Column, named name: String, on clock: Clock,
    verb: String = "deciles"
  ) throws {
    guard known > returns.known - 1 else { return }
    let pace = Pace(clock)
    var fault = Fault(
      .lookAhead,
      (verb == "deciles" ? "the deciles use" : "`\(verb)` uses")
        + " what is known only with `\(name)`",
      helps: [
        "sort by what was known before:  \(verb) lag(…, \(pace.duration(1)))",
        "or say when columns are known:  load …, known: {\(name): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}",
      ], parameter: "returns")
    fault.reason = "sorting on a return and then holding it looks profitable by construction"
    throw fault
  }
}

extension PanelValue {
  /// The same after an expression was computed.
  ///
  /// What is taken from later rows is there only where these were chosen too: of rows that were chosen by what is known
  /// at `t` a lead tells what is known when it is.
  func taking(_ expression: ColumnExpression, known: Int) -> PanelValue {
    guard !Availability.isAlways(selection), !Availability.isWholeSample(known) else { return self }
    let latest = expression.latest(in: panel)
    let periods = Availability.isAlways(latest) ? known : known - latest
    guard periods > 0 else { return self }
    var value = self
    value.selection += periods
    return value
  }
}
