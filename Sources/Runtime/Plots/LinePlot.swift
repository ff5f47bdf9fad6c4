// Line plots: several series over numbers or months, told apart without colour.
//
// Series beyond the first are dashed, and every series carries its own marker a few times.

/// Scenes of lines.
public enum LinePlot {
  /// Gives a scene of series over months.
  public static func overMonths(
    _ title: String, months: [Period], series: [(name: String, values: [Double])],
    unit: ColumnUnit = .plain
  ) -> Scene {
    let xs = months.map { Double($0.index) }
    var scene = Scene(
      title: title, mark: .line,
      series: series.map { Scene.Series($0.name, xs: xs, ys: $0.values) })
    scene.axis = .months
    scene.unit = unit
    return scene
  }

  /// Gives a scene of series over numbers.
  public static func over(
    _ title: String, xs: [Double], series: [(name: String, values: [Double])],
    unit: ColumnUnit = .plain
  ) -> Scene {
    var scene = Scene(
      title: title, mark: .line,
      series: series.map { Scene.Series($0.name, xs: xs, ys: $0.values) })
    scene.unit = unit
    return scene
  }
}

/// Draws lines on a canvas.
enum LineMarks {
  private static let dashes: [(on: Int, off: Int)] = [(1, 0), (6, 3), (2, 3), (8, 2), (1, 2)]

  static func draw(_ scene: Scene, _ scale: PlotScale, on canvas: inout any Canvas) {
    for (k, series) in scene.series.enumerated() {
      var before: (x: Int, y: Int)?
      var phase = 0
      let dash = type(of: canvas).dotsAcross == 1 ? (1, 0) : dashes[k % dashes.count]
      for (x, y) in zip(series.xs, series.ys) {
        guard x.isFinite, y.isFinite else {
          before = nil
          continue
        }
        let here = (x: scale.x(x), y: scale.y(y))
        canvas.stroke(
          from: before ?? here, to: here, series: k, dash: dash, phase: &phase)
        before = here
      }
    }
    if scene.series.count > 1 { drawMarkers(scene, scale, on: &canvas) }
  }

  /// Every series' marker a few times, at staggered places.
  private static func drawMarkers(
    _ scene: Scene, _ scale: PlotScale, on canvas: inout any Canvas
  ) {
    let markers = type(of: canvas).markers
    let spacing = max(8, canvas.width / 5)
    for (k, series) in scene.series.enumerated() {
      var next = spacing * (k + 1) / (scene.series.count + 1)
      for (x, y) in zip(series.xs, series.ys) where x.isFinite && y.isFinite {
        let dot = scale.x(x)
        guard dot >= next else { continue }
        canvas.mark(dot, scale.y(y), markers[k % markers.count], series: k)
        next = dot + spacing
      }
    }
  }
}
