// What columns of vendors' files are, by their usual names; returns have their own list (ReturnUnits.swift), keys theirs.

/// The part that a column plays.
public enum ColumnRole: Sendable, CaseIterable {
  case open, high, low, close, adjusted, volume
  case returns, delistingReturn, delistingCode, exchange, marketEquity

  /// Its usual names, the most telling first; case does not matter.
  public var names: [String] {
    switch self {
    case .open: ["open", "openprc", "open_price"]
    case .high: ["high", "askhi", "high_price"]
    case .low: ["low", "bidlo", "low_price"]
    case .close: ["close", "prc", "price", "close_price"]
    case .adjusted:
      ["adj close", "adj_close", "adjclose", "adjusted", "adjusted_close", "close_adj"]
    case .volume: ["volume", "vol", "shares_traded"]
    case .returns: ["ret", "retadj", "mthret"]
    case .delistingReturn: ["dlret", "mthdlret"]
    case .delistingCode: ["dlstcd", "dlstcd_m"]
    case .exchange: ["exchange", "exchcd", "exch", "primaryexch", "hexcd"]
    // Not `size`, which is as often a logarithm.
    case .marketEquity:
      ["me", "me_lag", "melag", "mktcap", "mktcap_lag", "mvel1", "market_cap", "market_equity"]
    }
  }

  /// What the column holds, in words.
  public var words: String {
    switch self {
    case .open: "opening prices"
    case .high: "highest prices"
    case .low: "lowest prices"
    case .close: "closing prices"
    case .adjusted: "closes adjusted for splits and dividends"
    case .volume: "volumes"
    case .returns: "returns"
    case .delistingReturn: "delisting returns"
    case .delistingCode: "delisting codes"
    case .exchange: "exchanges"
    case .marketEquity: "market equity"
    }
  }

  /// The column of a panel that plays the part; nil if none is called so.
  public func column(of panel: Panel) -> String? {
    for name in names {
      if let found = panel.names.first(where: { $0.lowercased() == name }) { return found }
    }
    return nil
  }
}
