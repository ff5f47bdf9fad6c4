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

  /// Gives round places of the calendar within a range of periods' numbers.
  public static func periods(_ range: ClosedRange<Double>, about count: Int) -> Ticks {
    let (first, last) = (
      Period(index: Int32(range.lowerBound.rounded(.up))),
      Period(index: Int32(range.upperBound.rounded(.down)))
    )
    if first.kind == .month { return months(range, about: count) }
    let days = Double(last.firstDay.days - first.firstDay.days)
    let axis = months(
      Double(first.calendarMonth.index)...Double(last.calendarMonth.index + 1),
      about: max(1, count - 1))
    let clock = first.kind == .day ? Clock.days([]) : .minutes(1)
    let starts = axis.positions.map { clock.first(of: Period(index: Int32($0))) }
    let inside = starts.indices.filter { (first...last).contains(starts[$0]) }
    // Less than two months have no room for two beginnings of a month.
    guard days >= 60, inside.count > 1 else { return equal(first, last, about: count) }
    return Ticks(
      positions: inside.map { Double(starts[$0].index) }, labels: inside.map { axis.labels[$0] })
  }

  /// Days or minutes of a short range in equal steps, each spelt in full.
  private static func equal(_ first: Period, _ last: Period, about count: Int) -> Ticks {
    let steps =
      first.kind == .day
      ? [1, 2, 7, 14, 28] : [1, 5, 15, 60, 240, 720, 1440, 2880, 10_080, 20_160, 40_320]
    let wide = max(1, count / 2)
    let step = steps.first { (last - first) / $0 <= wide } ?? 40_320
    let origin = first.kind == .day ? first : Period(minutes: first.minutes / step * step) ?? first
    let places = stride(from: 0, through: last - origin, by: step).map { origin + $0 }
      .filter { $0 >= first }
    return Ticks(
      positions: places.map { Double($0.index) }, labels: places.map(\.description))
  }

  /// Gives calendar months within a range of month counts.
  private static func months(_ range: ClosedRange<Double>, about count: Int) -> Ticks {
    let span = range.upperBound - range.lowerBound
    let steps = [1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200]
    let step = steps.first { span / Double($0) <= Double(max(1, count)) } ?? 1200
    let first = Int((range.lowerBound / Double(step)).rounded(.up)) * step
    let positions = Array(stride(from: first, through: Int(range.upperBound), by: step))
    let labels = positions.map { position in
      let month = Period(index: Int32(position))
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
