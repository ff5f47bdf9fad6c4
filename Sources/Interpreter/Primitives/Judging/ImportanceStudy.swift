// Importance of characteristics: the R2 that a frozen model loses when one of them is set to zero.
//
// A characteristic is silent in the loadings and in its managed portfolio, which is set to zero and
// not computed anew; one pass of the model a characteristic and one with all of them. Rows before
// the block scored are silent too, so that running means of factors do not know it either.

import FactorLang
import FactorRuntime
import Models

/// Which R2 importance is measured by.
enum ImportanceScore: String, ChoiceWord {
  case total, pred

  var sentence: String {
    switch self {
    case .total: "total R2, with the factors of the month"
    case .pred: "predictive R2 of the preferred forecast"
    }
  }

  var title: String { self == .total ? "total R2" : "predictive R2" }

  /// The fits of all rows that the score is computed from.
  func fits(_ predictions: Predictions) -> [Double]? {
    self == .total ? predictions.total : predictions.preferredForecast
  }
}

struct ImportanceStudy {
  private let block: EvaluationValue.Block
  private let place: SilentPlace
  private let score: ImportanceScore?
  private let context: Context

  init(
    block: EvaluationValue.Block, place: SilentPlace, score: ImportanceScore?, _ context: Context
  ) {
    (self.block, self.place, self.score, self.context) = (block, place, score, context)
  }

  /// The importance of every characteristic of one model.
  private struct Result {
    let names: [String]
    let ranking: ImportanceRanking
    let score: ImportanceScore
    /// R2 with all characteristics.
    let whole: Double
    let months: (first: Period, last: Period, count: Int)
  }

  func table(_ model: ModelValue, _ task: TaskValue?, top: Int) throws -> Table {
    let found = try result(model, model.requireTask(task).cut)
    let order = Array(found.ranking.order.prefix(top))
    var table = Table(
      title: "\(model.model.summary.model) · importance by \(found.score.title) · \(sample(found))",
      columns: [
        ("rank", Column(numbers: order.indices.map { Double($0 + 1) }, unit: .count)),
        ("characteristic", Column(text: order.map { found.names[$0] })),
        ("importance", Column(numbers: order.map { found.ranking.shares[$0] }, unit: .ratio)),
        ("loss", Column(numbers: order.map { found.ranking.drops[$0] }, unit: .ratio)),
      ])
    let whole = NumberFormat.percent(found.whole, decimals: 2)
    table.notes = [
      "  shares of the losses of \(Counted.text(found.names.count, "characteristic")), "
        + "each silent in turn; with all of them \(found.score.title) is \(whole)"
    ]
    let better = found.ranking.drops.count { !($0 > 0) }
    if better > 0 {
      table.notes.append(
        "  \(Counted.text(better, "characteristic")) without any loss counted as zero")
    }
    return table
  }

  /// A row a characteristic that is among the top of at least one model.
  func ticks(_ models: [ModelValue], _ task: TaskValue?, top: Int) throws -> Table {
    guard let first = models.first else {
      throw Fault(.wrongType, "`importance` needs at least one fitted model", parameter: "models")
    }
    let results = try models.map { try result($0, $0.requireTask(task).cut) }
    var names: [String] = []
    for result in results { names += result.names.filter { !names.contains($0) } }
    // The rank of each characteristic in each model, and its shares, by place in `names`.
    let ranks = results.map { result in names.map { Self.rank(of: $0, in: result) } }
    let shares = results.map { result in
      names.map { name in
        result.names.firstIndex(of: name).map { result.ranking.shares[$0] } ?? 0
      }
    }
    func isTicked(_ model: Int, _ place: Int) -> Bool {
      (ranks[model][place] ?? .max) <= top && shares[model][place] > 0
    }
    let counts = names.indices.map { place in models.indices.count { isTicked($0, place) } }
    let weights = names.indices.map { place in shares.reduce(0) { $0 + $1[place] } }
    let order = names.indices.filter { counts[$0] > 0 }.sorted {
      (-counts[$0], -weights[$0], $0) < (-counts[$1], -weights[$1], $1)
    }
    var table = Table(
      title: "the \(top) most important characteristics · \(sample(results[0]))",
      columns: [("characteristic", Column(text: order.map { names[$0] }))])
    for (number, name) in Comparison.names(models).enumerated() {
      table.columns.append(
        (name, Column(text: order.map { isTicked(number, $0) ? "✓" : "" })))
    }
    table.columns.append(("ticks", Column(numbers: order.map { Double(counts[$0]) }, unit: .count)))
    table.notes = [
      "  by "
        + zip(Comparison.names(models), results).map { "\($1.score.title) (\($0))" }
        .joined(separator: ", ")
    ]
    if order.isEmpty {
      table.notes.append("  no model loses anything without any one of its characteristics")
    }
    if first.model.summary.characteristicNames != names {
      table.notes.append("  the models were fitted on different characteristics")
    }
    return table
  }

  private static func rank(of name: String, in result: Result) -> Int? {
    result.names.firstIndex(of: name).map { result.ranking.ranks[$0] }
  }

  private func sample(_ result: Result) -> String {
    let silent = place == .both ? "" : " · silent in the \(place.rawValue) only"
    return "\(block.rawValue) \(result.months.first)..\(result.months.last) · model frozen\(silent)"
  }

  private func result(_ model: ModelValue, _ data: FactorTask) throws -> Result {
    let fitted = try model.model.settled(context.budget)
    guard data.width > 0 else {
      throw Fault(
        .wrongType, "the task of `\(fitted.summary.model)` has no characteristics to be silent",
        helps: ["name some:  setup …, features: [size, mom]"], parameter: "models")
    }
    guard place == .both || fitted.readsManagedPortfolios else {
      throw Fault(
        .wrongType,
        "the factors of `\(fitted.summary.model)` do not come from managed portfolios that could "
          + "be silent alone",
        helps: ["silence both:  silent: both", "or fit with managed portfolios:  fac_in: managed"],
        parameter: "silent")
    }
    let whole = try fitted.predict(data, budget: context.budget)
    let score = self.score ?? (whole.total == nil ? .pred : .total)
    let sample = try ScoreSample(data, block, false, context.budget)
    guard let fits = score.fits(whole) else {
      throw Fault(
        .wrongType, "`\(fitted.summary.model)` has no factors, and so no total R2",
        helps: ["rank by predictive R2:  by: pred"], parameter: "by")
    }
    let all = RSquared(sample.returns, fits: fits[sample.rows]).value
    let drops = try (0..<data.width).map { column in
      try context.budget.check()
      let silent = data.silencing([column], in: place)
      let fits = score.fits(try fitted.predict(silent, budget: context.budget)) ?? []
      return all - RSquared(sample.returns, fits: fits[sample.rows]).value
    }
    context.ledger(
      LedgerLine(
        stage: "importance", rowsIn: data.returns.count, rowsOut: sample.rows.count,
        reasons: [
          .init("rows outside \(block.rawValue)", data.returns.count - sample.rows.count)
        ]),
      detail: "\(fitted.summary.model), \(data.width + 1) forward passes, weights frozen")
    return Result(
      names: data.characteristicNames, ranking: ImportanceRanking(drops: drops), score: score,
      whole: all, months: sample.span)
  }
}
