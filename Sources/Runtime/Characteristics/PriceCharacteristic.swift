// The characteristics that prices and volumes of days give, each with its definition.

/// A characteristic of a firm at the end of a month, from its daily prices and volumes.
///
/// With r the daily return of the adjusted close, m that of the market, V shares traded and the windows whole calendar
/// months that end with the month itself. Moments divide by the number of values.
public enum PriceCharacteristic: String, Sendable, CaseIterable {
  case mom1m, mom6m, mom12m, mom36m, chmom, seas
  case maxret, minret, retvol
  case idiovol, beta, betasq, downbeta, coskew
  case skew, kurt, hi52
  case dolvol, std_dolvol, ill, abturn, prcvol, zerotrade
  case baspread, intraday, overnight, age

  /// The months whose days or returns it needs, itself among them.
  public var window: Int {
    switch self {
    case .mom6m: 6
    case .mom12m, .chmom, .seas, .hi52, .idiovol, .beta, .betasq, .downbeta, .coskew, .abturn,
      .zerotrade, .intraday, .overnight:
      12
    case .mom36m: 36
    case .skew, .kurt: 3
    default: 1
    }
  }

  /// How it is computed.
  public var definition: String {
    switch self {
    case .mom1m: "return of the month"
    case .mom6m: "compound return of the 5 months before the month"
    case .mom12m: "compound return of the 11 months before the month"
    case .mom36m: "compound return of the 24 months before the last 12"
    case .chmom: "compound return of the last 6 months less that of the 6 before"
    case .seas: "return 11 months before: of the calendar month that comes next"
    case .maxret: "largest r of the month"
    case .minret: "smallest r of the month"
    case .retvol: "standard deviation of r in the month, with n"
    case .idiovol: "standard deviation, with n, of what the market leaves of r in 12 months"
    case .beta: "cov(r, m) / var(m) over 12 months"
    case .betasq: "beta squared"
    case .downbeta: "beta over the days of 12 months on which m < 0"
    case .coskew: "E[r m²] / (idiovol E[m²]) over 12 months, r and m about their means"
    case .skew: "skewness of r over 3 months"
    case .kurt: "kurtosis of r over 3 months, 3 if normal"
    case .hi52: "price index over its highest value in 12 months"
    case .dolvol: "log of the mean value traded a day in the month"
    case .std_dolvol:
      "standard deviation, with n, of the value traded a day over its mean, in the month"
    case .ill: "log of the mean of |r| / value traded in the month (Amihud 2002)"
    case .abturn: "log of the mean of V in the month over that of 12 months"
    case .prcvol: "mean of |r| V over mean of V times root mean square of r, in the month"
    case .zerotrade: "days of 12 months on which the market traded and the firm, listed, did not"
    case .baspread: "mean of 2 (high - low) / (high + low) in the month"
    case .intraday: "sum of log(close / open) over 12 months"
    case .overnight: "sum of log(1 + r) - log(close / open) over 12 months"
    case .age: "log(1 + months since the first price)"
    }
  }
}
