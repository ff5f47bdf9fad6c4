// Observable factors made from the panel itself, for data without published ones.
//
// Definition, over the firms with a return in month t and characteristics known before it: mkt is the
// equal-weighted mean return; the others are the mean return of one tercile less that of the opposite
// one, terciles by a characteristic: smb small minus big (mvel1), hml high minus low (bm), umd winners
// minus losers (mom12m). A firm is in the bottom tercile where (rank - 1/2) / N < 1/3, in the top one
// where it is > 2/3; ranks are averaged over ties, so the order of firms decides nothing and firms
// without the characteristic (zero after ranking) stay in the middle. Without a firm in one of the two
// terciles the factor is zero in that month.
// Missing values: none reach a task. Degrees of freedom: none.
// Reference: Fama and French (1993), Carhart (1997), in equal weights and without double sorts.

import FactorRuntime

/// A factor made from the panel.
public enum PanelFactor: String, HyperparameterChoice {
  case mkt, smb, hml, umd

  public var sentence: String {
    switch self {
    case .mkt: "the equal-weighted mean return"
    case .smb: "small minus big, by `mvel1`"
    case .hml: "high minus low book-to-market, by `bm`"
    case .umd: "winners minus losers, by `mom12m`"
    }
  }

  /// The characteristic it sorts by; nil for the market.
  var characteristic: String? {
    switch self {
    case .mkt: nil
    case .smb: "mvel1"
    case .hml: "bm"
    case .umd: "mom12m"
    }
  }

  /// Whether the bottom tercile is bought.
  var isLongBottom: Bool { self == .smb }
}

/// Some factors and where a task has their characteristics.
struct PanelFactors: Sendable {
  let factors: [PanelFactor]
  /// The column each sorts by; nil for the market.
  private let columns: [Int?]

  /// Finds the characteristics; throws the fact that one is not there, for the option that asked.
  init(_ factors: [PanelFactor], in names: [String], option: String = "factors") throws {
    self.factors = factors
    func isMade(_ factor: PanelFactor) -> Bool {
      factor.characteristic.map(names.contains) ?? true
    }
    columns = try factors.map { factor in
      guard let name = factor.characteristic else { return nil }
      guard let place = names.firstIndex(of: name) else {
        throw ModelError.missingCharacteristic(
          factor: factor.rawValue, characteristic: name, option: option,
          found: factors.filter(isMade).map(\.rawValue))
      }
      return place
    }
  }

  /// The factors of a month from the rows with a return.
  func values(_ task: FactorTask, rows: [Int]) -> [Double] {
    zip(factors, columns).map { factor, column in
      guard let column else { return Self.mean(task, rows) }
      let signal = rows.map { Double(task.characteristics[$0 * task.width + column]) }
      let places = Ranking.ranks(signal).map { ($0 - 0.5) / Double(rows.count) }
      let bottom = zip(rows, places).filter { $0.1 < 1.0 / 3 }.map(\.0)
      let top = zip(rows, places).filter { $0.1 > 2.0 / 3 }.map(\.0)
      guard !bottom.isEmpty, !top.isEmpty else { return 0 }
      let spread = Self.mean(task, top) - Self.mean(task, bottom)
      return factor.isLongBottom ? -spread : spread
    }
  }

  private static func mean(_ task: FactorTask, _ rows: [Int]) -> Double {
    rows.reduce(0) { $0 + task.returns[$1] } / Double(max(1, rows.count))
  }
}
