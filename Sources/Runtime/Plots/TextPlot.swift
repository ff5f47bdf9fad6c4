// A scene drawn in characters.

/// A drawn plot: lines of cells, all equally wide.
public struct TextPlot: Sendable {
  /// The cells of every line, for colouring.
  public let cells: [[PlotCell]]

  /// The lines as plain text.
  public var lines: [String] { cells.map { String($0.map(\.character)) } }

  /// Draws a scene; lying bars take as many rows as they need.
  public init(_ scene: Scene, width: Int = 80, height: Int = 20, style: CanvasStyle? = nil) {
    let scene = scene.visible
    let total = max(24, width)
    let style = style ?? (scene.mark == .line ? .braille : .block)
    if scene.mark == .lyingBars {
      cells = LyingBars(scene, width: total, style: style).lines()
      return
    }
    if scene.mark == .heat {
      cells = HeatText(scene, width: total, style: style).lines()
      return
    }
    let rows = max(3, height - 3)
    let yTicks =
      scene.mark == .dots
      ? Ticks(positions: [], labels: [])
      : Ticks.numbers(scene.yRange, about: max(2, rows / 2), unit: scene.unit)
    let labelWidth = min(total / 3, yTicks.labels.map { TextWidth.of($0) }.max() ?? 1)
    var canvas = style.make(columns: total - labelWidth - 3, rows: rows)
    let scale = PlotScale(scene, width: canvas.width, height: canvas.height)
    scale.drawZero(on: &canvas)
    if scene.mark == .dots || scene.mark == .scatter {
      DotMarks.draw(scene, scale, on: &canvas)
    } else if scene.mark == .line {
      LineMarks.draw(scene, scale, on: &canvas)
    } else {
      BarMarks.draw(scene, scale, on: &canvas)
    }
    let across = type(of: canvas).dotsAcross
    let down = type(of: canvas).dotsDown
    let xTicks = scene.xTicks(about: scene.labelsFitting(canvas.grid.columns))
    let frame = Frame(
      scene: scene, canvas: canvas,
      rowLabels: zip(yTicks.positions, yTicks.labels).map { (scale.y($0) / down, $1) },
      columnLabels: zip(xTicks.positions, xTicks.labels).map { (scale.x($0) / across, $1) },
      labelWidth: labelWidth)
    cells = frame.lines()
  }
}

/// From the scene's numbers to dots.
struct PlotScale {
  let scene: Scene
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>
  let width: Int
  let height: Int

  init(_ scene: Scene, width: Int, height: Int) {
    self.scene = scene
    xRange = scene.xRange
    yRange = scene.yRange
    self.width = width
    self.height = height
  }

  func x(_ value: Double) -> Int { Self.dot(value, xRange, width) }
  func y(_ value: Double) -> Int { height - 1 - Self.dot(value, yRange, height) }

  private static func dot(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Int((share * Double(count - 1)).rounded())
  }

  /// A faint line at zero, where zero lies inside.
  func drawZero(on canvas: inout any Canvas) {
    guard scene.mark == .line || scene.mark == .scatter, yRange.lowerBound < 0,
      yRange.upperBound > 0
    else { return }
    let glyph = type(of: canvas).frame.zero
    for column in 0..<canvas.grid.columns {
      canvas.background(column, row: y(0) / type(of: canvas).dotsDown, glyph)
    }
  }
}

extension Scene {
  /// The same with every text on one line and harmless, so that each character has its cell.
  fileprivate var visible: Scene {
    var copy = self
    copy.title = VisibleText.line(title)
    (copy.xLabel, copy.yLabel) = (VisibleText.line(xLabel), VisibleText.line(yLabel))
    if case .categories(let names) = axis { copy.axis = .categories(names.map(VisibleText.line)) }
    copy.groups = groups.map(VisibleText.line)
    copy.series = series.map { Series(VisibleText.line($0.name), xs: $0.xs, ys: $0.ys) }
    return copy
  }
}
