// The return of the month in which a share is delisted: the rules of the literature, which differ.

/// How a delisting return is filled in where it is missing, and put together with the month's return.
public enum DelistingRule: String, Sendable, CaseIterable {
  /// Shumway (1997) and Shumway and Warther (1999).
  case shumway
  /// Open Source Asset Pricing, after Green, Hand and Zhang (2017).
  case openap
  /// Jensen, Kelly and Pedersen (2023), on the older file format.
  case jkp
  /// The tidy-finance books, after Bali, Engle and Murray (2016).
  case tidyfinance
  /// Returns stay as they are.
  case none

  /// The rule in words.
  public var sentence: String {
    switch self {
    case .shumway:
      "codes 500 and 520-584 without a return: -30% on NYSE and AMEX, -55% on NASDAQ; compounded"
    case .openap:
      "codes 500 and 520-584 without a return: -35% on NYSE and AMEX, -55% on NASDAQ; compounded"
    case .jkp: "codes 500 and 520-584 without a return: -30%; compounded"
    case .tidyfinance:
      "codes 500, 520, 551-574, 580 and 584 without a return: -30%, code 100 none, any other -100%; takes the place of "
        + "the month's return"
    case .none:
      "returns stay as they are; for files whose returns hold the delisting return already"
    }
  }

  /// Whether the exchange decides.
  public var needsExchange: Bool { self == .shumway || self == .openap }

  /// What a month's return becomes.
  public struct Outcome: Sendable, Equatable {
    public let value: Double
    /// The delisting return that was assumed; nil where it was in the data or there is none.
    public let assumed: Double?
    /// Whether anything changed the return.
    public let isAffected: Bool
  }

  /// Puts the return of a month and its delisting return together; NaN stands for what is missing.
  ///
  /// Exchange codes are those of CRSP: 1 or 31 NYSE, 2 or 32 AMEX, 3 or 33 NASDAQ.
  public func applied(
    to value: Double, delisting: Double, code: Double, exchange: Double
  ) -> Outcome {
    let assumed = delisting.isNaN && !code.isNaN ? assumption(Int(code), exchange) : nil
    let extra = assumed ?? delisting
    guard self != .none, !extra.isNaN else {
      return Outcome(value: value, assumed: nil, isAffected: false)
    }
    let result: Double
    switch self {
    case .tidyfinance: result = extra
    default: result = (1 + (value.isNaN ? 0 : value)) * (1 + extra) - 1
    }
    // What is missing stays so where nothing was earned: a delisting return of zero tells nothing.
    if self == .openap, value.isNaN, extra == 0 {
      return Outcome(value: .nan, assumed: nil, isAffected: false)
    }
    return Outcome(value: result, assumed: assumed, isAffected: true)
  }

  private func assumption(_ code: Int, _ exchange: Double) -> Double? {
    let isPerformance = code == 500 || (520...584).contains(code)
    switch self {
    case .shumway: return isPerformance ? byExchange(exchange, listed: -0.3) : nil
    case .openap: return isPerformance ? byExchange(exchange, listed: -0.35) : nil
    case .jkp: return isPerformance ? -0.3 : nil
    case .tidyfinance:
      if code == 100 { return nil }
      let isListed = [500, 520, 580, 584].contains(code) || (551...574).contains(code)
      return isListed ? -0.3 : -1
    case .none: return nil
    }
  }

  private func byExchange(_ exchange: Double, listed: Double) -> Double? {
    switch exchange {
    case 1, 2, 31, 32: listed
    case 3, 33: -0.55
    default: nil
    }
  }
}
