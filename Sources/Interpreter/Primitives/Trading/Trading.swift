// From a sort to a backtest: deciles made and explained, weights taken, figures summed up.

import FactorLang
import FactorRuntime

extension SortTies {
  /// What becomes of equal values: break points of some firms are values, which cannot part them.
  func words(_ breakpoints: Breakpoints) -> String {
    switch breakpoints == .all || self == .apart ? self : .together {
    case .firm: "by firm"
    case .together: "together"
    case .random: "by draw"
    case .apart: "none"
    }
  }

  /// How deciles are made with it, for headers; nil for the usual way.
  func sorting(_ breakpoints: Breakpoints) -> String? {
    breakpoints == .all && self == .firm
      ? nil : "deciles by \(breakpoints.words), ties \(words(breakpoints))"
  }
}

/// A sort into deciles and what to say when it cannot be made.
struct DecileSort {
  private let panel: Panel
  private let numbers: [Double]
  private let text: String
  private let breakpoints: Breakpoints
  private let ties: SortTies

  init(
    _ panel: Panel, _ numbers: [Double], _ text: String, _ breakpoints: Breakpoints,
    _ ties: SortTies
  ) {
    (self.panel, self.numbers, self.text) = (panel, numbers, text)
    (self.breakpoints, self.ties) = (breakpoints, ties)
  }

  func sort(_ small: SmallMonths, seed: UInt64) throws -> PortfolioSort {
    do {
      return try PortfolioSort(
        numbers, index: panel.index, buckets: 10, small: small, ties: ties,
        reference: try breakpoints.reference(of: panel), seed: seed)
    } catch let error as PanelError {
      switch error {
      case .tooFewAssets(_, let months, let smallest): throw tooFew(months, smallest)
      case .tiedBreakPoints(let months): throw tied(months)
      default: throw error
      }
    }
  }

  /// Says where the order of the firms, and not the signal, made whole deciles.
  static func note(_ parted: [TiedMonth], _ text: String, _ noun: String, _ context: Context) {
    guard let worst = parted.max(by: { $0.tie * $1.assets < $1.tie * $0.assets }) else { return }
    context.note(
      "equal values of `\(text)` fill a decile or more in \(Counted.text(parted.count, noun)), and the order of "
        + "the firms parts them (\(worst.tie) of \(worst.assets) in \(worst.month));  ties: together  does not"
    )
  }

  private func fault(_ count: Int) -> Fault {
    Fault(
      .groupsCannotForm,
      "ten groups cannot be formed in \(count) of \(Counted.text(panel.monthCount, panel.index.clock.noun))"
    )
  }

  private func tooFew(_ months: [Period], _ smallest: Int) -> Fault {
    var fault = fault(months.count)
    (fault.helps, fault.parameter) = (
      ["drop these \(panel.index.clock.noun)s:  small: skip"], "signal"
    )
    fault.data = months.prefix(5).map { month in
      "\(month)  " + Counted.text(panel.index.range(of: month)?.count ?? 0, "firm")
    }
    fault.notes = ["the smallest has \(Counted.text(smallest, "firm")) with a signal"]
    return fault
  }

  private func tied(_ months: [TiedMonth]) -> Fault {
    var fault = fault(months.count)
    fault.label = "too many equal values at a break point"
    let shown = months.prefix(5)
    var columns = [
      TableLayout.Column(panel.index.clock.noun, shown.map(\.month.description), .left),
      TableLayout.Column("firms", shown.map { NumberFormat.count($0.assets) }, .right),
    ]
    if breakpoints != .all {
      columns.append(
        TableLayout.Column(
          breakpoints == .nyse ? "NYSE firms" : "larger firms",
          shown.map { NumberFormat.count($0.reference) }, .right))
    }
    columns.append(
      TableLayout.Column(
        "largest tie",
        shown.map {
          "\(Counted.text($0.tie, "firm")) at \(text) = \(NumberFormat.fixed($0.signal, decimals: 4))"
        }, .left))
    var lines = TableLayout(columns).lines(width: 79)
    // In a message the words under their headings need no rule.
    lines.remove(at: 1)
    fault.data = lines
    if let first = months.first {
      fault.looks = [
        "it[\(first.month)] | where \(text) == \(ValueText.number(first.signal)) | describe"
      ]
    }
    fault.remedies = [
      Remedy(
        text: "put equal values in one group:  ties: together       (groups become unequal)",
        option: "ties", word: "together"),
      Remedy(
        text: "split ties at random:           ties: random         (uses the seed)",
        option: "ties", word: "random"),
    ]
    fault.helps = ["drop these months:              small: skip"]
    return fault
  }
}

