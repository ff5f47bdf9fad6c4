// Functions of numbers, alone or elementwise on columns, and statistics of lists and columns.

import FactorLang
import FactorRuntime

private func elementwise(
  _ name: String, _ summary: String, example: String,
  _ function: @escaping @Sendable (Double) -> Double
) -> Primitive {
  Primitive(
    name, topic: .math, summary, Parameter<Value>.required("x", "a number or a column"),
    returns: "a number or column; na where the result is not finite", isColumnFunction: true,
    examples: [example]
  ) { _, value in try Elementwise.map(name, value, function) }.asScalar(function)
}

private func statistic(
  _ name: String, _ summary: String, example: String,
  _ function: @escaping @Sendable ([Double]) -> Double
) -> Primitive {
  Primitive(
    name, topic: .math, summary, Parameter<Value>.required("x", "a list or column of numbers"),
    returns: "a number; missing values are skipped", isColumnFunction: true,
    timing: .wholeSample, examples: [example]
  ) { context, value in try Elementwise.aggregate(name, value, context, function) }
}

private func endValue(
  _ name: String, _ summary: String, _ choose: @escaping @Sendable ([Int]) -> Int?
) -> Primitive {
  Primitive(
    name, topic: .math, summary,
    Parameter<Value>.required("x", "a list or column of anything"),
    returns: "one of its values; na where there is none", isColumnFunction: true,
    timing: .wholeSample, examples: ["\(name)([na, 1, 2])"]
  ) { context, value in try Elementwise.end(value, context, choose) }
}

