// Dot plots: every value is a dot along one axis, and values in the same place are stacked.

/// Scenes of dots.
public enum DotPlot {
  /// Places along the axis in which values count as equal.
  static let places = 60

  /// Gives a scene of the values; missing ones are left out.
  public static func of(_ title: String, values: [Double], unit: ColumnUnit = .plain) -> Scene {
    let known = values.filter(\.isFinite).sorted()
    let width = ((known.last ?? 1) - (known.first ?? 0)) / Double(places)
    var heights: [Int: Double] = [:]
    let stacked = known.map { value -> Double in
      let place = width > 0 && width.isFinite ? Int((value - known[0]) / width) : 0
      heights[place, default: 0] += 1
      return heights[place] ?? 1
    }
    var scene = Scene(
      title: title, mark: .dots, series: [Scene.Series("", xs: known, ys: stacked)])
    scene.unit = unit
    return scene
  }
}

/// Draws dots on a canvas.
enum DotMarks {
  static func draw(_ scene: Scene, _ scale: PlotScale, on canvas: inout any Canvas) {
    let markers = type(of: canvas).markers
    for (k, series) in scene.series.enumerated() {
      for (x, y) in zip(series.xs, series.ys) where x.isFinite && y.isFinite {
        canvas.mark(scale.x(x), scale.y(y), markers[k % markers.count], series: k)
      }
    }
  }
}
