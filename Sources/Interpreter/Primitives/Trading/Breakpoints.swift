// Whose values set break points, and how firms of a portfolio are weighted: both may rest on the New York Stock Exchange.

import FactorLang
import FactorRuntime

/// Whose values set the break points.
enum Breakpoints: String, ChoiceWord {
  case all, nyse, nyse20
  var sentence: String {
    switch self {
    case .all: "all firms of the month"
    case .nyse: "the firms whose exchange is NYSE"
    case .nyse20: "firms larger than the 20th percentile of NYSE firms by market equity"
    }
  }

  /// Whose they are, for headers.
  var firms: String {
    switch self {
    case .all: "all firms"
    case .nyse: "NYSE firms"
    case .nyse20: "firms above the 20th percentile of NYSE"
    }
  }

  /// The same before other words.
  var words: String { "break points of \(firms)" }

  /// The columns that choose whose values these are.
  func columns(of panel: Panel) -> [String] {
    let roles: [ColumnRole] =
      switch self {
      case .all: []
      case .nyse: [.exchange]
      case .nyse20: [.exchange, .marketEquity]
      }
    return roles.compactMap { $0.column(of: panel) }
  }

  /// The rows that set break points; nil for all.
  func reference(of panel: Panel) throws -> [Bool]? {
    switch self {
    case .all: return nil
    case .nyse:
      return try Exchange.isNYSE(panel, for: "NYSE break points", parameter: "breakpoints")
    case .nyse20:
      let listed = try Exchange.isNYSE(panel, for: "NYSE break points", parameter: "breakpoints")
      let size = try MarketEquity.column(
        of: panel, for: "break points of larger firms", parameter: "breakpoints")
      let bound = MarketEquity.quantile(0.2, of: size.numbers, where: listed, panel.index)
      return size.numbers.indices.map { size.numbers[$0] > bound[$0] }
    }
  }
}

/// The exchange of firms.
enum Exchange {
  /// Whether each row's firm is listed on the New York Stock Exchange, by name or by the code of the price files.
  static func isNYSE(_ panel: Panel, for what: String, parameter: String) throws -> [Bool] {
    guard let name = ColumnRole.exchange.column(of: panel) else {
      throw Fault(
        .unknownColumn, "\(what) need a column `exchange`",
        helps: ["use all firms:  breakpoints: all"], parameter: parameter)
    }
    let column = try panel.column(name)
    return (0..<panel.count).map { row in
      let text = ValueText.short(column.value(at: row))
      return text == "NYSE" || text == "N" || text == "1" || text == "31"
    }
  }
}

/// The market equity of firms, by which conventions weight.
enum MarketEquity {
  static func column(
    of panel: Panel, for what: String, parameter: String
  ) throws -> (name: String, numbers: [Double]) {
    guard let name = ColumnRole.marketEquity.column(of: panel) else {
      throw Fault(
        .unknownColumn, "\(what) need a column of market equity, such as `me`",
        helps: [
          "name the weights:       weight: …", "or use equal weights:   weighting: equal",
        ], parameter: parameter)
    }
    let numbers = try panel.numbers(name)
    guard !numbers.contains(where: { $0 <= 0 }) else {
      throw Fault(
        .outOfRange,
        "`\(name)` has values that are not above zero: ranks or logarithms, no market equity",
        helps: ["weight by what it was made of:  weight: …"], parameter: parameter)
    }
    return (name, numbers)
  }

  /// A quantile of the chosen rows of each period, in every row of it; NaN without any.
  static func quantile(
    _ share: Double, of numbers: [Double], where chosen: [Bool], _ index: PanelIndex
  ) -> [Double] {
    index.spread(
      index.months.indices.map { position in
        let listed = index.rows(ofMonthAt: position).filter { chosen[$0] && !numbers[$0].isNaN }
        return listed.isEmpty ? .nan : Quantile.of(listed.map { numbers[$0] }, [share])[0]
      })
  }
}

/// The weights of a sort, and what to say of them.
struct SortWeighting {
  let column: String?
  let numbers: [Double]?
  let words: String
  /// Every column that the weights are made of.
  private(set) var columns: [String] = []

  /// Weights by a column that was named, or as the word says.
  init(_ panel: Panel, _ named: String?, _ word: SortWeights, isChosen: Bool) throws {
    if let named {
      guard !isChosen || word != .equal else {
        throw Fault(
          .unknownOption, "`weight: \(named)` and `weighting: equal` do not go together",
          parameter: "weighting")
      }
    }
    guard named != nil || word != .equal else {
      (column, numbers, words) = (nil, nil, "equal weights")
      return
    }
    let size =
      try named.map { (name: $0, numbers: try panel.numbers($0)) }
      ?? MarketEquity.column(of: panel, for: "weights by value", parameter: "weighting")
    column = size.name
    columns = [size.name]
    guard word == .capped else {
      (numbers, words) = (size.numbers, "weighted by \(size.name)")
      return
    }
    let listed = try Exchange.isNYSE(panel, for: "capped weights", parameter: "weighting")
    columns += Breakpoints.nyse.columns(of: panel)
    let cap = MarketEquity.quantile(0.8, of: size.numbers, where: listed, panel.index)
    numbers = zip(size.numbers, cap).map { $1.isNaN ? $0 : min($0, $1) }
    words = "weighted by \(size.name), capped at the 80th percentile of NYSE"
  }
}
