// Columns of returns by their usual names, and whether they are in percent.
//
// Returns of one file are judged together, because a bill rate alone could be either. They are in percent where that
// is clear, and else stay as they are. Clear is: a typical size of one or more, where as decimals half of all returns
// would be beyond 100 %; or a size that no decimal return has with a tail that returns have and normal draws have
// not, and a loss beyond 105 %, without which it is a decimal tail of gains. French's factors and indices say by their
// names that they are returns of portfolios, and need less: such a loss.

/// Names of columns that hold returns.
public enum ReturnAliases {
  /// Returns above the rate without risk.
  static let excess: Set<String> = [
    "exret", "ret_excess", "ret_exc", "xret", "ret-rf", "excess_return", "ret_exc_lead1m",
  ]
  /// Returns of a firm or portfolio.
  static let returns: Set<String> = excess.union([
    "ret", "retx", "mthret", "mthretx", "dlyret", "return", "returns", "dlret", "dlretx",
  ])
  /// The factors of the literature and the rate without risk, each with the names it goes by.
  public static let byFactor: [(word: String, names: [String])] = [
    ("mkt", ["mkt-rf", "mkt_rf", "mktrf", "mkt.rf", "mkt_excess", "mkt", "market"]),
    ("smb", ["smb"]), ("hml", ["hml"]), ("rmw", ["rmw"]), ("cma", ["cma"]),
    ("mom", ["mom", "umd", "wml"]), ("rf", ["rf", "risk_free", "riskfree"]),
  ]
  /// The same in one list, with the indices of price files; a column `market` may be anything.
  static let factors = Set(byFactor.flatMap(\.names) + ["vwretd", "ewretd", "sprtrn"])
    .subtracting(["market"])
  /// Returns of the month that follows: never what is known at the row's end.
  static let leads: Set<String> = ["ret_exc_lead1m", "ret_lead1m"]

  /// Whether a name is that of a factor or an index, the return of a portfolio.
  static func isPortfolio(_ name: String) -> Bool {
    factors.contains(name.lowercased().trimmingBlanks)
  }

  public static func isReturn(_ name: String) -> Bool {
    let name = name.lowercased().trimmingBlanks
    return returns.contains(name) || factors.contains(name)
  }

  /// Whether a name says, also as part of it, that returns are above the rate without risk.
  public static func isExcess(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.contains("excess") || excess.contains { name.contains($0) }
  }

  public static func isLead(_ name: String) -> Bool { leads.contains(name.lowercased()) }
}

/// How returns are written.
public enum ReturnUnit: Equatable, Sendable {
  case percent, decimal

  /// The unit of all columns of returns of a file; those of `portfolios` are known to be nothing else.
  public init(of columns: [[Double]], arePortfolios: Bool) {
    let typical = columns.map(Self.typicalSize).max() ?? 0
    let values = columns.joined().lazy.filter { !$0.isNaN }
    let isBeyondAll = (values.min() ?? 0) < Self.beyondAll
    if arePortfolios {
      self = typical >= 0.15 && isBeyondAll ? .percent : .decimal
      return
    }
    let isMany = values.prefix(Self.fewest).count(where: { _ in true }) == Self.fewest
    let greatest = values.reduce(0) { max($0, abs($1)) }
    let isPercent =
      typical >= 1 || (typical >= 0.3 && greatest >= 10 * typical && isBeyondAll)
    self = isMany && isPercent ? .percent : .decimal
  }

  /// No decimal return is lower, rounding aside.
  static let beyondAll = -1.05

  /// A handful of returns proves nothing.
  private static let fewest = 12

  /// The median absolute value of a sample in the order of the file; the unit is the same everywhere.
  private static func typicalSize(_ column: [Double]) -> Double {
    let step = max(1, column.count / 20_000)
    let sizes = stride(from: 0, to: column.count, by: step).map { abs(column[$0]) }
      .filter { $0 > 0 }.sorted()
    return sizes.isEmpty ? 0 : sizes[sizes.count / 2]
  }
}
