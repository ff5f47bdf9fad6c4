// Verbs that fill what is missing in columns, and take out of columns what others explain.

import FactorLang
import FactorRuntime

extension FillRule: ChoiceWord {
  public var sentence: String {
    switch self {
    case .median: "the middle value of the period, or of the firm's group in it"
    case .mean: "the mean of the period, or of the firm's group in it"
    case .zero: "zero, which is the middle of ranks"
    case .last: "the firm's last value, not older than `limit`"
    }
  }
}

let fillingPrimitives: [Primitive] = [
  Primitive(
    "impute", topic: .panels,
    "Fills missing values of columns from what was known: others in the period, or the firm's past.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnNames>.columns("columns", "the columns").timed(.presentOnly).numeric,
    Parameter<FillRule>.choice("with", default: .median, "what stands for a missing value")
      .labelled,
    Parameter<ColumnNames>.columns(
      "by", required: false, "a column of groups, such as sectors; for median and mean"
    ).labelled,
    Parameter<Periods?>.optional("limit", "how old the last value may be; 12 periods if left out")
      .labelled,
    returns:
      "the panel with the columns filled; the ledger counts what was filled and what was not",
    effect: .keeps,
    examples: [
      "toy | impute mom | describe",
      "toy | derive gap = mom is na | impute mom, with: last, limit: 3m",
    ]
  ) { context, value, columns, rule, by, limit in
    try Filling(value, rule, by.names, limit, context.budget).filled(columns.names, context)
  }.costing(.perCell(30)),
  Primitive(
    "neutralize", topic: .panels,
    "Replaces columns by what other columns and groups do not explain of them in the period.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnNames>.columns("columns", "the columns").timed(.presentOnly).numeric,
    Parameter<ColumnNames>.columns(
      "against", required: false, "columns of numbers that are taken out by least squares"
    ).labelled.timed(.presentOnly).numeric,
    Parameter<ColumnNames>.columns(
      "by", required: false, "a column of groups whose means are taken out, such as sectors"
    ).labelled,
    returns:
      "the panel with the columns replaced by residuals of each period's regression with a constant, or one for each "
      + "group; na where anything it needs is missing",
    effect: .keeps,
    examples: [
      "toy | neutralize mom, against: size",
      "toy | derive large = size > 0 | neutralize mom, by: large",
    ]
  ) { context, value, columns, against, by in
    try Neutralizing.made(value, columns.names, against.names, by.names, context)
  }.costing(.perCell(120)),
]

/// The codes of a column of groups, and when they are known.
private enum GroupColumn {
  static func codes(
    _ panel: Panel, _ names: [String], _ budget: Budget
  ) throws -> (codes: [Int32], known: Int)? {
    guard let name = names.first else { return nil }
    guard names.count == 1 else {
      throw Fault(.tooManyArguments, "groups come from one column", parameter: "by")
    }
    guard let column = panel.columnOrKey(name) else {
      throw PanelError.noSuchColumn(name: name, available: panel.names)
    }
    try Timing.checkPresent(
      column.known, of: name, "groups are made", on: panel.index.clock, parameter: "by")
    return (try column.groupCodes(budget), column.known)
  }
}

/// Missing values on their way out.
private struct Filling {
  private let value: PanelValue
  private let rule: FillRule
  private let groups: (codes: [Int32], known: Int)?
  private let limit: Int

  init(
    _ value: PanelValue, _ rule: FillRule, _ by: [String], _ limit: Periods?, _ budget: Budget
  ) throws {
    let isCentral = rule == .median || rule == .mean
    guard by.isEmpty || isCentral else {
      throw Fault(
        .unknownOption, "groups are for `with: median` and `with: mean`", parameter: "by")
    }
    guard limit == nil || rule == .last else {
      throw Fault(.unknownOption, "`limit` is for `with: last`", parameter: "limit")
    }
    (self.value, self.rule) = (value, rule)
    groups = try GroupColumn.codes(value.panel, by, budget)
    self.limit = try limit?.count(on: value.panel.index.clock, parameter: "limit") ?? 12
    guard self.limit > 0 else {
      throw Fault(.outOfRange, "`limit` is at least one period", parameter: "limit")
    }
  }

