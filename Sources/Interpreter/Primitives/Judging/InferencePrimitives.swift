// Regressions with named standard errors: of series and rows, of firms month by month, of portfolios on factors.

import FactorLang
import FactorRuntime

extension ErrorKind: ChoiceWord {}

private let lagsParameter = Parameter<Int?>.optional(
  "lags", "lags of `se: nw`; 4 (T / 100)^(2/9), rounded down, if left out"
).labelled

let inferencePrimitives: [Primitive] = [
  Primitive(
    "regress", topic: .evaluation, "Regresses a column on others by least squares.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<ColumnExpression>.expression("y", "what is explained"),
    Parameter<ColumnNames>.columns("on", "the columns that explain it").labelled,
    Parameter<ErrorKind?>.optionalWord(
      "se", "what standard errors allow for; nw where each row has a period of its own, else white"
    ).labelled,
    lagsParameter,
    Parameter<Bool>.value("constant", default: true, "with a constant").labelled,
    returns:
      "a table with a row a term: coef, se, t and two-sided p; n, R2 and kind of errors below",
    effect: .gives(
      Schema(
        [ColumnInfo("term", .text)] + ["coef", "se", "t", "p"].map { ColumnInfo($0, .number) })),
    examples: [
      "toy | summarise market = mean(ret), spread = std(ret), by: month | regress market, on: spread",
      "toy | regress ret, on: [size, mom], se: white",
    ]
  ) { context, rows, y, on, kind, lags, constant in
    let design = try RegressionDesign(rows.table, y, on.names, hasConstant: constant)
    return try design.table(kind, lags: lags, context)
  },
  Primitive(
    "fama_macbeth", topic: .evaluation,
    "Regresses returns on characteristics across the firms of each period, and tests the mean slopes.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression("target", "the return, such as ret or lead(ret, 1m)")
      .timed(.target),
    Parameter<ColumnNames>.columns("on", "the characteristics, known before the return").labelled
      .timed(.beforeTarget).numeric,
    Parameter<ErrorKind>.choice(
      "se", default: .nw, "what standard errors of the mean slopes allow for"
    ).labelled,
    lagsParameter,
    returns:
      "a table with a row a term: slope (the mean), se, t, p and the periods; `.slopes` has them by "
      + "period, with firms and R2",
    effect: .gives(
      Schema(
        [ColumnInfo("term", .text)] + ["slope", "se", "t", "p"].map { ColumnInfo($0, .number) }
          + [ColumnInfo("periods", .integer)], isComplete: false)),
    examples: ["f = toy | fama_macbeth ret, on: [size, mom]\nf\nf.slopes | top 2, by: size"]
  ) { context, value, target, on, kind, lags in
    try CrossSectionRegressions(value, target, on.names).table(kind, lags: lags, context)
  },
  Primitive(
    "alphas", topic: .evaluation,
    "Regresses excess returns of portfolios on factors, and tests all intercepts at once.",
    Parameter<TableFlow>.flow("portfolios", "a table with a row a period, a column a portfolio"),
    Parameter<TableFlow>.required("factors", "a table of the factors' returns by period"),
    Parameter<[String]>.value(
      "on", default: [], shown: "all columns of numbers", "the factors, such as [\"mkt\", \"smb\"]"
    ).labelled,
    Parameter<[String]>.value(
      "of", default: [], shown: "all columns of numbers", "the portfolios"
    ).labelled,
    Parameter<ErrorKind>.choice("se", default: .nw, "what standard errors allow for").labelled,
    lagsParameter,
    returns:
      "a table with a row a portfolio: mean, alpha, its t and p, the loadings, R2; `.test` is the joint "
      + "test of Gibbons, Ross and Shanken",
    effect: .gives(
      Schema(
        [ColumnInfo("portfolio", .text), ColumnInfo("mean", .ratio), ColumnInfo("alpha", .ratio)]
          + ["t", "p", "r2"].map { ColumnInfo($0, .number) }, isComplete: false)),
    examples: [
      """
      m = toy | summarise market = mean(ret), by: month
      s = toy | summarise large = sum(ret * (size > 0)) / sum(size > 0), small = sum(ret * (size <= 0)) / sum(size <= 0), by: month
      a = s | alphas m
      a
      a.test
      """
    ]
  ) { context, portfolios, factors, on, of, kind, lags in
    try AlphaTable(
      SeriesSet(portfolios.table, of, "of"), SeriesSet(factors.table, on, "on")
    ).table(kind, lags: lags, context)
  },
]

