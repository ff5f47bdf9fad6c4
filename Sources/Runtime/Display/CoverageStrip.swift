// How many firms there are over time, on one line: a bar of eight heights for each stretch of periods.
//
// Definition: the periods of the clock from first to last are cut into stretches of equal length, or as equal as whole
// periods allow; a stretch is as high as the mean count of its periods, those without rows counting as none, on a scale
// from nothing to the highest stretch given. A stretch without any is a dot.

/// A line of bars.
public struct CoverageStrip: Sendable {
  /// The mean count of each stretch.
  public let means: [Double]

  /// Counts by place on the clock, ascending, in at most so many stretches.
  public init(places: [Int], counts: [Int], width: Int) {
    precondition(places.count == counts.count && width > 0)
    guard let first = places.first, let last = places.last else {
      means = []
      return
    }
    let span = last - first + 1
    let stretches = min(width, span)
    var sums = [Int](repeating: 0, count: stretches)
    for (place, count) in zip(places, counts) {
      sums[Self.stretch(place - first, stretches, span)] += count
    }
    means = (0..<stretches).map { k in
      Double(sums[k]) / Double(Self.start(k + 1, stretches, span) - Self.start(k, stretches, span))
    }
  }

  // The first place of a stretch, and the stretch of a place.
  private static func start(_ stretch: Int, _ stretches: Int, _ span: Int) -> Int {
    let (high, low) = stretch.multipliedFullWidth(by: span)
    return stretches.dividingFullWidth((high, low)).quotient
  }

  private static func stretch(_ place: Int, _ stretches: Int, _ span: Int) -> Int {
    var stretch = min(stretches - 1, Int(Double(place) * Double(stretches) / Double(span)))
    while stretch > 0, start(stretch, stretches, span) > place { stretch -= 1 }
    while stretch + 1 < stretches, start(stretch + 1, stretches, span) <= place { stretch += 1 }
    return stretch
  }

  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The bars, `top` being the highest; that of the strip itself if left out.
  public func text(top: Double? = nil) -> String {
    let top = top ?? means.max() ?? 0
    return String(
      means.map { mean -> Character in
        guard mean > 0, top > 0 else { return "·" }
        let level = Int((8 * mean / top).rounded(.up))
        return Self.bars[min(8, max(1, level)) - 1]
      })
  }
}
