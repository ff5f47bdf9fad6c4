// A scene as a self-contained SVG picture: no scripts, no fonts to fetch, readable in print.
//
// Colours are the Okabe-Ito palette, told apart by colour-blind readers; lines beyond the first are
// dashed as well, so that a copy without colour stays readable.

/// Writes scenes as SVG.
public enum SVGWriter {
  /// Gives the text of an SVG picture.
  public static func text(
    _ scene: Scene, width: Int = 760, height: Int = 440, ink: SVGInk = .file
  ) -> String {
    if scene.mark == .heat { return HeatPicture(scene, width: Double(width), ink).document }
    var height = height
    if scene.mark == .dots {
      // Piles are as high as they have dots.
      let highest = scene.series.flatMap(\.ys).max() ?? 1
      height = min(height, 90 + Int(18 * min(highest, 40)) + (scene.title.isEmpty ? 0 : 30))
    }
    var picture = SVGPicture(scene, width: Double(width), height: Double(height), ink)
    picture.draw()
    return picture.document
  }
}

/// A picture being drawn.
struct SVGPicture {
  /// From dark to light, for what has an order; steps of viridis.
  static let sequence = ["#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725"]
  static let dashes = ["", "7 4", "2 3", "10 3 2 3", "1 4"]

  let scene: Scene
  let ink: SVGInk
  let width, height: Double
  let left, right, top, bottom: Double
  let xRange, yRange: ClosedRange<Double>
  var parts: [String] = []
  /// The series of each line of the legend, with the place of each.
  private let legend: [[(series: Int, place: Double)]]

  var isLying: Bool { scene.mark == .lyingBars }

  init(_ scene: Scene, width: Double, height: Double, _ ink: SVGInk) {
    self.scene = scene
    self.ink = ink
    self.width = width
    self.height = height
    let names = Self.names(scene)
    let longest = scene.mark == .lyingBars ? names.map { TextWidth.of($0) }.max() ?? 0 : 7
    left = min(width / 3, 26 + 7.2 * Double(longest)) + (scene.yLabel.isEmpty ? 0 : 20)
    right = 24
    legend = scene.series.count > 1 ? Self.legend(scene, width: width - left - right) : []
    top = (scene.title.isEmpty ? 16 : 46) + (legend.isEmpty ? 0 : 6 + 18 * Double(legend.count))
    bottom = scene.xLabel.isEmpty ? 40 : 60
    // Lying bars exchange the axes.
    xRange = scene.mark == .lyingBars ? scene.yRange : scene.xRange
    yRange = scene.mark == .lyingBars ? scene.xRange : scene.yRange
  }

  // As many names on a line as fit.
  private static func legend(_ scene: Scene, width: Double) -> [[(series: Int, place: Double)]] {
    var lines: [[(series: Int, place: Double)]] = [[]]
    var place = 0.0
    for (k, series) in scene.series.enumerated() {
      let room = 52 + 7.2 * Double(TextWidth.of(series.name))
      if place > 0, place + room > width + 20 {
        lines.append([])
        place = 0
      }
      lines[lines.count - 1].append((k, place))
      place += room
    }
    return lines
  }

  static func names(_ scene: Scene) -> [String] {
    if case .categories(let names) = scene.axis { return names }
    return []
  }