extension Regression {
  /// The errors in words, with every choice that changes them.
  fileprivate var errorWords: String {
    switch kind {
    case .ols: "errors: ols, equal variance"
    case .white: "errors: white, HC1"
    case .nw, .auto:
      "errors: Newey-West, Bartlett, \(Counted.text(lags ?? 0, "lag")), no small-sample factor"
    case .r:
      "errors: Newey-West as R's sandwich, VAR(1) prewhitened, \(Counted.text(lags ?? 0, "lag")) of the 1994 rule, no small-sample factor"
    }
  }
}

/// Numbers of estimates as columns.
private func estimates(_ values: [Double], _ unit: ColumnUnit = .plain) -> Column {
  Column(
    numbers: values.map { $0.isFinite ? $0 : .nan }, unit: unit, known: Availability.wholeSample)
}

/// The rows of one regression, in order of time.
private struct RegressionDesign {
  private let names: [String]
  private let label: String
  private let x: Matrix
  private let y: [Double]
  private let all: Int
  private let hasConstant: Bool
  /// Whether each row has a period of its own; then they are in its order.
  private let isSeries: Bool

  init(
    _ table: Table, _ target: ColumnExpression, _ on: [String], hasConstant: Bool
  ) throws {
    let column = try target.evaluate(on: table)
    guard let response = column.numbers else {
      throw Fault(.wrongType, "`\(target.text)` is \(column.kind), no number", parameter: "y")
    }
    let regressors = try on.map { name -> [Double] in
      guard let found = table.column(name) else {
        throw Fault(PanelError.noSuchColumn(name: name, available: table.columns.map(\.name)))
      }
      guard let numbers = found.numbers else {
        throw Fault(.wrongType, "`\(name)` is \(found.kind), no number", parameter: "on")
      }
      return numbers
    }
    guard !on.isEmpty || hasConstant else {
      throw Fault(.missingArgument, "there is nothing to explain by", parameter: "on")
    }
    let periods = table.periods
    isSeries = periods.map { Set($0).count == $0.count } ?? false
    let order =
      isSeries
      ? response.indices.sorted { (periods?[$0] ?? .missing) < (periods?[$1] ?? .missing) }
      : Array(response.indices)
    let whole = order.filter { i in
      response[i].isFinite && regressors.allSatisfy { $0[i].isFinite }
    }
    names = (hasConstant ? ["constant"] : []) + on
    (label, all, self.hasConstant) = (target.text, response.count, hasConstant)
    guard whole.count > names.count else {
      throw Fault(
        .outsideData,
        "\(Counted.text(whole.count, "row")) without missing values cannot tell \(Counted.text(names.count, "coefficient"))",
        parameter: "on")
    }
    x = Matrix(
      rows: whole.count, columns: names.count,
      storage: whole.flatMap { i in (hasConstant ? [1] : []) + regressors.map { $0[i] } })
    y = whole.map { response[$0] }
  }

  func table(_ kind: ErrorKind?, lags: Int?, _ context: Context) throws -> Table {
    let kind = kind ?? (isSeries ? .nw : .white)
    if !isSeries, [.nw, .auto, .r].contains(kind) {
      throw Fault(
        .badValue, "`se: \(kind.rawValue)` needs rows in order of time, one a period",
        helps: ["of firms and months:  fama_macbeth", "or:  se: white"], parameter: "se")
    }
    let lags = try Lags.checked(lags, kind, periods: y.count)
    let found = try Regression(x, y, kind, lags: lags, constant: hasConstant ? 0 : nil)
    context.ledger(
      LedgerLine(
        stage: "regress", rowsIn: all, rowsOut: y.count,
        reasons: [.init("rows with a missing value", all - y.count)]),
      detail: "\(label) on \(names.joined(separator: ", "))")
    for j in found.fit.dropped {
      context.note("`\(names[j])` says nothing that the others do not: it is left out")
    }
    var table = Table(
      title: label,
      columns: [
        ("term", Column(text: names)), ("coef", estimates(found.coefficients)),
        ("se", estimates(found.standardErrors)), ("t", estimates(found.tStatistics)),
        ("p", estimates(found.pValues)),
      ])
    let adjusted = found.adjustedRSquared(hasConstant: hasConstant)
    table.notes = [
      "  n \(y.count) · R2 \(NumberFormat.percent(found.fit.rSquared, decimals: 2)), adjusted "
        + "\(NumberFormat.percent(adjusted, decimals: 2))\(hasConstant ? "" : ", about zero")",
      "  \(found.errorWords) · p of Student's law, \(found.fit.degreesOfFreedom) degrees of freedom",
    ]
    return table
  }
}

