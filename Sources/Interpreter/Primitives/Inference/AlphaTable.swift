// `alphas`: portfolios on factors, one by one and all intercepts at once.

import FactorLang
import FactorRuntime

/// Portfolios beside factors over the periods that they share.
struct AlphaTable {
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
    let choice = try ErrorChoice(kind, lags, periods: periods.count)
    let found = try GRSTest(y, x, choice.kind, lags: choice.lags)
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
      "  returns are taken as excess returns, a \(noun) · \(Regression.errorWords(of: each))",
      note(found),
    ]
    table.parts = [.init(name: "test", table: test(found))]
    table.statistics = ["alpha": .alpha, "t": .alphaT]
    return table
  }

  private func note(_ found: GRSTest) -> String {
    if let first = found.dependent.first {
      return
        "  no joint test: `\(portfolios.names[first])` follows from the portfolios before it; name the others:  "
        + "of: [\"…\"]"
    }
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
        ("sharpe_of_alphas", one(found.squaredSharpeOfAlphas.squareRoot())),
      ])
  }
}
