// Halves of the firms by the parity of their number: fitted on one, scored on both.
//
// Reference: Gu, Kelly and Xiu (2021), table 5: rows are test samples, columns training samples.

import FactorLang
import FactorRuntime
import Models

/// Fits on halves of the firms.
struct OddEven {
  private let fits: RepeatedFit
  private let data: FactorTask

  init(_ task: TaskValue, _ name: String, _ context: Context) throws {
    fits = try RepeatedFit(task, name, context)
    data = task.cut
  }

  /// Whether each firm's number is odd: that of its name, or where names are no numbers, its place
  /// among the names, from 1.
  static func isOdd(_ names: [String]) -> [Bool] {
    let areNumbers = names.allSatisfy { name in
      !name.isEmpty && name.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }
    return names.enumerated().map { place, name in
      areNumbers ? (name.utf8.last ?? 48) % 2 == 1 : place % 2 == 0
    }
  }

  func table(_ options: ScoreOptions) throws -> Table {
    let odd = Self.isOdd(data.index.assetNames)
    let halves = try [true, false].map { side in
      try data.keepingSplit(
        (0..<data.returns.count).filter { odd[Int(data.index.assets[$0])] == side })
    }
    let names = ["odd", "even"]
    let models = try zip(halves, names).map { try fits.fit($0, "fit on \($1) firms") }
    // Row by row: the half that is scored, then the half that was fitted on.
    let scores = try halves.map { half in
      try models.map {
        try Scorer.score($0, on: fits.value(of: half), options, budget: fits.context.budget)
      }
    }
    fits.context.ledger(
      LedgerLine(stage: "odd_even", rowsIn: data.returns.count, rowsOut: data.returns.count),
      detail: "\(fits.name), \(NumberFormat.count(halves[0].returns.count)) rows of odd firms, "
        + "\(NumberFormat.count(halves[1].returns.count)) of even ones")
    return grid(scores, names, options)
  }

  private func grid(
    _ scores: [[EvaluationValue]], _ names: [String], _ options: ScoreOptions
  ) -> Table {
    let net = "net of \(NumberFormat.basisPoints(options.cost)) a side"
    let figures: [(title: String, read: (EvaluationValue) -> Double?, isShare: Bool)] = [
      ("total R2, %", { $0.totalStocks }, true),
      ("predictive R2, %", { $0.predictive($0.preferred) }, true),
      ("Sharpe long-short, × √12, gross", { $0.longShort?.grossPerformance.sharpeRatio }, false),
      ("Sharpe long-short, × √12, \(net)", { $0.longShort?.netPerformance.sharpeRatio }, false),
      ("Sharpe long-only, × √12, gross", { $0.longOnly?.grossPerformance.sharpeRatio }, false),
      ("Sharpe long-only, × √12, \(net)", { $0.longOnly?.netPerformance.sharpeRatio }, false),
    ]
    var (titles, labels): ([String], [String]) = ([], [])
    var columns: [[String]] = [[], []]
    for figure in figures {
      for (row, name) in names.enumerated() {
        titles.append(figure.title)
        labels.append("on \(name) firms")
        for column in columns.indices {
          let value = figure.read(scores[row][column]) ?? .nan
          columns[column].append(
            value.isFinite
              ? NumberFormat.fixed(figure.isShare ? 100 * value : value, decimals: 2)
              : NumberFormat.missing)
        }
      }
    }
    let sample = scores[0][0]
    var table = Table(
      title:
        "\(fits.name) · \(options.block.rawValue) \(sample.months.first)..\(sample.months.last) · "
        + "halves of the firms by the parity of their number · "
        + Counted.text(sample.seeds, "seed"),
      columns: [
        ("figure", Column(text: titles)), ("scored", Column(text: labels)),
        ("fitted on odd", Column(text: columns[0])), ("fitted on even", Column(text: columns[1])),
      ])
    table.blocks = Table.Blocks(labels: 1)
    return table
  }
}
