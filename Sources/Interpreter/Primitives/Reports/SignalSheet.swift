// The signal sheet: what a column foretells of returns, bucket by bucket and period by period.

import FactorLang
import FactorRuntime

/// How a signal's firms are put into buckets.
enum BucketCuts: String, ChoiceWord {
  case ranks, quantiles
  var sentence: String {
    switch self {
    case .ranks: "buckets of equal size by rank, equal values in the order of firms, as `deciles`"
    case .quantiles: "break points at quantiles, equal values share a bucket, as `sorts`"
    }
  }
}

/// What a signal sheet is asked for.
struct SignalOptions {
  var buckets = 10
  var cuts = BucketCuts.ranks
  var breakpoints = Breakpoints.all
  var costs = Costs()
  var lags = 6
  var excess: Bool?
  var factors: FactorSets?
}

/// Everything a signal sheet is made of.
struct SignalStudy {
  let options: SignalOptions
  let origin: String
  let names: (signal: String, returns: String, weight: String?)
  let signal: [Double]
  let returns: [Double]
  let unit: ColumnUnit
  let known: (signal: Int, returns: Int)
  /// The rows in the periods in which their returns are earned.
  let index: PanelIndex
  let sort: PortfolioSort
  let buckets: BucketSeries
  let trades: Backtest
  /// Turnover of each bucket held alone.
  let turnovers: [Double]
  let newNames: [Double]
  let rankIC: InformationCoefficient
  let pearson: InformationCoefficient
  let persistence: [Double]
  let monotonicity: MonotonicityTest
  let seed: UInt64
  let digest: String
  let notes: [String]
  let delisting: DelistingRule?

  init(
    _ value: PanelValue, signal name: String, returns target: ColumnExpression, weight: String?,
    _ options: SignalOptions, _ context: Context
  ) throws {
    let panel = value.panel
    delisting = value.delisting
    let (column, earned) = (try panel.column(name), try target.evaluate(on: panel))
    signal = try panel.numbers(name)
    guard let returns = earned.numbers, earned.unit != .boolean else {
      throw Fault(.wrongType, "returns are numbers, not \(earned.kind)", parameter: "returns")
    }
    try Timing.checkFeatures(
      panel, target, known: earned.known,
      [name] + [weight].compactMap { $0 } + options.breakpoints.columns(of: panel))
    try Timing.checkSelection(value, before: earned.known, of: target)
    (self.returns, unit, known) = (returns, earned.unit, (column.known, earned.known))
    (names, origin) = ((name, target.text, weight), value.origin)
    // Rows stand in the period of the sort; the return may be earned later.
    index = panel.index.shifted(by: (1...120).contains(earned.known) ? earned.known : 0)
    (self.options, seed) = (options, context.seed)
    let sorted = try SignalSort(panel, index, signal, returns, name, options)
    (sort, notes) = (sorted.sort, sorted.notes)
    context.ledger(sorted.line, detail: sorted.detail)
    let sizes = try weight.map { try panel.numbers($0) }
    buckets = BucketSeries(
      sort, forecast: signal, returns: returns, index: index, weights: sizes)
    try context.budget.check()
    (trades, turnovers) = try Self.trade(sort, signal, returns, index, sizes, options)
    newNames = SignalStability.newNames(sort, index: index).map { Moments($0).mean }
    rankIC = try InformationCoefficient(signal, returns, index: index)
    pearson = try InformationCoefficient(signal, returns, index: index, kind: .pearson)
    try context.budget.check()
    persistence = SignalStability.rankAutocorrelation(signal, index: index)
    monotonicity = MonotonicityTest(buckets.returns, seed: context.seed)
    digest = SheetFacts.digest(index, [signal, returns] + [sizes].compactMap { $0 })
  }

  private static func trade(
    _ sort: PortfolioSort, _ signal: [Double], _ returns: [Double], _ index: PanelIndex,
    _ sizes: [Double]?, _ options: SignalOptions
  ) throws -> (Backtest, [Double]) {
    var trading = BacktestOptions()
    (trading.buckets, trading.small, trading.costs) = (options.buckets, .skip, options.costs)
    let spread = try Backtest(
      forecast: signal, returns: returns, index: index, size: sizes, sort: sort, options: trading)
    let drifts = options.costs.base != .noDrift
    let each = (1...options.buckets).map { bucket in
      let weights = LongShort.weights(
        sort, index: index, legs: .longOnly, size: sizes, long: bucket)
      let series = Turnover.series(
        weights: weights, returns: returns, index: index, months: sort.sortedMonths, drift: drifts)
      // The first period buys everything; what a bucket takes to hold comes after it.
      return Moments(series.dropFirst()).mean
    }
    return (spread, each)
  }
}

