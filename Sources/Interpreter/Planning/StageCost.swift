// What a stage takes: nanoseconds for each byte, row or cell, as measured once on two ordinary cores.

/// How the time of a verb grows.
enum StageCost: Sendable {
  case perByte(Double)
  case perRow(Double)
  /// For each row and each column named in the call.
  case perCell(Double)
  /// A fit: passes over the training rows.
  case training
  /// A pass of a fitted model over all rows.
  case forecast
  /// Next to nothing.
  case none
}

/// What is known of a value before it exists.
struct PlannedShape: Equatable {
  var rows: Int
  var columns: Int
  /// Bytes that it keeps in memory.
  var bytes: Int { rows * max(1, columns) * 8 }
}
