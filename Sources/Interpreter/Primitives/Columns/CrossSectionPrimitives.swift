// The family `xs.`: transforms within a month, across the firms.

import FactorLang
import FactorRuntime

/// How equal values at a break point are treated.
enum GroupTies: String, ChoiceWord {
  case together, apart
  var sentence: String {
    switch self {
    case .together: "equal values share a group"
    case .apart: "the order of the firms decides"
    }
  }
}

private func within(
  _ name: String, _ summary: String, formula: String, example: String, unit: ColumnUnit? = .plain,
  _ transform: @escaping @Sendable ([Double], [Int]) -> [Double]
) -> Primitive {
  Primitive(
    name, topic: .columns, summary, Parameter<ColumnValue>.required("x", "the column"),
    returns: formula, isColumnFunction: true, needsPanel: true, examples: [example]
  ) { context, x in
    let panel = try context.requirePanel(name)
    let numbers = try x.requireNumbers(name)
    return x.with(transform(numbers, panel.index.offsets), unit: unit ?? x.column.unit)
  }
}

let crossSectionPrimitives: [Primitive] = [
  within(
    "xs.rank", "Ranks a column within the month, between 0 and 1, ties averaged.",
    formula: "rank / (n + 1)", example: "toy | derive small = xs.rank(size) < 0.2"
  ) { numbers, offsets in
    var options = RankOptions()
    (options.target, options.missing) = (.unit, .keep)
    return CrossSection.rankNormalized(numbers, offsets: offsets, options: options)
  },
  within(
    "xs.zscore", "Standardises a column within the month.",
    formula: "(x - x̄) / s, with mean 0 and standard deviation 1 each month",
    example: "toy | derive z = xs.zscore(size)"
  ) { CrossSection.standardized($0, offsets: $1) },
  within(
    "xs.mean", "Gives every firm that has a value the month's mean of a column.",
    formula: "x̄ of the month",
    example: "toy | derive market = xs.mean(ret)", unit: nil
  ) { CrossSection.means($0, offsets: $1) },
  within(
    "xs.demean", "Subtracts the month's mean from a column.", formula: "x - x̄",
    example: "toy | derive excess = xs.demean(ret)", unit: nil
  ) { numbers, offsets in
    zip(numbers, CrossSection.means(numbers, offsets: offsets)).map { $0 - $1 }
  },
  within(
    "xs.share", "Gives each firm's share of the month's sum of a column.", formula: "x / Σ x",
    example: "toy | derive weight = xs.share(exp(size))", unit: .ratio
  ) { CrossSection.shares($0, offsets: $1) },
  within(
    "xs.scale", "Divides a column by the month's sum of its absolute values.",
    formula: "x / Σ |x|", example: "toy | derive weight = xs.scale(xs.demean(mom))"
  ) { CrossSection.scaled($0, offsets: $1) },
  Primitive(
    "xs.winsorize", topic: .columns, "Moves a column's extreme values to the month's quantiles.",
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Double>.value(
      "tails", default: 0.01, in: 0...0.49, shown: "1%", "the share of each tail that is moved"),
    returns: "x within the month's quantiles at tails and 1 - tails", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive tame = xs.winsorize(ret, 5%)"]
  ) { context, x, tails in
    let panel = try context.requirePanel("xs.winsorize")
    let moved = CrossSection.winsorized(
      try x.requireNumbers("xs.winsorize"), offsets: panel.index.offsets, lower: tails,
      upper: 1 - tails)
    return x.with(moved, unit: x.column.unit)
  },
  Primitive(
    "xs.decile", topic: .columns, "Numbers the ten groups of a column within the month.",
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<GroupTies>.choice(
      "ties", default: .together, "how equal values at a break point are treated"
    ).labelled,
    Parameter<Int>.value("groups", default: 10, in: 2...1000, "how many groups").labelled,
    returns: "1 for the lowest tenth to 10 for the highest", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive group = xs.decile(size, ties: together)"]
  ) { context, x, ties, groups in
    let panel = try context.requirePanel("xs.decile")
    let numbers = try x.requireNumbers("xs.decile")
    return x.with(
      CrossSection.groups(
        numbers, count: groups, together: ties == .together, offsets: panel.index.offsets),
      unit: .count)
  },
  Primitive(
    "xs.neutralize", topic: .columns, "Subtracts the mean of each firm's group in the month.",
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<ColumnValue>.required("by", "the groups: text, or whole numbers"),
    returns: "x - x̄ of the firm's group", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive pure = xs.neutralize(mom, by: xs.decile(size))"]
  ) { context, x, by in
    let panel = try context.requirePanel("xs.neutralize")
    let numbers = CrossSection.neutralized(
      try x.requireNumbers("xs.neutralize"), groups: try by.column.groupCodes(context.budget),
      offsets: panel.index.offsets)
    var result = x.with(numbers, unit: x.column.unit)
    result.column.known = max(x.column.known, by.column.known)
    return result
  },
]
