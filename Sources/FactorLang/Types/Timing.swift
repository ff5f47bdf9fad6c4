// When values may be used and when they become known, as facts of parameters and functions.
//
// A column's `known` counts periods after its row: 0 at the row, 1 a period later, -1 a period
// before. A column known after its row lies in the future when its row is acted on.

/// Says when a column given to a parameter must be known.
public enum ParameterTiming: Sendable, Hashable {
  /// Whenever.
  case free
  /// At its row at the latest: choosing, ranking, sorting and weighting happen then.
  case presentOnly
  /// Whenever, being what is to be forecast.
  case target
  /// A period before the target of the same call.
  case beforeTarget
  /// With the target of the same call, neither sooner nor later.
  case withTarget
  /// Whenever; the output says that the future was used.
  case marked
  /// This is a return, earned by what the named column chose: that column must be known a period
  /// before.
  case earned(by: String)
}

/// Says when the value of a column function is known.
public enum FunctionTiming: Sendable, Hashable {
  /// When the latest of its arguments is.
  case latest
  /// Sooner than that by the duration in the named parameter.
  case shiftsEarlier(by: String)
  /// Later than that by the duration in the named parameter.
  case shiftsLater(by: String)
  /// When the sample ends: it is a statistic of all rows.
  case wholeSample
}
