// The verb that gives standard errors and intervals of any statistic by drawing blocks of periods.

import FactorLang
import FactorRuntime

let bootstrapPrimitive = Primitive(
  "bootstrap", topic: .evaluation,
  "Gives standard errors and intervals of statistics by drawing blocks of periods with replacement.",
  Parameter<TableFlow>.flow(
    "rows", "a table with a row a period, or a panel, whose firms stay together"),
  Parameter<Definitions>.definitions(
    "statistics", "`name = statistic` pairs, such as sharpe = mean(ret) / std(ret)"),
  Parameter<Int>.value("draws", default: 1000, in: 50...100_000, "how many draws").labelled,
  Parameter<Int>.value("block", default: 6, in: 1...1000, "periods drawn together").labelled,
  Parameter<Double>.value("level", default: 0.95, in: 0.5...0.999, shown: "95%", "of the interval")
    .labelled.share,
  Parameter<Int?>.optional("seed", "of the draws; that of the script if left out").labelled,
  returns:
    "a table with a row a statistic: estimate, se, low and high (shares of the draws), draws in which it exists",
  effect: .gives(
    Schema(
      [ColumnInfo("statistic", .text)]
        + ["estimate", "se", "low", "high"].map { ColumnInfo($0, .number) }
        + [ColumnInfo("draws", .integer)])),
  examples: [
    "toy | summarise m = mean(ret), by: month | bootstrap sharpe = mean(m) / std(m), draws: 200, block: 3"
  ]
) { context, flow, statistics, draws, block, level, seed in
  let number = seed.map { UInt64(max(0, $0)) } ?? context.seed
  let drawn = try PeriodDraws(flow.table, BlockBootstrap(block: block, draws: draws, seed: number))
  return try drawn.table(statistics, level: level, context)
}.costing(.perRow(4000))

/// The rows of a table by period, to be drawn in blocks.
private struct PeriodDraws {
  private let table: Table
  private let bootstrap: BlockBootstrap
  /// The rows of each period, in order of time.
  private let rows: [[Int]]

  init(_ table: Table, _ bootstrap: BlockBootstrap) throws {
    guard let periods = table.periods else {
      throw Fault(
        .wrongInflow, "the table has no column of periods, whose blocks are drawn",
        helps: ["rows without order:  give them numbers of periods of their own"])
    }
    var places: [Period: [Int]] = [:]
    for (row, period) in periods.enumerated() { places[period, default: []].append(row) }
    rows = places.sorted { $0.key < $1.key }.map(\.value)
    (self.table, self.bootstrap) = (table.timed(), bootstrap)
    guard rows.count >= 2 * bootstrap.block else {
      throw Fault(
        .outOfRange,
        "\(Counted.text(rows.count, "period")) cannot hold two blocks of \(bootstrap.block)",
        parameter: "block"
      )
    }
  }

  func table(
    _ statistics: Definitions, level: Double, _ context: Context
  ) throws -> Table {
    let estimates = try statistics.pairs.map { try number($0, of: table) }
    var draws = statistics.pairs.map { _ in [Double]() }
    for draw in 0..<bootstrap.draws {
      try context.budget.check()
      var drawn = table.gathered(
        bootstrap.positions(draw: draw, months: rows.count).flatMap { rows[$0] })
      drawn.isDrawn = true
      for (place, pair) in statistics.pairs.enumerated() {
        draws[place].append(try number(pair, of: drawn))
      }
    }
    let present = draws.map { $0.filter { !$0.isNaN } }
    let tail = (1 - level) / 2
    let bounds = present.map { $0.isEmpty ? [.nan, .nan] : Quantile.of($0, [tail, 1 - tail]) }
    func column(_ values: [Double]) -> Column {
      Column(numbers: values, known: Availability.wholeSample)
    }
    var result = Table(
      title: "bootstrap of \(table.title ?? "rows")",
      columns: [
        ("statistic", Column(text: statistics.pairs.map(\.name))), ("estimate", column(estimates)),
        ("se", column(present.map { Moments($0).standardDeviation() })),
        ("low", column(bounds.map { $0[0] })), ("high", column(bounds.map { $0[1] })),
        (
          "draws",
          Column(
            numbers: present.map { Double($0.count) }, unit: .count,
            known: Availability.wholeSample)
        ),
      ])
    result.notes = [
      "  \(Counted.text(rows.count, "period")) · circular blocks of \(bootstrap.block) · "
        + "interval \(NumberFormat.percent(level, decimals: 1)) of the draws · seed \(bootstrap.seed)"
    ]
    return result
  }

  private func number(
    _ pair: (name: String, expression: ColumnExpression), of rows: Table
  ) throws -> Double {
    let value = try Grouped.single(pair, of: rows)
    if value.isMissing { return .nan }
    guard let number = Double(value) else {
      throw Fault(
        .wrongType, "`\(pair.expression.text)` is not one number",
        helps: ["take a statistic of it:  \(pair.name) = mean(\(pair.expression.text))"],
        parameter: "statistics")
    }
    return number
  }
}