let mathPrimitives: [Primitive] = [
  elementwise("abs", "Drops the sign.", example: "abs(-3.5)") { abs($0) },
  elementwise("sqrt", "Takes the square root.", example: "sqrt(2)") { $0.squareRoot() },
  elementwise("exp", "Raises e to a power.", example: "exp(1)", Elementary.exp),
  elementwise("log", "Takes the natural logarithm.", example: "log(10)", Elementary.log),
  elementwise("floor", "Rounds down to a whole number.", example: "floor(2.7)") {
    $0.rounded(.down)
  },
  elementwise("ceil", "Rounds up to a whole number.", example: "ceil(2.1)") { $0.rounded(.up) },
  elementwise("sign", "Gives -1, 0 or 1.", example: "sign(-2)") { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
  Primitive(
    "round", topic: .math, "Rounds half away from zero.",
    Parameter<Value>.required("x", "a number or a column"),
    Parameter<Int>.value("digits", default: 0, in: 0...15, "decimals to keep"),
    returns: "a number or column", isColumnFunction: true, examples: ["round(3.14159, 2)"]
  ) { _, value, digits in
    let scale = Elementary.pow(10, Double(digits))
    return try Elementwise.map("round", value) { ($0 * scale).rounded() / scale }
  },
  Primitive(
    "mean", topic: .math, "Averages numbers, equally or by weights: Σ w x / Σ w.",
    Parameter<Value>.required("x", "a list or column of numbers"),
    Parameter<Value>.value(
      "weight", default: .nothing, shown: "equal", "as many weights, none below zero"
    ).labelled,
    returns: "a number; values that are missing, or have no weight, are skipped on both sides",
    isColumnFunction: true, timing: .wholeSample,
    examples: [
      "mean([1, 2, 6])",
      "toy | summarise large = mean(ret, weight: exp(size)), by: month | top 3, by: large",
    ]
  ) { context, value, weight in
    if case .nothing = weight {
      return try Elementwise.aggregate("mean", value, context) { Moments($0).mean }
    }
    return try WeightedMean(value, weight).value(context)
  },
  statistic("sum", "Adds numbers.", example: "sum([1, 2, 6])") { Summation.compensated($0) },
  statistic("std", "Gives the standard deviation, with n - 1.", example: "std([1, 2, 6])") {
    Moments($0).standardDeviation()
  },
  statistic("median", "Gives the middle value.", example: "median([1, 2, 6])") {
    Quantile.median($0)
  },
  statistic("min", "Gives the smallest number.", example: "min([3, 1, 2])") { $0.min() ?? .nan },
  statistic("max", "Gives the largest number.", example: "max([3, 1, 2])") { $0.max() ?? .nan },
  statistic("var", "Gives the variance, with n - 1.", example: "var([1, 2, 6])") {
    Moments($0).variance()
  },
  statistic(
    "compound", "Compounds returns, Π (1 + x) - 1; na where there are none.",
    example: "compound([1%, -2%, 3%])", ColumnStatistics.compound),
  statistic(
    "skew", "Gives the skewness, m₃ / m₂^1.5; 0 for a normal variable.",
    example: "skew([1, 2, 6])"
  ) { Moments($0).skewness },
  statistic(
    "kurt", "Gives the kurtosis in excess of a normal variable's, m₄ / m₂² - 3.",
    example: "kurt([1, 2, 6, 3])"
  ) { Moments($0).kurtosis - 3 },
  endValue("first", "Gives the first value that is not missing, in the order of the rows.") {
    $0.first
  },
  endValue("last", "Gives the last value that is not missing, in the order of the rows.") {
    $0.last
  },
  Primitive(
    "quantile", topic: .math, "Gives a quantile, interpolated linearly.",
    Parameter<Value>.required("x", "a list or column of numbers"),
    Parameter<Double>.value("p", default: 0.5, in: 0...1, "the share of values below"),
    returns: "a number; missing values are skipped", isColumnFunction: true,
    timing: .wholeSample, examples: ["quantile([1, 2, 6], 25%)"]
  ) { context, value, share in
    try Elementwise.aggregate("quantile", value, context) { Quantile.of($0, [share])[0] }
  },
  Primitive(
    "clip", topic: .math, "Moves a number into an interval.",
    Parameter<Value>.required("x", "a number or a column"),
    Parameter<Double>.required("low", "the least value"),
    Parameter<Double>.required("high", "the greatest value"),
    returns: "a number or column", isColumnFunction: true, examples: ["clip(1.7, 0, 1)"]
  ) { _, value, low, high in
    guard low <= high else {
      throw Fault(.outOfRange, "`clip` goes from low to high", parameter: "high")
    }
    return try Elementwise.map("clip", value) { min(max($0, low), high) }
  },
  Primitive(
    "count", topic: .math, "Counts the values that are not missing.",
    Parameter<Value>.value("x", default: .nothing, shown: "rows", "a list, range or column"),
    returns: "a whole number; of rows where nothing is given", isColumnFunction: true,
    timing: .wholeSample,
    examples: ["count([1, na, 3])"]
  ) { context, value in
    if let grouped = context.rows as? GroupedRows,
      let counts = try Elementwise.counted(value, in: grouped)
    {
      return counts
    }
    if case .nothing = value {
      guard let rows = context.rows else {
        throw Fault(.missingArgument, "`count` counts rows inside a verb, or what it is given")
      }
      return Value.integer(rows.rowCount)
    }
    if case .column(let column) = value {
      let present = Value.integer(column.column.count - column.column.missingCount)
      guard let rows = context.rows else { return present }
      var spread = try Broadcast.column(present, rows: rows.rowCount)
      (spread.known, spread.unit) = (Availability.wholeSample, .count)
      return .column(ColumnValue(name: "", column: spread))
    }
    let items = try Sequences.items(of: value)
    return .integer(items.count { if case .missing = $0 { false } else { true } })
  },
  Primitive(
    "div", topic: .math, "Divides whole numbers, rounded down.",
    Parameter<Int>.required("a", "the dividend"), Parameter<Int>.required("b", "the divisor"),
    returns: "a whole number; na where the divisor is zero", examples: ["div(7, 2)"]
  ) { _, a, b in b == 0 ? Value.missing : .integer(Elementwise.quotient(a, b)) },
  Primitive(
    "mod", topic: .math, "Gives the rest of a division, with the divisor's sign.",
    Parameter<Int>.required("a", "the dividend"), Parameter<Int>.required("b", "the divisor"),
    returns: "a whole number; na where the divisor is zero", examples: ["mod(7, 2)"]
  ) { _, a, b in
    guard b != 0, b != -1 else { return b == 0 ? Value.missing : .integer(0) }
    let rest = a % b
    return .integer(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
  },
]

/// Statistics that verbs compute too.
enum ColumnStatistics {
  /// What returns come to one after the other; NaN without any.
  static func compound(_ returns: [Double]) -> Double {
    returns.isEmpty ? .nan : returns.reduce(1) { $0 * (1 + $1) } - 1
  }
}

enum Elementwise {
  static func map(
    _ name: String, _ value: Value, _ function: (Double) -> Double
  ) throws -> Value {
    switch value {
    case .missing: return .missing
    case .column(let column):
      return .column(column.with(try column.requireNumbers(name).map(function)))
    case .integer(let number) where name == "abs":
      return number == .min ? .missing : .integer(abs(number))
    default:
      guard let number = Double(value) else {
        throw Fault(
          .wrongType, "`\(name)` takes a number, not \(value.type.phrase)", parameter: "x")
      }
      let result = function(number)
      if case .ratio(_, let unit) = value, name == "abs", result.isFinite {
        return .ratio(result, unit)
      }
      return .finite(result)
    }
  }

  /// A statistic of a list or column. Inside a column expression it stands in every row, and is known only
  /// when the sample has ended: it looks at all months.
  static func aggregate(
    _ name: String, _ value: Value, _ context: Context, _ function: ([Double]) -> Double
  ) throws -> Value {
    if let grouped = context.rows as? GroupedRows, case .column(let column) = value {
      return .column(try aggregated(name, column, in: grouped, context, function))
    }
    let used = try numbers(name, value)
    warn(name, used.count, of: try count(value), context)
    // Nothing adds up to zero; of values that are all missing nobody knows.
    let result = Value.finite(try used.isEmpty && count(value) > 0 ? .nan : function(used))
    guard case .column(let column) = value, let rows = context.rows else { return result }
    var spread = try Broadcast.column(result, rows: rows.rowCount)
    spread.known = Availability.wholeSample
    spread.unit = unit(of: name, column)
    return .column(ColumnValue(name: "", column: spread))
  }

  // A variance, a skewness and a kurtosis of shares are no shares.
  fileprivate static func unit(of name: String, _ column: ColumnValue) -> ColumnUnit {
    column.column.unit == .ratio && !["var", "skew", "kurt"].contains(name) ? .ratio : .plain
  }

  /// A statistic of each group.
  private static func aggregated(
    _ name: String, _ column: ColumnValue, in rows: GroupedRows, _ context: Context,
    _ function: ([Double]) -> Double
  ) throws -> ColumnValue {
    let numbers = try column.requireNumbers(name)
    return try spread(name, unit: unit(of: name, column), in: rows, context) { group in
      let present = numbers[group].filter { !$0.isNaN }
      return (present.isEmpty ? .nan : function(present), present.count)
    }
  }

  /// A value of each group in all its rows, and a word where it rests on few of them.
  fileprivate static func spread(
    _ name: String, unit: ColumnUnit, in rows: GroupedRows, _ context: Context,
    _ one: (Range<Int>) -> (value: Double, used: Int)
  ) throws -> ColumnValue {
    var thin: [(used: Int, all: Int)] = []
    let values = try rows.groups.map { group -> Double in
      try context.budget.check()
      let found = one(group)
      if 2 * found.used < group.count { thin.append((found.used, group.count)) }
      return found.value
    }
    if thin.count == 1 {
      warn(name, thin[0].used, of: thin[0].all, context)
    } else if thin.count > 1 {
      context.note(
        "`\(name)` used less than half of the values in \(NumberFormat.count(thin.count)) of "
          + "\(Counted.text(rows.groups.count, "group")); the others are na")
    }
    return ColumnValue(
      name: "",
      column: Column(
        numbers: rows.spread(values), unit: unit, known: Availability.wholeSample))
  }

  /// The value in the first or last row that has one: of a list, of all rows, or of each group.
  static func end(
    _ value: Value, _ context: Context, _ choose: ([Int]) -> Int?
  ) throws -> Value {
    guard case .column(let column) = value else {
      let items = try Sequences.items(of: value)
      return choose(items.indices.filter { !items[$0].isMissing }).map { items[$0] } ?? .missing
    }
    let values = column.column
    let all = 0..<values.count
    let groups = (context.rows as? GroupedRows)?.groups ?? [all]
    var rows = [Int](repeating: -1, count: values.count)
    for group in groups {
      let chosen = choose(group.filter { !values.isMissing(at: $0) }) ?? -1
      for row in group { rows[row] = chosen }
    }
    var spread = values.gathered(rows)
    spread.known = Availability.wholeSample
    return .column(ColumnValue(name: "", column: spread))
  }

  /// The rows of each group, or the values in it that are not missing; nil for what is no column.
  static func counted(_ value: Value, in rows: GroupedRows) throws -> Value? {
    let counts: [Double]
    switch value {
    case .nothing: counts = rows.groups.map { Double($0.count) }
    case .column(let column):
      counts = rows.groups.map { group in
        Double(group.count { !column.column.isMissing(at: $0) })
      }
    default: return nil
    }
    return .column(
      ColumnValue(
        name: "",
        column: Column(
          numbers: rows.spread(counts), unit: .count, known: Availability.wholeSample)))
  }

  // A statistic of less than half of what it is meant of says little.
  fileprivate static func warn(_ name: String, _ used: Int, of all: Int, _ context: Context) {
    guard all > 0, 2 * used < all else { return }
    context.note(
      "`\(name)` used \(NumberFormat.count(used)) of \(NumberFormat.count(all)) values; "
        + "the others are na")
  }

  private static func count(_ value: Value) throws -> Int {
    if case .column(let column) = value { return column.column.count }
    return try Sequences.items(of: value).count
  }

  /// The numbers of a list, range or column, without missing ones.
  static func numbers(_ name: String, _ value: Value) throws -> [Double] {
    try every(name, value, "x").filter { !$0.isNaN }
  }

  /// The numbers of a list, range or column; NaN for missing ones.
  fileprivate static func every(
    _ name: String, _ value: Value, _ parameter: String
  ) throws -> [Double] {
    if case .column(let column) = value { return try column.requireNumbers(name) }
    return try Sequences.items(of: value).map { item in
      if case .missing = item { return .nan }
      guard let number = Double(item) else {
        throw Fault(
          .wrongType, "`\(name)` takes numbers, not \(item.type.phrase)", parameter: parameter)
      }
      return number
    }
  }

  /// Floor of a / b without trapping on the one overflow.
  static func quotient(_ a: Int, _ b: Int) -> Int {
    let (whole, overflow) = a.dividedReportingOverflow(by: b)
    if overflow { return .max }
    return a % b != 0 && (a < 0) != (b < 0) ? whole - 1 : whole
  }
}

/// A mean by weights over the rows that have a value and a weight.
private struct WeightedMean {
  private let values: [Double]
  private let weights: [Double]
  private let column: ColumnValue?

  init(_ value: Value, _ weight: Value) throws {
    values = try Elementwise.every("mean", value, "x")
    weights = try Elementwise.every("mean", weight, "weight")
    column = if case .column(let column) = value { column } else { nil }
    guard values.count == weights.count else {
      throw Fault(
        .wrongType, "there are \(values.count) values and \(weights.count) weights",
        parameter: "weight")
    }
    guard !weights.contains(where: { $0 < 0 }) else {
      throw Fault(.outOfRange, "a weight is below zero", parameter: "weight")
    }
  }

  func value(_ context: Context) throws -> Value {
    guard let column, let rows = context.rows else { return .finite(mean(values.indices).value) }
    let unit = Elementwise.unit(of: "mean", column)
    if let grouped = rows as? GroupedRows {
      return .column(try Elementwise.spread("mean", unit: unit, in: grouped, context, mean))
    }
    let found = mean(values.indices)
    Elementwise.warn("mean", found.used, of: values.count, context)
    var spread = try Broadcast.column(.finite(found.value), rows: rows.rowCount)
    (spread.known, spread.unit) = (Availability.wholeSample, unit)
    return .column(ColumnValue(name: "", column: spread))
  }

  private func mean(_ rows: Range<Int>) -> (value: Double, used: Int) {
    let used = rows.filter { !values[$0].isNaN && !weights[$0].isNaN }
    let total = Summation.compensated(used.map { weights[$0] })
    let sum = Summation.compensated(used.map { weights[$0] * values[$0] })
    return (total > 0 ? sum / total : .nan, used.count)
  }
}
