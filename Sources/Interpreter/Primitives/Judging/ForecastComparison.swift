// Forecasts of several models of the same returns, compared two by two.

import FactorLang
import FactorRuntime
import Models

struct ForecastComparison {
  private let names: [String]
  private let sample: ScoreSample
  private let block: EvaluationValue.Block
  private let forecasts: [[Double]]

  init(_ models: [ModelValue], _ block: EvaluationValue.Block, _ context: Context) throws {
    guard models.count > 1 else {
      throw Fault(
        .wrongType, "a comparison needs two or more fitted models",
        helps: ["[a, b] | diebold_mariano"], parameter: "models")
    }
    names = Comparison.names(models)
    self.block = block
    let tasks = try models.map { try $0.requireTask(nil).cut }
    sample = try ScoreSample(tasks[0], block, false, context.budget)
    forecasts = try zip(models, tasks).map { model, data in
      let predictions = try model.model.predict(data, budget: context.budget)
      return Array(
        predictions.preferredForecast[try ScoreSample(data, block, false, context.budget).rows])
    }
    for (name, data) in zip(names, tasks).dropFirst() {
      let own = try ScoreSample(data, block, false, context.budget)
      guard own.index.months == sample.index.months, own.index.offsets == sample.index.offsets,
        own.returns == sample.returns
      else {
        throw Fault(
          .wrongType,
          "`\(names[0])` and `\(name)` were fitted on tasks with different returns in \(block.rawValue)",
          helps: ["fit both on the same task"], parameter: "models")
      }
    }
  }

  func table(lags: Int) -> Table {
    var pairs: [(first: Int, second: Int, test: DieboldMariano)] = []
    for second in names.indices {
      for first in 0..<second {
        let test = DieboldMariano(
          sample.returns, first: forecasts[first], second: forecasts[second],
          offsets: sample.index.offsets, lags: lags)
        pairs.append((first, second, test))
      }
    }
    func numbers(_ part: (DieboldMariano) -> Double) -> Column {
      Column(numbers: pairs.map { part($0.test) })
    }
    return Table(
      title: "Diebold-Mariano · \(block.rawValue) \(sample.span.first)..\(sample.span.last) · "
        + Counted.text(sample.span.count, "month"),
      columns: [
        ("first", Column(text: pairs.map { names[$0.first] })),
        ("second", Column(text: pairs.map { names[$0.second] })),
        // Squared decimals are too small to read: in percent squared they are not.
        ("difference", numbers { 1e4 * $0.mean }),
        ("dm", numbers(\.statistic)), ("p", numbers(\.pValue)),
      ],
      notes: [
        "  squared errors, first less second, averaged over firms by month, in percent squared",
        "  above zero the second is better · Newey-West, \(lags) lags · p two-sided",
      ])
  }
}
