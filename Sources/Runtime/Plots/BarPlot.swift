// Bar plots, upright or lying, with negative values on the other side of zero.

/// Scenes of bars.
public enum BarPlot {
  /// Gives a scene of one value per name.
  public static func of(
    _ title: String, names: [String], values: [Double], unit: ColumnUnit = .plain,
    isLying: Bool = false
  ) -> Scene {
    grouped(title, names: names, series: [("", values)], unit: unit, isLying: isLying)
  }

  /// Gives a scene of several values per name, side by side.
  public static func grouped(
    _ title: String, names: [String], series: [(name: String, values: [Double])],
    unit: ColumnUnit = .plain, isLying: Bool = false
  ) -> Scene {
    let xs = names.indices.map(Double.init)
    var scene = Scene(
      title: title, mark: isLying ? .lyingBars : .bars,
      series: series.map { Scene.Series($0.name, xs: xs, ys: $0.values) })
    scene.axis = .categories(names)
    scene.unit = unit
    return scene
  }
}

/// Draws upright bars on a canvas.
enum BarMarks {
  static func draw(_ scene: Scene, _ scale: PlotScale, on canvas: inout any Canvas) {
    let slot = scene.barWidth * (scene.mark == .histogram ? 1 : 0.8)
    let part = slot / Double(scene.series.count)
    for (k, series) in scene.series.enumerated() {
      for (x, y) in zip(series.xs, series.ys) where y.isFinite && y != 0 {
        let left = x - slot / 2 + Double(k) * part
        let first = scale.x(left)
        // A dot between neighbouring bars tells them apart without colour.
        let gap = scene.series.count > 1 ? 2 : 1
        let last = max(first, scale.x(left + part) - gap)
        let (zero, top) = (scale.y(0), scale.y(y))
        let rows = y > 0 ? min(top, zero)...zero : min(zero + 1, max(zero, top))...max(zero, top)
        canvas.fill(first...last, rows, series: k)
        if scene.series.count > 1, type(of: canvas).dotsAcross > 1 {
          let glyph = type(of: canvas).markers[k % type(of: canvas).markers.count]
          canvas.mark((first + last) / 2, top, glyph, series: k)
        }
      }
    }
  }
}

/// Lying bars: one row a name, values written at the end.
struct LyingBars {
  let scene: Scene
  let width: Int
  let style: CanvasStyle
  private let names: [String]

  init(_ scene: Scene, width: Int, style: CanvasStyle) {
    self.scene = scene
    self.width = width
    self.style = style
    if case .categories(let names) = scene.axis {
      self.names = names
    } else {
      names = scene.series.first?.xs.map { NumberFormat.exact($0) } ?? []
    }
  }

  func lines() -> [[PlotCell]] {
    let count = scene.series.count
    let texts = scene.series.map { $0.ys.map(label) }
    let nameWidth = min(width / 3, names.map { TextWidth.of($0) }.max() ?? 0)
    let textWidth = texts.flatMap { $0 }.map { TextWidth.of($0) }.max() ?? 0
    let columns = max(8, width - nameWidth - textWidth - 3)
    let across = style == .ascii ? 1 : 2
    let down = style == .braille ? 4 : style == .block ? 2 : 1
    var canvas = style.make(columns: columns, rows: max(1, names.count * count))
    let range = scene.yRange
    let scale = Double(columns * across - 1) / (range.upperBound - range.lowerBound)
    let dot = { (value: Double) in Int(((value - range.lowerBound) * scale).rounded()) }
    for (k, series) in scene.series.enumerated() {
      for (place, value) in series.ys.enumerated() where value.isFinite && value != 0 {
        let row = (place * count + k) * down
        let (low, high) = value > 0 ? (dot(0), dot(value)) : (dot(value), dot(0) - 1)
        let ends = low...max(low, high)
        canvas.fill(ends, row...(row + down - 1), series: k)
      }
    }
    var lines = scene.title.isEmpty ? [] : [cells(TextWidth.cut(scene.title, to: width))]
    for row in 0..<names.count * count {
      let name = row % count == 0 ? TextWidth.cut(names[row / count], to: nameWidth) : ""
      let value = texts[row % count][row / count]
      var line = cells(TextWidth.padded(name, to: nameWidth) + " ")
      line += withZero(canvas.row(row), at: dot(0) / across, canvas)
      line += cells(" " + TextWidth.padded(value, to: textWidth, right: true))
      lines.append(line)
    }
    return lines.map(filled)
  }

  /// The zero line, where no bar covers it.
  private func withZero(_ row: [PlotCell], at column: Int, _ canvas: any Canvas) -> [PlotCell] {
    var row = row
    let glyph = type(of: canvas).frame.vertical
    if row.indices.contains(column), row[column].character == " " {
      row[column].character = glyph
    }
    return row
  }

  private func label(_ value: Double) -> String {
    scene.unit == .ratio
      ? NumberFormat.percent(value) : NumberFormat.significant(value, digits: 4)
  }

  private func cells(_ text: String) -> [PlotCell] { text.map { PlotCell($0) } }

  private func filled(_ line: [PlotCell]) -> [PlotCell] {
    let used = line.reduce(0) { $0 + TextWidth.of($1.character) }
    return line + cells(String(repeating: " ", count: max(0, width - used)))
  }
}