/// The lags that are used.
private enum Lags {
  static func checked(_ lags: Int?, _ kind: ErrorKind, periods: Int) throws -> Int {
    guard let lags else { return Regression.usualLags(periods) }
    guard kind == .nw else {
      throw Fault(
        .badValue, "`se: \(kind.rawValue)` has no lags to choose", helps: ["use se: nw"],
        parameter: "lags")
    }
    guard (0..<periods).contains(lags) else {
      throw Fault(
        .outOfRange, "`lags` is \(lags); of \(periods) periods at most \(periods - 1) can be used",
        parameter: "lags")
    }
    return lags
  }
}

/// Returns and characteristics of a panel, period by period.
private struct CrossSectionRegressions {
  private let panel: Panel
  private let target: String
  private let names: [String]
  private let y: [Double]
  private let x: [[Double]]

  init(_ value: PanelValue, _ target: ColumnExpression, _ names: [String]) throws {
    let column = try target.evaluate(on: value.panel)
    guard let numbers = column.numbers, column.unit != .boolean else {
      throw Fault(
        .wrongType, "the target is a return, not \(column.kind)", parameter: "target")
    }
    guard !names.isEmpty else {
      throw Fault(.missingArgument, "there is nothing to explain by", parameter: "on")
    }
    try Timing.checkFeatures(value.panel, target, known: column.known, names)
    try Timing.checkSelection(value, before: column.known, of: target.text)
    (panel, self.target, self.names, y) = (value.panel, target.text, names, numbers)
    x = try names.map { try value.panel.numbers($0) }
  }

  func table(_ kind: ErrorKind, lags: Int?, _ context: Context) throws -> Table {
    let periods = panel.index.months
    let noun = panel.index.clock.noun
    let rows = periods.indices.map { panel.index.rows(ofMonthAt: $0) }
    let lags = try Lags.checked(lags, kind, periods: periods.count)
    let found = try FamaMacBeth(y, x, rows: rows, kind, lags: lags)
    report(found, context)
    guard let first = found.means.first else {
      throw Fault(
        .outsideData, "only \(Counted.text(found.months.count, noun)) can be regressed",
        helps: ["use fewer characteristics, or fill what is missing"], parameter: "on")
    }
    var table = Table(
      title: "\(target) on \(names.joined(separator: ", "))",
      columns: [
        ("term", Column(text: ["constant"] + names)),
        ("slope", estimates(found.means.map { $0.coefficients[0] })),
        ("se", estimates(found.means.map { $0.standardErrors[0] })),
        ("t", estimates(found.means.map { $0.tStatistics[0] })),
        ("p", estimates(found.means.map { $0.pValues[0] })),
        ("periods", estimates(found.means.map { _ in Double(found.months.count) }, .count)),
      ])
    let firms = found.months.reduce(0) { $0 + $1.firms }
    table.notes = [
      "  \(Counted.text(found.months.count, noun)) · firms a \(noun) \(firms / found.months.count) on average · mean R2 "
        + NumberFormat.percent(found.meanRSquared, decimals: 2),
      "  \(first.errorWords) · p of Student's law, \(found.months.count - 1) degrees of freedom",
    ]
    table.parts = [.init(name: "slopes", table: slopes(found))]
    return table
  }

  private func slopes(_ found: FamaMacBeth) -> Table {
    let known = (try? names.map { try panel.column($0).known }.max()) ?? 0
    let own = Column.time(found.months.map { panel.index.months[$0.place] })
    return Table(
      title: "slopes",
      columns: [own]
        + (["constant"] + names).enumerated().map { j, name in
          (
            name,
            Column(
              numbers: found.months.map { $0.coefficients[j] }, known: max(0, (known ?? 0) + 1))
          )
        }
        + [
          ("firms", Column(numbers: found.months.map { Double($0.firms) }, unit: .count)),
          ("r2", Column(numbers: found.months.map(\.rSquared), unit: .ratio)),
        ])
  }

  // The ledger counts rows; what is wrong with a period is said with its name.
  private func report(_ found: FamaMacBeth, _ context: Context) {
    let used = found.months.reduce(0) { $0 + $1.firms }
    let left = found.skipped.reduce(0) { $0 + panel.index.rows(ofMonthAt: $1.place).count }
    let noun = panel.index.clock.noun
    context.ledger(
      LedgerLine(
        stage: "fama_macbeth", rowsIn: panel.count, rowsOut: used,
        reasons: [
          .init("rows with a missing value", panel.count - left - used),
          .init("rows of \(noun)s that cannot be regressed", left),
        ]), detail: "\(target) on \(names.joined(separator: ", "))")
    for (place, reason) in found.skipped.prefix(3) {
      let period = panel.index.months[place]
      switch reason {
      case .firms(let count):
        context.note(
          "\(period) is left out: \(Counted.text(count, "firm")) without missing values, "
            + "\(names.count + 2) are needed")
      case .dependent(let columns):
        let words = columns.map { $0 < 0 ? "the constant" : "`\(names[$0])`" }
        context.note(
          "\(period) is left out: \(words.joined(separator: ", ")) does not vary, or follows from the others"
        )
      }
    }
    if found.skipped.count > 3 {
      context.note("\(found.skipped.count) \(noun)s are left out in all")
    }
  }
}