/// The sort of a signal, with what became of every row.
private struct SignalSort {
  let sort: PortfolioSort
  let line: LedgerLine
  let detail: String
  let notes: [String]

  init(
    _ panel: Panel, _ index: PanelIndex, _ signal: [Double], _ returns: [Double], _ name: String,
    _ options: SignalOptions
  ) throws {
    guard signal.contains(where: { !$0.isNaN }) else {
      throw Fault(
        .allMissing, "`\(name)` has no value: there is nothing to sort by", parameter: "signal")
    }
    guard returns.contains(where: { !$0.isNaN }) else {
      throw Fault(.allMissing, "the return has no value in any row", parameter: "returns")
    }
    let usable = Self.live(signal, returns, index)
    let reference = try options.breakpoints.reference(of: panel)
    sort =
      options.cuts == .quantiles
      ? PortfolioSort(
        quantilesOf: usable, index: index, buckets: options.buckets, reference: reference)
      : try PortfolioSort(
        usable, index: index, buckets: options.buckets, small: .skip, reference: reference)
    let constant = sort.sortedMonths.count { t in
      let present = index.rows(ofMonthAt: t).map { signal[$0] }.filter { !$0.isNaN }
      return present.allSatisfy { $0 == present.first }
    }
    try Self.checkOrder(sort, constant, usable, index, name, options.buckets)
    line = Self.line(sort, signal, usable, index.clock.noun, name, options.buckets)
    detail =
      "by \(name), \(Counted.text(sort.sortedMonths.count, index.clock.noun)), \(options.buckets) buckets"
    notes = Self.notes(sort, returns, constant, index.clock.noun)
  }

  // A period in which nothing was earned yet is no period of the sample.
  private static func live(
    _ signal: [Double], _ returns: [Double], _ index: PanelIndex
  ) -> [Double] {
    var usable = signal
    for t in index.months.indices {
      let rows = index.rows(ofMonthAt: t)
      if rows.allSatisfy({ returns[$0].isNaN }) { for row in rows { usable[row] = .nan } }
    }
    return usable
  }

  private static func checkOrder(
    _ sort: PortfolioSort, _ constant: Int, _ usable: [Double], _ index: PanelIndex,
    _ name: String, _ buckets: Int
  ) throws {
    let noun = index.clock.noun
    guard !sort.sortedMonths.isEmpty else {
      let most =
        index.months.indices.map { t in
          index.rows(ofMonthAt: t).count { !usable[$0].isNaN }
        }.max() ?? 0
      throw Fault(
        .groupsCannotForm,
        "no \(noun) has the \(buckets) firms with a signal that \(buckets) buckets need; the most are \(most)",
        helps: most < 4 ? [] : ["fewer buckets:  buckets: \(min(5, most / 2))"],
        parameter: "signal")
    }
    guard constant < sort.sortedMonths.count else {
      throw Fault(
        .groupsCannotForm,
        "`\(name)` is the same for all firms in every \(noun): it puts them in no order",
        parameter: "signal")
    }
  }

  private static func line(
    _ sort: PortfolioSort, _ signal: [Double], _ usable: [Double], _ noun: String, _ name: String,
    _ buckets: Int
  ) -> LedgerLine {
    let unsigned = signal.count { $0.isNaN }
    let unborn = zip(signal, usable).count { !$0.isNaN && $1.isNaN }
    let held = sort.buckets.count { $0 > 0 }
    return LedgerLine(
      stage: "tearsheet", rowsIn: signal.count, rowsOut: held,
      reasons: [
        .init("without \(name)", unsigned), .init("in \(noun)s without any return", unborn),
        .init(
          "in \(noun)s with fewer than \(buckets) firms", signal.count - unsigned - unborn - held),
      ])
  }

  private static func notes(
    _ sort: PortfolioSort, _ returns: [Double], _ constant: Int, _ noun: String
  ) -> [String] {
    var notes: [String] = []
    let missing = zip(sort.buckets, returns).count { $0 > 0 && $1.isNaN }
    if missing > 0 {
      notes.append(
        "\(Counted.text(missing, "sorted row")) without a return: they count in no mean, and earn nothing where held"
      )
    }
    if constant > 0 {
      notes.append(
        "the signal is the same for all firms in \(Counted.text(constant, noun)): IC counts 0 there, and buckets "
          + "follow the order of firms")
    }
    if !sort.skipped.isEmpty {
      notes.append(
        "\(Counted.text(sort.skipped.count, noun)) could not be sorted and are left out")
    }
    return notes
  }
}
