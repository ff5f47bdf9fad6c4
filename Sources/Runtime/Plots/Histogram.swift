// Histograms: how often values fall into equally wide bins.
//
// Definition: by default the bin width is 2 IQR n^(-1/3), between 5 and 60 bins; a value on an edge
// falls into the upper bin, the last bin is closed. Missing values: skipped. Degrees of freedom:
// none. Reference: Freedman and Diaconis (1981).

/// Scenes of frequencies.
public enum Histogram {
  /// Gives a scene of the frequencies of values; `bins` nil follows the rule above.
  public static func of(_ title: String, values: [Double], bins: Int? = nil) -> Scene {
    let (edges, counts) = counts(values, bins: bins)
    let middles = zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 }
    var scene = Scene(
      title: title, mark: .histogram,
      series: [Scene.Series("", xs: middles, ys: counts.map(Double.init))])
    scene.yLabel = "count"
    return scene
  }

  /// Gives bin edges and counts.
  public static func counts(
    _ values: [Double], bins: Int? = nil
  ) -> (edges: [Double], counts: [Int]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let low = sorted.first, let high = sorted.last else { return ([0, 1], [0]) }
    let span = high > low ? high - low : 1
    let start = high > low ? low : low - 0.5
    let count = max(1, bins ?? automatic(sorted, span: span))
    var counts = [Int](repeating: 0, count: count)
    for value in sorted {
      counts[min(count - 1, Int((value - start) / span * Double(count)))] += 1
    }
    return ((0...count).map { start + span * Double($0) / Double(count) }, counts)
  }

  private static func automatic(_ sorted: [Double], span: Double) -> Int {
    let spread = Quantile.ofSorted(sorted, 0.75) - Quantile.ofSorted(sorted, 0.25)
    let width = 2 * spread / Elementary.pow(Double(sorted.count), 1.0 / 3)
    guard width > 0 else { return 5 }
    return Int(min(60, max(5, (span / width).rounded(.up))))
  }
}
