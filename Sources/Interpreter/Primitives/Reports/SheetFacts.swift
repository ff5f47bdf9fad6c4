// The header that every sheet has: sample, returns, portfolios, timing, costs, seed, data and program.

import FactorLang
import FactorRuntime

/// The facts of a header, in the order in which they are printed.
enum SheetFacts {
  /// What wrote a report.
  static var maker: String { "fq \(CommandLineTool.version)" }

  /// What is known of the sample.
  struct Sample {
    var months: [Period]
    var clock: Clock
    /// Firms of each period.
    var firms: [Int]

    init(months: [Period], clock: Clock, firms: [Int]) {
      (self.months, self.clock, self.firms) = (months, clock, firms)
    }

    var facts: [ReportDocument.Fact] {
      let first = months.first?.description ?? "", last = months.last?.description ?? ""
      let noun = clock.noun
      let median = Quantile.median(firms.map(Double.init))
      let middle = median.isFinite ? NumberFormat.count(Int(median.rounded())) : "na"
      return [
        .init("sample", "\(first)..\(last), \(Counted.text(months.count, noun))"),
        .init(
          "firms \(clock.each)",
          "\(NumberFormat.count(firms.min() ?? 0)) min, \(middle) median, "
            + "\(NumberFormat.count(firms.max() ?? 0)) max"),
        .init("firm-\(noun)s", NumberFormat.count(firms.reduce(0, +))),
      ]
    }
  }

  /// A file's name without its folders and endings; anything else as it is.
  static func short(_ origin: String) -> String {
    let name = origin.split(separator: "/").last.map(String.init) ?? origin
    return [".gz", ".csv", ".tsv", ".txt", ".parquet", ".sas7bdat", ".dta"].reduce(name) {
      $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
    }
  }

  /// What the returns are.
  static func returns(
    _ name: String, _ unit: ColumnUnit, excess: Bool?, _ factors: FactorSets? = nil
  ) -> [ReportDocument.Fact] {
    let kind: String
    if let excess {
      let raw =
        factors?.riskless == nil
        ? "raw returns; no riskless rate is at hand, none is subtracted"
        : "raw returns; Sharpe ratios and alphas are less the riskless rate on what is invested"
      kind = excess ? "excess returns" : raw
    } else {
      kind =
        ReturnAliases.isExcess(name)
        ? "excess returns, by the column's name" : "not said; taken as they are"
    }
    return [
      .init("returns", "\(name), decimal" + (unit == .ratio ? ", shown in percent" : "")),
      .init("excess or raw", kind),
    ]
  }

  /// When the signal is known and the return earned, by what their columns say.
  static func timing(signal: Int, returns: Int, _ clock: Clock) -> ReportDocument.Fact {
    .init(
      "lag rule",
      "signal known at \(Timing.period(max(-120, signal), on: clock)), return known at "
        + Timing.period(returns, on: clock))
  }

  /// What became of the returns of delisted firms.
  static func delisting(_ rule: DelistingRule?) -> ReportDocument.Fact {
    .init(
      "delisting",
      rule.map { "rule \($0.rawValue): \($0.sentence)" }
        ?? "returns as in the data, no rule applied")
  }

  static func costs(_ costs: Costs) -> ReportDocument.Fact {
    let base =
      switch costs.base {
      case .twoSided: "on buys plus sells, weights drifted"
      case .half: "on half of buys plus sells, weights drifted"
      case .noDrift: "on buys plus sells, weights undrifted"
      }
    return .init("costs", "\(NumberFormat.basisPoints(costs.rate)) a side \(base)")
  }

  /// The seed, the data and the program.
  static func origin(seed: UInt64?, digest: String) -> [ReportDocument.Fact] {
    (seed.map { [.init("seed", "\($0)")] } ?? [.init("seed", "none used by the portfolio")])
      + [.init("data", String(digest.prefix(16))), .init("program", maker)]
  }

  /// The digest of what was computed from: keys and columns.
  static func digest(_ index: PanelIndex, _ columns: [[Double]]) -> String {
    var hash = SHA256()
    index.months.withUnsafeBytes { hash.add($0) }
    index.offsets.withUnsafeBytes { hash.add($0) }
    index.assets.withUnsafeBytes { hash.add($0) }
    for name in index.assetNames { hash.add(name) }
    for column in columns {
      // A missing number is one thing, whatever its bits.
      let plain = column.map { $0.isNaN ? Double.nan : $0 }
      plain.withUnsafeBytes { hash.add($0) }
    }
    return hash.digest
  }
}
