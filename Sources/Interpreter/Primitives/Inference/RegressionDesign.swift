// `regress`: one regression of the rows of a table or panel.

import FactorLang
import FactorRuntime

/// The rows of one regression, in order of time.
struct RegressionDesign {
  private let names: [String]
  private let label: String
  private let x: Matrix
  private let y: [Double]
  private let all: Int
  private let hasConstant: Bool
  /// Whether each row has a period of its own; then they are in its order.
  private let isSeries: Bool
  /// The names of effects, clusters and weights, and what they hold for each row.
  private let grouped: GroupedErrors
  private let groups: GroupedErrors.Rows

  init(
    _ table: Table, _ target: ColumnExpression, _ on: [String], hasConstant: Bool,
    _ grouped: GroupedErrors, _ budget: Budget
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
    let all = try grouped.rows(of: table, budget)
    let whole = order.filter { i in
      response[i].isFinite && regressors.allSatisfy { $0[i].isFinite } && all.isWhole(i)
    }
    (self.grouped, groups) = (grouped, all.choosing(whole))
    names = (hasConstant ? ["constant"] : []) + on
    (label, self.all, self.hasConstant) = (target.text, response.count, hasConstant)
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
    if !grouped.isEmpty { return try groupedTable(kind, lags: lags, context) }
    let kind = kind ?? (isSeries ? .nw : .white)
    if !isSeries, [.nw, .auto, .r].contains(kind) {
      throw Fault(
        .badValue, "`se: \(kind.rawValue)` needs rows in order of time, one a period",
        helps: ["of firms and months:  fama_macbeth", "or:  se: white"], parameter: "se")
    }
    let choice = try ErrorChoice(kind, lags, periods: y.count)
    let found = try Regression(
      x, y, choice.kind, lags: choice.lags, constant: hasConstant ? 0 : nil)
    report(found.fit, context)
    if found.isExact {
      context.note("`\(label)` is explained without any error, so that there is nothing to test by")
    }
    var table = terms(
      found.coefficients, found.standardErrors, found.tStatistics, found.pValues)
    let adjusted = found.adjustedRSquared(hasConstant: hasConstant)
    table.notes = [
      "  n \(y.count) · R2 \(NumberFormat.percent(found.fit.rSquared, decimals: 2)), adjusted "
        + "\(NumberFormat.percent(adjusted, decimals: 2))\(hasConstant ? "" : ", about zero")",
      "  \(found.errorWords) · p of Student's law, \(found.fit.degreesOfFreedom) degrees of freedom",
    ]
    return table
  }

  private func terms(
    _ coefficients: [Double], _ errors: [Double], _ t: [Double], _ p: [Double]
  ) -> Table {
    Table(
      title: label,
      columns: [
        ("term", Column(text: names)), ("coef", estimates(coefficients)), ("se", estimates(errors)),
        ("t", estimates(t)), ("p", estimates(p)),
      ])
  }

  private func report(_ fit: LeastSquares, _ context: Context) {
    context.ledger(
      LedgerLine(
        stage: "regress", rowsIn: all, rowsOut: y.count,
        reasons: [.init("rows with a missing value", all - y.count)]),
      detail: "\(label) on \(names.joined(separator: ", "))")
    for j in fit.dropped {
      context.note("`\(names[j])` says nothing that the others do not: it is left out")
    }
  }

  private func groupedTable(
    _ kind: ErrorKind?, lags: Int?, _ context: Context
  ) throws -> Table {
    let errors = try grouped.errors(kind, lags: lags, groups)
    let found = try PanelRegression(
      x, y, effects: groups.effects, weights: groups.weights, errors: errors,
      budget: context.budget)
    guard found.degrees > 0 else {
      throw Fault(
        .outsideData,
        "nothing is left to tell errors by: more effects and terms than rows, or one cluster",
        parameter: grouped.cluster.isEmpty ? "effects" : "cluster")
    }
    report(found.fit, context)
    // What effects leave sums to zero in each cluster that they tell apart, so that nothing is left to judge a
    // constant by.
    let isSilent = hasConstant && !grouped.effects.isEmpty && !grouped.cluster.isEmpty
    func told(_ values: [Double]) -> [Double] { isSilent ? [.nan] + values.dropFirst() : values }
    if isSilent {
      context.note(
        "clustered errors say nothing of the constant beside effects: only slopes are judged")
    }
    var table = terms(
      found.fit.coefficients, told(found.standardErrors), told(found.tStatistics),
      told(found.pValues))
    let within = grouped.effects.isEmpty ? "R2" : "R2 within"
    table.notes =
      ["  n \(y.count) · \(within) \(NumberFormat.percent(found.rSquared, decimals: 2))"]
      + grouped.words(found, groups, isPlain: kind == .ols)
    return table
  }
}
