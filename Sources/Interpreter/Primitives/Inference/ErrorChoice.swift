// What all regressions share: the errors that are asked for, and how they are said.

import FactorLang
import FactorRuntime

/// The kind of errors and the lags that are asked for.
struct ErrorChoice {
  let kind: ErrorKind
  let lags: Int

  /// Newey-West without lags takes the usual ones of the periods that are used.
  init(_ kind: ErrorKind, _ lags: Int?, periods: Int) throws {
    guard let lags else {
      (self.kind, self.lags) = (kind == .nw ? .auto : kind, 0)
      return
    }
    guard kind == .nw else {
      throw Fault(
        .badValue, "`se: \(kind.rawValue)` has no lags to choose", helps: ["use se: nw"],
        parameter: "lags")
    }
    guard (0..<periods).contains(lags) else {
      throw Fault(
        .outOfRange, "`lags` is \(lags); of \(periods) periods at most \(periods - 1) can be used",
        parameter: "lags")
    }
    (self.kind, self.lags) = (kind, lags)
  }
}

extension Regression {
  /// The errors in words, with every choice that changes them.
  var errorWords: String { Self.errorWords(of: [self]) }

  /// The errors of several alike, whose rule may choose different lags.
  static func errorWords(of all: [Regression]) -> String {
    let found = all.map { $0.lags ?? 0 }
    let (fewest, most) = (found.min() ?? 0, found.max() ?? 0)
    let lags = fewest == most ? Counted.text(most, "lag") : "\(fewest) to \(most) lags"
    switch all.first?.kind ?? .ols {
    case .ols: return "errors: ols, equal variance"
    case .white: return "errors: white, HC1"
    case .nw, .auto: return "errors: Newey-West, Bartlett, \(lags), no small-sample factor"
    case .r:
      return
        "errors: Newey-West as R's sandwich, VAR(1) prewhitened, \(lags) of the 1994 rule, no small-sample factor"
    }
  }
}

/// Numbers of estimates as columns.
func estimates(_ values: [Double], _ unit: ColumnUnit = .plain) -> Column {
  Column(
    numbers: values.map { $0.isFinite ? $0 : .nan }, unit: unit, known: Availability.wholeSample)
}
