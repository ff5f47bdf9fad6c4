// Firms left out of training and validation, and how well the model orders them afterwards.
//
// Rank IC and ICIR are those of the firms left out alone. Their returns of the test months may enter
// the factors, because they can be observed by then; or they may not, and then their rows are
// forecast as if the returns were still to come. Reference: Duan et al. (2022), experiment 2.

import FactorLang
import FactorRuntime
import Models

/// Firms left out of a fit.
struct MissingStocks {
  private let fits: RepeatedFit
  private let data: FactorTask
  private let split: Split
  private let isInFactors: Bool
  /// Firms with rows in training and test months, in the order of the index.
  private let eligible: [Int32]

  init(
    _ task: TaskValue, _ name: String, isInFactors: Bool, _ context: Context
  ) throws {
    fits = try RepeatedFit(task, name, context)
    data = task.cut
    split = try data.requireSplit()
    self.isInFactors = isInFactors
    let (data, split) = (data, split)
    func firms(_ months: Range<Int>) -> Set<Int32> { Set(data.index.assets[data.rows(months)]) }
    eligible = firms(split.train).intersection(firms(split.test)).sorted()
  }

  /// The firms of a draw. Numbers of one draw are nested: its first fifty are among its first
  /// hundred, so that they can be compared.
  static func firms(_ eligible: [Int32], count: Int, draw: Int, seed: UInt64) -> Set<Int32> {
    var stream = RandomStream(seed: seed, purpose: .split, stream: UInt32(draw))
    var order = eligible
    for place in 0..<count { order.swapAt(place, place + stream.below(order.count - place)) }
    return Set(order.prefix(count))
  }

  func table(_ counts: [Int], draws: Int) throws -> Table {
    try check(counts)
    var rows: [(m: Int, ic: Moments, ratio: Moments, draws: Int)] = []
    for count in counts {
      // All firms are one choice only.
      let numbers = count == 0 ? 0..<1 : 0..<draws
      let found = try numbers.map { try score(count, draw: $0, of: numbers.count) }
      rows.append(
        (count, Moments(found.map(\.mean)), Moments(found.map(\.ratio)), numbers.count))
    }
    report(counts, draws)
    func numbers(_ part: (Int) -> Double, _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: rows.indices.map(part), unit: unit)
    }
    let months = data.index.months
    return Table(
      title: "\(fits.name) · firms left out of training and validation · test "
        + "\(months[split.test.lowerBound])..\(months[split.test.upperBound - 1])",
      columns: [
        ("m", numbers({ Double(rows[$0].m) }, .count)),
        ("draws", numbers({ Double(rows[$0].draws) }, .count)),
        ("rank_ic", numbers { rows[$0].ic.mean }),
        ("sd", numbers { rows[$0].ic.standardDeviation() }),
        ("icir", numbers { rows[$0].ratio.mean }),
        ("sd_icir", numbers { rows[$0].ratio.standardDeviation() }),
      ],
      notes: [
        "  on the firms left out, in months with ten of them or more; means and sd over draws, "
          + "seed \(fits.context.seed)",
        "  m 0: all firms, none left out · their returns "
          + (isInFactors ? "enter" : "do not enter") + " the factors of the test months",
      ])
  }

  private func check(_ counts: [Int]) throws {
    for count in counts {
      guard count == 0 || count >= 10 else {
        throw Fault(
          .outOfRange, "a rank IC needs at least ten firms, not \(count)",
          helps: ["leave out ten or more:  m: [0, 50, 100]"], parameter: "m")
      }
      guard count < eligible.count else {
        throw Fault(
          .outsideData,
          "\(count) firms cannot be left out: \(eligible.count) have rows in training and test months",
          helps: ["leave out fewer:  m: \(max(10, eligible.count / 4))"], parameter: "m")
      }
    }
    guard !counts.isEmpty else {
      throw Fault(.missingArgument, "say how many firms:  m: [0, 50]", parameter: "m")
    }
  }

  private func score(
    _ count: Int, draw: Int, of draws: Int
  ) throws -> (mean: Double, ratio: Double) {
    let out = Self.firms(eligible, count: count, draw: draw, seed: fits.context.seed)
    let border = data.rows(split.test).lowerBound
    let kept = (0..<data.returns.count).filter {
      $0 >= border || !out.contains(data.index.assets[$0])
    }
    let part = try data.keepingSplit(kept)
    let model = try fits.fit(part, "without \(count) firms, draw \(draw + 1) of \(draws)")
    let forecast = try forecast(model, part, Set(out.map { data.index.assetNames[Int($0)] }))
    // Rows of the firms left out, or of all where none is.
    let test = try part.requireSplit().test
    let names = Set(out.map { data.index.assetNames[Int($0)] })
    let rows = part.rows(test).filter {
      names.isEmpty || names.contains(part.index.assetNames[Int(part.index.assets[$0])])
    }
    let found = try InformationCoefficient(
      rows.map { forecast[$0] }, rows.map { part.returns[$0] }, index: part.index.selecting(rows))
    return (found.mean, found.ratio)
  }

  // Where returns of the firms left out are not to be seen, their rows wait for them.
  private func forecast(
    _ model: ModelValue, _ part: FactorTask, _ out: Set<String>
  ) throws -> [Double] {
    let budget = fits.context.budget
    if isInFactors || out.isEmpty {
      return try model.model.predict(part, budget: budget).preferredForecast
    }
    let waiting = part.index.assets.map { out.contains(part.index.assetNames[Int($0)]) }
    for month in 0..<part.monthCount where part.rows(month).allSatisfy({ waiting[$0] }) {
      throw Fault(
        .outsideData, "all firms of \(part.index.months[month]) are left out in one draw",
        helps: ["leave out fewer, or let their returns be seen:  holdout_in_x: true"],
        parameter: "m")
    }
    return try model.model.forecast(part, waiting: waiting, budget: budget)
  }

  private func report(_ counts: [Int], _ draws: Int) {
    let number = counts.reduce(0) { $0 + ($1 == 0 ? 1 : draws) }
    fits.context.ledger(
      LedgerLine(
        stage: "missing_stocks", rowsIn: data.returns.count, rowsOut: data.returns.count),
      detail: "\(fits.name), \(Counted.text(number, "fit")), firms drawn among \(eligible.count), "
        + "seed \(fits.context.seed)")
  }
}

extension FactorTask {
  /// Some of the rows, ascending, with the same split; every block must keep a month.
  func keepingSplit(_ kept: [Int]) throws -> FactorTask {
    var part = keeping(kept)
    guard let split else { return part }
    let (old, new) = (index, part.index)
    func block(_ months: Range<Int>) -> Range<Int> {
      let start = new.lowerBound(old.months[months.lowerBound])
      return start..<max(start, new.lowerBound(old.months[months.upperBound - 1] + 1))
    }
    part.split = try Split(
      train: block(split.train), valid: block(split.valid), test: block(split.test))
    return part
  }
}