  func filled(_ names: [String], _ context: Context) throws -> PanelValue {
    let panel = value.panel
    var items = panel.named
    var parts: [String] = []
    for name in names {
      guard let place = items.firstIndex(where: { $0.name == name }) else {
        throw PanelError.noSuchColumn(name: name, available: panel.names)
      }
      let column = items[place].column
      try Timing.checkPresent(
        column.known, of: name, "its gaps are filled", on: panel.index.clock, parameter: "columns")
      let old = try panel.numbers(name)
      let new =
        rule == .last
        ? carried(old)
        : CrossSection.filled(
          old, by: rule, groups: groups?.codes, offsets: panel.index.offsets)
      let known = max(column.known, groups?.known ?? column.known)
      items[place].column = Column(numbers: new, unit: column.unit, known: known)
      let (before, after) = (old.count { $0.isNaN }, new.count { $0.isNaN })
      parts.append(
        "\(name) \(NumberFormat.count(before - after))"
          + (after > 0 ? " (\(NumberFormat.count(after)) left)" : ""))
    }
    context.ledger(
      LedgerLine(stage: "impute", rowsIn: panel.count, rowsOut: panel.count),
      detail: "\(rule.rawValue)"
        + (rule == .last ? " within \(Counted.text(limit, panel.index.clock.noun))" : "")
        + "; filled " + parts.joined(separator: " · "))
    return value.with(try panel.with(items))
  }

  private func carried(_ values: [Double]) -> [Double] {
    let index = value.panel.index
    let lives = Timelines(index)
    var result = values
    let rowPlaces = index.spread(index.places)
    for firm in index.assetNames.indices {
      var last: (value: Double, place: Int)?
      for row in lives.rows(of: firm) {
        if !values[row].isNaN {
          last = (values[row], rowPlaces[row])
        } else if let last, rowPlaces[row] - last.place <= limit {
          result[row] = last.value
        }
      }
    }
    return result
  }
}

private enum Neutralizing {
  static func made(
    _ value: PanelValue, _ names: [String], _ against: [String], _ by: [String], _ context: Context
  ) throws -> PanelValue {
    let panel = value.panel
    guard !against.isEmpty || !by.isEmpty else {
      throw Fault(
        .missingArgument, "say what is taken out: columns after `against`, or groups after `by`")
    }
    let groups = try GroupColumn.codes(panel, by, context.budget)
    let regressors = try against.map { name -> [Double] in
      try Timing.checkPresent(
        try panel.column(name).known, of: name, "it is taken out", on: panel.index.clock,
        parameter: "against")
      return try panel.numbers(name)
    }
    let others = try against.map { try panel.column($0).known } + [groups?.known].compactMap { $0 }
    var result = panel
    var parts: [String] = []
    for name in names {
      try context.budget.check()
      let column = try panel.column(name)
      try Timing.checkPresent(
        column.known, of: name, "it is made neutral", on: panel.index.clock, parameter: "columns")
      let old = try panel.numbers(name)
      let (new, thin) = try CrossSection.residuals(
        old, on: regressors, groups: groups?.codes, offsets: panel.index.offsets)
      result = try result.with(
        name,
        Column(
          numbers: new, unit: column.unit, known: max(column.known, others.max() ?? column.known)))
      let lost = new.count { $0.isNaN } - old.count { $0.isNaN }
      if lost > 0 { parts.append("\(name) \(NumberFormat.count(lost)) lost") }
      if thin > 0 { parts.append("\(name) \(Counted.text(thin, panel.index.clock.noun)) too thin") }
    }
    context.ledger(
      LedgerLine(stage: "neutralize", rowsIn: panel.count, rowsOut: panel.count),
      detail: ([
        "\(names.joined(separator: ", ")) against \((against + by).joined(separator: ", ")), within \(panel.index.clock.noun)"
      ]
        + parts).joined(separator: " · "))
    return value.with(result)
  }
}