enum Trading {
  static func backtest(
    _ value: PanelValue, _ weight: String?, _ returns: String?, _ options: BacktestOptions,
    _ context: Context
  ) throws -> BacktestValue {
    var panel = value.panel
    guard panel.hasColumn("decile"), panel.hasColumn("signal") else {
      throw Fault(
        .unknownColumn, "`portfolio` needs deciles", helps: ["sort first:  | deciles predicted"])
    }
    let name = returns ?? "realised"
    guard panel.hasColumn(name) else {
      throw Fault(
        .unknownColumn, "this panel has no column `\(name)`",
        helps: ["say which return is earned:  portfolio returns: ret"], parameter: "returns")
    }
    try checkTimes(value, weight, name)
    // Rows stand in the month of the sort; the return may be earned later.
    let earned = try panel.column(name).known
    panel = try withReturns(panel, name, context)
    let index = panel.index.shifted(by: (1...120).contains(earned) ? earned : 0)
    let buckets = try panel.numbers("decile").map { $0.isNaN ? 0 : Int32($0) }
    var options = options
    (options.small, options.delisting) = (.skip, value.delisting)
    (options.sorting, options.weightedBy) = (value.sorting, weight)
    var backtest = try BacktestValue(
      title: value.origin, forecast: try panel.numbers("signal"), returns: try panel.numbers(name),
      index: index, sort: PortfolioSort(buckets: buckets, count: 10, index: index),
      size: try weight.map { try panel.numbers($0) }, options: options)
    backtest.forecastUnit = try panel.column("signal").unit
    let result = backtest.backtest
    context.ledger(
      LedgerLine(stage: "portfolio", rowsIn: panel.count, rowsOut: panel.count),
      detail: "\(Counted.text(result.months.count, result.clock.noun)), "
        + "\(weight.map { "weights by \($0)" } ?? "equal weights"), gross exposure "
        + (options.legs == .longShort ? "2" : "1"))
    noteEmptyLegs(buckets, index, options, context)
    noteGaps(result, context)
    if result.missingReturns > 0 {
      context.note(
        "\(Counted.text(result.missingReturns, "held row")) without a return in `\(name)` earned nothing"
      )
    }
    if let weight {
      let held = try panel.numbers(weight).enumerated().count { row, value in
        !(value > 0) && (Int(buckets[row]) == options.long || Int(buckets[row]) == options.short)
      }
      if held > 0 {
        context.note(
          "`\(weight)` is missing or not above zero in \(Counted.text(held, "row")) of the two legs: "
            + "no weight there, and equal weights where a whole leg has none")
      }
    }
    return backtest
  }

  private static func noteGaps(_ result: Backtest, _ context: Context) {
    let grid = Clock.grid(result.months)
    let missing = grid.periods.count - result.months.count
    if grid.step > 1 {
      context.note(
        "the months are \(grid.step) apart, and figures a year take \(result.clock.periodsPerYear) of them"
      )
    } else if missing > 0 {
      context.note(
        "\(Counted.text(missing, result.clock.noun)) between the first and the last \(missing == 1 ? "is" : "are") "
          + "missing: weights go on over them, and figures a year take each row for one")
    }
  }

  // What counts is the decile that is held, whoever made it, and the rows that were left.
  private static func checkTimes(_ value: PanelValue, _ weight: String?, _ name: String) throws {
    let (panel, clock) = (value.panel, value.panel.index.clock)
    let earned = try panel.column(name)
    let signal = try panel.column("signal").known
    let decile = try panel.column("decile").known
    // Beside the signal a sort rests on what sets its break points.
    if decile > signal, signal < earned.known {
      try Timing.checkBreakpoints(decile, before: earned, named: name, on: panel)
    }
    try Timing.checkSignal(decile, before: earned, named: name, on: clock)
    try Timing.checkSelection(value, before: earned.known, of: name)
    try Timing.checkSignal(signal, before: earned, named: name, on: clock)
    guard let weight else { return }
    let known = try panel.column(weight).known
    try Timing.checkPresent(
      known, of: weight, "these weights are chosen", on: clock, parameter: "weight")
    try Timing.checkWeights(known, of: weight, before: earned, named: name, on: clock)
  }

  // Large ties can leave a decile without a firm; that its leg earns nothing must not be silent.
  private static func noteEmptyLegs(
    _ buckets: [Int32], _ index: PanelIndex, _ options: BacktestOptions, _ context: Context
  ) {
    let legs =
      options.legs == .longShort ? [options.long ?? 10, options.short ?? 1] : [options.long ?? 10]
    for leg in legs {
      let empty = index.months.indices.filter { t in
        let rows = index.rows(ofMonthAt: t)
        return rows.contains { buckets[$0] > 0 } && !rows.contains { buckets[$0] == Int32(leg) }
      }
      guard let first = empty.first else { continue }
      context.note(
        "decile \(leg) has no firm in \(Counted.text(empty.count, index.clock.noun)), the first "
          + "\(index.months[first]): that leg earns nothing then")
    }
  }
}

extension Trading {
  // A month in which no return is known yet earned nothing, which is not zero.
  private static func withReturns(
    _ panel: Panel, _ name: String, _ context: Context
  ) throws -> Panel {
    let returns = try panel.numbers(name)
    let months = panel.index.months.indices.filter { month in
      panel.index.rows(ofMonthAt: month).contains { !returns[$0].isNaN }
    }
    let left = panel.monthCount - months.count
    guard left > 0, !months.isEmpty else { return panel }
    context.note(
      "\(Counted.text(left, panel.index.clock.noun)) without any return in `\(name)` \(left == 1 ? "is" : "are") left out"
    )
    return try panel.selecting(months.flatMap { Array(panel.index.rows(ofMonthAt: $0)) })
  }
}