/// Portfolios beside factors over the periods that they share.
private struct AlphaTable {
  private let portfolios: SeriesSet
  private let factors: SeriesSet
  private let periods: [Period]
  private let y: [[Double]]
  private let x: [[Double]]

  init(_ portfolios: SeriesSet, _ factors: SeriesSet) throws {
    (self.portfolios, self.factors) = (portfolios, factors)
    let shared = Set(factors.periods)
    let common = portfolios.periods.filter(shared.contains)
    let (own, other) = (portfolios.at(common), factors.at(common))
    let whole = common.indices.filter { t in
      own.allSatisfy { $0[t].isFinite } && other.allSatisfy { $0[t].isFinite }
    }
    periods = whole.map { common[$0] }
    (y, x) = (own.map { s in whole.map { s[$0] } }, other.map { s in whole.map { s[$0] } })
    guard periods.count > factors.names.count + 1 else {
      throw Fault(
        .outsideData,
        "portfolios and factors share \(Counted.text(periods.count, portfolios.periods[0].noun)) without "
          + "missing values; more than \(factors.names.count + 1) are needed", parameter: "factors")
    }
  }

  func table(_ kind: ErrorKind, lags: Int?, _ context: Context) throws -> Table {
    let lags = try Lags.checked(lags, kind, periods: periods.count)
    let found = try GRSTest(y, x, kind, lags: lags)
    let noun = periods[0].noun
    let all = portfolios.periods.count
    context.ledger(
      LedgerLine(
        stage: "alphas", rowsIn: all, rowsOut: periods.count,
        reasons: [.init("\(noun)s with a missing value", all - periods.count)]),
      detail: "on \(factors.names.joined(separator: ", "))")
    if let exact = found.regressions.firstIndex(where: \.isExact) {
      throw Fault(
        .badValue, "the factors explain `\(portfolios.names[exact])` without any error",
        helps: ["leave it out:  of: [\"…\"]"], parameter: "portfolios")
    }
    for j in found.regressions[0].fit.dropped where j > 0 {
      context.note("`\(factors.names[j - 1])` says nothing that the others do not: it is left out")
    }
    let each = found.regressions
    var table = Table(
      title: "\(periods[0])..\(periods[periods.count - 1]) · \(Counted.text(periods.count, noun))",
      columns: [
        ("portfolio", Column(text: portfolios.names)),
        ("mean", estimates(y.map { Summation.compensated($0) / Double($0.count) }, .ratio)),
        ("alpha", estimates(each.map { $0.coefficients[0] }, .ratio)),
        ("t", estimates(each.map { $0.tStatistics[0] })),
        ("p", estimates(each.map { $0.pValues[0] })),
      ]
        + factors.names.enumerated().map { j, name in
          (name, estimates(each.map { $0.coefficients[j + 1] }))
        } + [("r2", estimates(each.map(\.fit.rSquared), .ratio))])
    table.notes = [
      "  returns are taken as excess returns, a \(noun) · \(each[0].errorWords)", note(found),
    ]
    table.parts = [.init(name: "test", table: test(found))]
    return table
  }

  private func note(_ found: GRSTest) -> String {
    guard found.statistic.isFinite else {
      return
        "  no joint test: \(portfolios.names.count) portfolios and \(factors.names.count) factors need "
        + "more than \(portfolios.names.count + factors.names.count) periods"
    }
    let (a, b) = found.degrees
    return
      "  all alphas zero: GRS F(\(a), \(b)) = \(NumberFormat.significant(found.statistic, digits: 4)), p = "
      + NumberFormat.significant(found.pValue, digits: 3)
  }

  private func test(_ found: GRSTest) -> Table {
    let each = found.regressions
    let count = Double(each.count)
    func one(_ value: Double, _ unit: ColumnUnit = .plain) -> Column { estimates([value], unit) }
    return Table(
      title: "Gibbons, Ross and Shanken",
      columns: [
        ("grs", one(found.statistic)), ("p", one(found.pValue)),
        ("df1", one(Double(found.degrees.0), .count)),
        ("df2", one(Double(found.degrees.1), .count)),
        ("mean_abs_alpha", one(each.reduce(0) { $0 + abs($1.coefficients[0]) } / count, .ratio)),
        ("mean_r2", one(each.reduce(0) { $0 + $1.fit.rSquared } / count, .ratio)),
        ("sharpe_of_alphas", one(max(0, found.squaredSharpeOfAlphas).squareRoot())),
      ])
  }
}
