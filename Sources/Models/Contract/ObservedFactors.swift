// Factors that come with a task, such as published ones: one row of values for each of its periods.
//
// They are returns of their period, known when it ends. So they may explain the returns of that period
// and enter forecasts of later ones; a forecast of the period itself never reads them.

/// Factors observed beside a panel.
public struct ObservedFactors: Sendable, Equatable {
  /// Their names, in column order.
  public let names: [String]
  /// Periods x names, row after row. Missing only where no return of the period is there yet.
  public let values: [Double]

  /// No factors.
  public static let none = ObservedFactors([], [])

  /// Takes names and rows.
  public init(_ names: [String], _ values: [Double]) {
    precondition(names.isEmpty ? values.isEmpty : values.count % names.count == 0)
    (self.names, self.values) = (names, values)
  }

  /// The values of the period at a position of the task.
  public func row(_ position: Int) -> ArraySlice<Double> {
    values[(position * names.count)..<((position + 1) * names.count)]
  }

  /// The factors of some periods, by position.
  func selecting(_ positions: [Int]) -> ObservedFactors {
    ObservedFactors(names, positions.flatMap { row($0) })
  }
}
