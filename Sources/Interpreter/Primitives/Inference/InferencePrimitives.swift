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
    Parameter<ColumnNames>.columns(
      "effects", required: false,
      "columns whose groups have means of their own, such as [id, month]"
    ).labelled,
    Parameter<ColumnNames>.columns(
      "cluster", required: false,
      "one column or two within whose groups errors may be alike, such as id or [id, month]"
    ).labelled,
    Parameter<ColumnNames>.columns("weight", required: false, "the column that weights rows")
      .labelled.numeric,
    returns:
      "a table with a row a term: coef, se, t and two-sided p; n, R2 and kind of errors below",
    effect: .gives(
      Schema(
        [ColumnInfo("term", .text)] + ["coef", "se", "t", "p"].map { ColumnInfo($0, .number) })),
    examples: [
      "toy | summarise market = mean(ret), spread = std(ret), by: month | regress market, on: spread",
      "toy | regress ret, on: [size, mom], se: white",
      "toy | regress ret, on: [size, mom], effects: [id, month], cluster: id",
    ]
  ) { context, rows, y, on, kind, lags, constant, effects, cluster, weight in
    let design = try RegressionDesign(
      rows.table, y, on.names, hasConstant: constant,
      GroupedErrors(effects: effects.names, cluster: cluster.names, weight: weight.names.first),
      context.budget)
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
    Parameter<ErrorKind?>.conventional("se", "what standard errors of the mean slopes allow for")
      .labelled,
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
    try CrossSectionRegressions(value, target, on.names)
      .table(kind ?? context.conventions.errors, lags: lags, context)
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
    Parameter<ErrorKind?>.conventional("se", "what standard errors allow for").labelled,
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
    ).table(kind ?? context.conventions.errors, lags: lags, context)
  },
]
