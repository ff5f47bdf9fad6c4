// What a plot shows, without saying how it is drawn: text and SVG draw the same scene.

/// A plot as data.
public struct Scene: Sendable {
  /// What the horizontal axis counts.
  public enum Axis: Sendable, Equatable {
    /// Plain numbers.
    case numbers
    /// Months, as month counts.
    case months
    /// Named places 0, 1, 2, ...
    case categories([String])
  }

  /// How series are drawn.
  public enum Mark: Sendable, Equatable {
    /// Strokes from point to point; a missing value leaves a gap.
    case line
    /// A dot for each value, equal ones on top of each other.
    case dots
    /// Upright bars from zero.
    case bars
    /// Lying bars from zero, one category a row.
    case lyingBars
    /// Upright bars without gaps, of the width of a bin.
    case histogram
    /// A mark for each point of a plane.
    case scatter
    /// A field of shades: a row for each series, a column for each place.
    case heat
  }

  /// One named list of points.
  public struct Series: Sendable {
    /// The name, for the legend.
    public let name: String
    /// Places along the horizontal axis.
    public let xs: [Double]
    /// Values; NaN is missing.
    public let ys: [Double]

    /// Creates a series.
    public init(_ name: String, xs: [Double], ys: [Double]) {
      precondition(xs.count == ys.count)
      self.name = name
      self.xs = xs
      self.ys = ys
    }
  }

  /// The title; may be empty.
  public var title: String
  /// What the horizontal axis shows; may be empty.
  public var xLabel = ""
  /// What the vertical axis shows; may be empty.
  public var yLabel = ""
  /// What the horizontal axis counts.
  public var axis = Axis.numbers
  /// What columns of a heat map belong to, one text each; may be empty.
  public var groups: [String] = []
  /// The unit of the values.
  public var unit = ColumnUnit.plain
  /// The unit of the numbers along the horizontal axis.
  public var xUnit = ColumnUnit.plain
  /// How series are drawn.
  public var mark: Mark
  /// The series.
  public var series: [Series]
  /// The vertical range, where it is not that of the values.
  public var limits: ClosedRange<Double>?
  /// Whether the vertical axis includes zero in any case.
  public var reachesZero = false
  /// How many of the first series are background to the others, drawn faintly where there are shades.
  public var faintSeries = 0
  /// Whether the series follow each other, such as stretches of time.
  public var isOrdered = false

  /// Creates a scene.
  public init(title: String, mark: Mark, series: [Series]) {
    self.title = title
    self.mark = mark
    self.series = series
  }

  /// The horizontal range, never empty; bars reach half a place beyond their middle.
  public var xRange: ClosedRange<Double> {
    let all = series.flatMap { s in s.xs.indices.filter { !s.ys[$0].isNaN }.map { s.xs[$0] } }
    guard let low = all.min(), let high = all.max() else { return 0...1 }
    if mark == .scatter { return Self.padded(low, high) }
    let isOpen = mark == .line || mark == .dots
    let margin = isOpen ? (low == high ? 0.5 : 0) : barWidth / 2
    return (low - margin)...(high + margin)
  }

  /// The vertical range, never empty; bars always include zero.
  public var yRange: ClosedRange<Double> {
    if let limits { return limits }
    var all = series.flatMap(\.ys).filter(\.isFinite)
    if mark == .dots { return 0.5...(max(1, all.max() ?? 1) + 0.5) }
    if (mark != .line && mark != .scatter) || reachesZero { all.append(0) }
    if mark == .scatter, let low = all.min(), let high = all.max() {
      return Self.padded(low, high)
    }
    guard let low = all.min(), let high = all.max() else { return 0...1 }
    if low == high { return (low - max(1, abs(low)) / 2)...(high + max(1, abs(high)) / 2) }
    let margin = (high - low) * 0.04
    let isBar = mark != .line
    return (isBar && low == 0 ? 0 : low - margin)...(isBar && high == 0 ? 0 : high + margin)
  }

  // Points do not stand on the frame.
  private static func padded(_ low: Double, _ high: Double) -> ClosedRange<Double> {
    let margin = low == high ? max(1, abs(low)) / 2 : (high - low) * 0.04
    return (low - margin)...(high + margin)
  }

  /// The distance between neighbouring bars.
  var barWidth: Double {
    let places = Array(Set(series.flatMap(\.xs))).sorted()
    return zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 1
  }

  /// How many labels of the horizontal axis fit a number of characters.
  func labelsFitting(_ columns: Int) -> Int {
    guard case .categories(let names) = axis else { return columns / 10 }
    let widest = names.map { TextWidth.of($0) }.max() ?? 1
    return max(1, columns / (widest + 2))
  }

  /// Labels for the horizontal axis.
  func xTicks(about count: Int) -> Ticks {
    switch axis {
    case .numbers: return .numbers(xRange, about: count, unit: xUnit)
    case .months: return .periods(xRange, about: count)
    case .categories(let names):
      let step = max(1, (names.count + count - 1) / max(1, count))
      let shown = stride(from: 0, to: names.count, by: step)
      return Ticks(positions: shown.map(Double.init), labels: shown.map { names[$0] })
    }
  }
}