  func x(_ value: Double) -> Double {
    let share = (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
    return left + share * (width - left - right)
  }

  func y(_ value: Double) -> Double {
    let share = (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
    // The first name of lying bars stands at the top.
    return isLying
      ? top + share * (height - top - bottom)
      : height - bottom - share * (height - top - bottom)
  }

  mutating func draw() {
    drawGrid()
    switch scene.mark {
    case .line: drawLines()
    case .dots: drawDots(radius: 4)
    case .scatter: drawDots(radius: 3)
    case .heat: break
    case .bars, .histogram: drawBars()
    case .lyingBars: drawLyingBars()
    }
    drawZero()
    drawFrame()
    drawTitles()
    if scene.series.count > 1 { drawLegend() }
  }

  var document: String {
    let size = "width=\"\(number(width))\" height=\"\(number(height))\""
    let box = "viewBox=\"0 0 \(number(width)) \(number(height))\""
    let font =
      "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"\(ink.size)\""
    let ground = ink.paper.map { "<rect width=\"100%\" height=\"100%\" fill=\"\($0)\"/>\n" } ?? ""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) \(font) role="img">
      <title>\(SVGText.escaped(scene.title))</title>
      \(ground)\(parts.joined(separator: "\n"))
      </svg>

      """
  }
}

extension SVGPicture {
  private mutating func drawGrid() {
    let across =
      isLying
      ? Ticks.numbers(xRange, about: 7, unit: scene.unit)
      : scene.xTicks(about: Self.names(scene).isEmpty ? 9 : 40)
    let ups =
      isLying
      ? Ticks(positions: Self.names(scene).indices.map(Double.init), labels: Self.names(scene))
      : Ticks.numbers(yRange, about: 7, unit: scene.unit)
    // How high a pile of dots is, is counted and not read off.
    let levels = scene.mark == .dots ? Ticks(positions: [], labels: []) : ups
    let foot = height - bottom
    let isCrowded = across.labels.map { TextWidth.of($0) }.reduce(0, +) * 9 > Int(width)
    for (k, (position, label)) in zip(across.positions, across.labels).enumerated() {
      if scene.mark != .bars { line(x(position), top, x(position), foot, ink.grid) }
      if !isCrowded || k % 2 == 0 { text(label, x(position), foot + 19, anchor: "middle") }
    }
    for (position, label) in zip(levels.positions, levels.labels) {
      if !isLying { line(left, y(position), width - right, y(position), ink.grid) }
      text(label, left - 8, y(position) + 4.5, anchor: "end")
    }
  }

  private mutating func drawFrame() {
    parts.append(
      "<rect x=\"\(number(left))\" y=\"\(number(top))\" "
        + "width=\"\(number(width - left - right))\" "
        + "height=\"\(number(height - top - bottom))\" fill=\"none\" stroke=\"\(ink.frame)\"/>")
  }

  private mutating func drawZero() {
    if isLying {
      if xRange.lowerBound < 0 { line(x(0), top, x(0), height - bottom, ink.zero) }
    } else if yRange.lowerBound < 0, yRange.upperBound > 0 {
      line(left, y(0), width - right, y(0), ink.zero)
    }
  }

  private mutating func drawLines() {
    for (k, series) in scene.series.enumerated() {
      var path = ""
      var isDown = false
      for (px, py) in zip(series.xs, series.ys) {
        guard px.isFinite, py.isFinite else {
          isDown = false
          continue
        }
        path += "\(isDown ? "L" : "M")\(number(x(px))) \(number(y(py))) "
        isDown = true
      }
      let isFaint = k < scene.faintSeries
      let dash = scene.faintSeries > 0 ? "" : Self.dashes[k % Self.dashes.count]
      let weight = isFaint ? "1\" stroke-opacity=\"0.45" : "1.8"
      parts.append(
        "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour(k))\" stroke-width=\"\(weight)\" "
          + "stroke-linejoin=\"round\""
          + (dash.isEmpty ? "/>" : " stroke-dasharray=\"\(dash)\"/>"))
    }
  }

  private mutating func drawDots(radius: Int) {
    for (k, series) in scene.series.enumerated() {
      for (px, py) in zip(series.xs, series.ys) where px.isFinite && py.isFinite {
        parts.append(
          "<circle cx=\"\(number(x(px)))\" cy=\"\(number(y(py)))\" r=\"\(radius)\" fill=\"\(colour(k))\"/>"
        )
      }
    }
  }

  private mutating func drawBars() {
    let slot = scene.barWidth * (scene.mark == .histogram ? 1 : 0.8)
    let part = slot / Double(scene.series.count)
    for (k, series) in scene.series.enumerated() {
      for (px, py) in zip(series.xs, series.ys) where py.isFinite {
        let start = x(px - slot / 2 + Double(k) * part)
        let end = x(px - slot / 2 + Double(k + 1) * part)
        box(start, min(y(0), y(py)), end - start, abs(y(py) - y(0)), k)
      }
    }
  }

  private mutating func drawLyingBars() {
    let part = 0.8 / Double(scene.series.count)
    for (k, series) in scene.series.enumerated() {
      for (place, value) in zip(series.xs, series.ys) where value.isFinite {
        let start = y(place - 0.4 + Double(k) * part)
        let end = y(place - 0.4 + Double(k + 1) * part)
        box(min(x(0), x(value)), start, abs(x(value) - x(0)), end - start, k)
      }
    }
  }

  private mutating func drawTitles() {
    if !scene.title.isEmpty {
      parts.append(
        "<text x=\"\(number(left))\" y=\"28\" font-size=\"16\" font-weight=\"bold\" "
          + "fill=\"\(ink.title)\">\(SVGText.escaped(scene.title))</text>")
    }
    if !scene.xLabel.isEmpty {
      text(scene.xLabel, (left + width - right) / 2, height - 16, anchor: "middle")
    }
    if !scene.yLabel.isEmpty {
      let middle = (top + height - bottom) / 2
      parts.append(
        "<text transform=\"translate(16 \(number(middle))) rotate(-90)\" "
          + "text-anchor=\"middle\" fill=\"\(ink.text)\">\(SVGText.escaped(scene.yLabel))</text>")
    }
  }

  private mutating func drawLegend() {
    for (number, items) in legend.enumerated() {
      let level = top - 14 - 18 * Double(legend.count - 1 - number)
      for item in items { drawLegend(item.series, left + item.place, level) }
    }
  }

  private mutating func drawLegend(_ k: Int, _ place: Double, _ level: Double) {
    if scene.mark == .line {
      let dash = scene.faintSeries > 0 ? "" : Self.dashes[k % Self.dashes.count]
      parts.append(
        "<path d=\"M\(number(place)) \(number(level - 4)) h26\" stroke=\"\(colour(k))\" "
          + "stroke-width=\"2.4\"" + (dash.isEmpty ? "/>" : " stroke-dasharray=\"\(dash)\"/>"))
    } else {
      box(place + 6, level - 10, 12, 12, k)
    }
    text(scene.series[k].name, place + 32, level, anchor: "start")
  }

  private func colour(_ series: Int) -> String {
    scene.isOrdered
      ? Self.sequence[series % Self.sequence.count] : ink.series[series % ink.series.count]
  }

  private mutating func box(_ x: Double, _ y: Double, _ w: Double, _ h: Double, _ series: Int) {
    parts.append(
      "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(w))\" "
        + "height=\"\(number(h))\" fill=\"\(colour(series))\""
        + (scene.mark == .histogram
          ? " stroke=\"\(ink.paper ?? "var(--paper)")\" stroke-width=\"0.8\"/>" : "/>"))
  }

  private mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ stroke: String
  ) {
    parts.append(
      "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
        + "y2=\"\(number(y2))\" stroke=\"\(stroke)\"/>")
  }

  private mutating func text(_ content: String, _ x: Double, _ y: Double, anchor: String) {
    parts.append(
      "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" "
        + "fill=\"\(ink.text)\">\(SVGText.escaped(content))</text>")
  }

  private func number(_ value: Double) -> String { SVGText.number(value) }
}

/// Numbers and texts as SVG wants them.
enum SVGText {
  /// Two decimals.
  static func number(_ value: Double) -> String { CSVWriter.text((value * 100).rounded() / 100) }

  /// On one line, without what markup would read or controls would do.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in VisibleText.line(text).unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
