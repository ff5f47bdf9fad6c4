// Round positions for axis labels: numbers in steps of 1, 2, 2.5 or 5, months in calendar steps.
//
// Reference: Heckbert (1990), "Nice numbers for graph labels".

/// Positions and labels along an axis.
public struct Ticks: Sendable, Equatable {
  /// Where the labels stand, ascending.
  public let positions: [Double]
  /// The labels.
  public let labels: [String]

  /// Gives round numbers within a range, about as many as asked for.
  public static func numbers(
    _ range: ClosedRange<Double>, about count: Int, unit: ColumnUnit = .plain
  ) -> Ticks {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else {
      return Ticks(positions: [range.lowerBound], labels: [label(range.lowerBound, 2, unit)])
    }
    let (step, decimals) = niceStep(span / Double(max(1, count)))
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    let positions = stride(from: first, through: last, by: 1).map { $0 * step }
    let clean = positions.map { abs($0) < step / 1e6 ? 0 : $0 }
    return Ticks(positions: clean, labels: clean.map { label($0, decimals, unit) })
  }

  /// Gives calendar months within a range of month counts.
  public static func months(_ range: ClosedRange<Double>, about count: Int) -> Ticks {
    let span = range.upperBound - range.lowerBound
    let steps = [1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200]
    let step = steps.first { span / Double($0) <= Double(max(1, count)) } ?? 1200
    let first = Int((range.lowerBound / Double(step)).rounded(.up)) * step
    let positions = Array(stride(from: first, through: Int(range.upperBound), by: step))
    let labels = positions.map { position in
      let month = Month(index: Int32(position))
      return step % 12 == 0 ? String(month.year) : month.description
    }
    return Ticks(positions: positions.map(Double.init), labels: labels)
  }

  /// The smallest round step not below `rough`, and the decimals its multiples need.
  private static func niceStep(_ rough: Double) -> (step: Double, decimals: Int) {
    var power = Int((Elementary.log(rough) / Elementary.log(10)).rounded(.down))
    let scale = Elementary.pow(10, Double(power))
    for (factor, extra) in [(1.0, 0), (2, 0), (2.5, 1), (5, 0)]
    where factor * scale >= rough * (1 - 1e-9) {
      return (factor * scale, max(0, extra - power))
    }
    power += 1
    return (10 * scale, max(0, -power))
  }

  private static func label(_ value: Double, _ decimals: Int, _ unit: ColumnUnit) -> String {
    if unit == .ratio {
      return NumberFormat.percent(value, decimals: max(0, decimals - 2))
    }
    if decimals == 0, abs(value) >= 10_000, abs(value) < 1e15 {
      return NumberFormat.count(Int(value))
    }
    if abs(value) >= 1e15 || decimals > 6 {
      return NumberFormat.significant(value, digits: 3)
    }
    return NumberFormat.fixed(value, decimals: decimals)
  }
}
