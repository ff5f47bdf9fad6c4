// A heat map as SVG: red below zero, blue above, white between, a scale at its foot.

struct HeatPicture {
  private let scene: Scene
  private let columns: [String]
  private let width, height, left, top, cellWidth, cellHeight: Double
  private let most: Double
  private let ink: SVGInk

  init(_ scene: Scene, width: Double, _ ink: SVGInk = .file) {
    (self.scene, self.width, self.ink) = (scene, width, ink)
    if case .categories(let names) = scene.axis { columns = names } else { columns = [] }
    most = HeatMap.largest(scene)
    let longest = scene.series.map { TextWidth.of($0.name) }.max() ?? 0
    left = min(width / 3, 20 + 7.2 * Double(longest))
    let tallest = columns.map { TextWidth.of($0) }.max() ?? 0
    top =
      (scene.title.isEmpty ? 16 : 46) + min(110, 8 + 6.6 * Double(tallest))
      + (scene.groups.isEmpty ? 0 : Self.groupHeight)
    cellWidth = (width - left - 24) / Double(max(1, columns.count))
    cellHeight = ink.paper == nil ? 17 : max(14, min(32, cellWidth))
    height = top + cellHeight * Double(scene.series.count) + 52
  }

  private static let groupHeight = 20.0

  var document: String {
    let (w, h) = (SVGText.number(width), SVGText.number(height))
    let ground = ink.paper.map { "<rect width=\"100%\" height=\"100%\" fill=\"\($0)\"/>\n" } ?? ""
    let body = (titles() + headings() + fields() + groups() + scale()).joined(separator: "\n")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" viewBox="0 0 \(w) \(h)" \
      font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12" role="img">
      <title>\(SVGText.escaped(scene.title))</title>
      \(ground)\(body)
      </svg>

      """
  }

  private func titles() -> [String] {
    guard !scene.title.isEmpty else { return [] }
    return [
      "<text x=\"12\" y=\"28\" font-size=\"16\" font-weight=\"bold\" fill=\"\(ink.title)\">"
        + "\(SVGText.escaped(scene.title))</text>"
    ]
  }

  private func headings() -> [String] {
    // Names of narrow columns stand upright, and every second or third where they would touch.
    let step = max(1, Int((13 / cellWidth).rounded(.up)))
    return columns.indices.filter { $0 % step == 0 }.map { k in
      let (x, y) = (left + (Double(k) + 0.5) * cellWidth + 4, top - 6)
      return "<text transform=\"translate(\(SVGText.number(x)) \(SVGText.number(y))) rotate(-90)\" "
        + "fill=\"\(ink.text)\">\(SVGText.escaped(columns[k]))</text>"
    }
  }

  private func fields() -> [String] {
    scene.series.enumerated().flatMap { row, series in
      let y = top + Double(row) * cellHeight
      let name =
        "<text x=\"\(SVGText.number(left - 8))\" y=\"\(SVGText.number(y + cellHeight / 2 + 4))\" "
        + "text-anchor=\"end\" fill=\"\(ink.text)\">\(SVGText.escaped(series.name))</text>"
      return [name]
        + zip(series.xs, series.ys).filter { $1.isFinite }.map { place, value in
          box(left + place * cellWidth, y, cellWidth, colour(value / most))
        }
    }
  }

  // Names over their columns, as far as they fit, and lines between groups.
  private func groups() -> [String] {
    let foot = top + cellHeight * Double(scene.series.count)
    let head = scene.title.isEmpty ? 14.0 : 44
    return HeatMap.runs(scene.groups).flatMap { run -> [String] in
      let x = left + Double(run.columns.lowerBound) * cellWidth
      let fit = Int(Double(run.columns.count) * cellWidth / 7.2)
      let name =
        "<text x=\"\(SVGText.number(x + 2))\" y=\"\(SVGText.number(head + 8))\" font-size=\"11\" "
        + "fill=\"\(ink.title)\">\(SVGText.escaped(TextWidth.cut(run.name, to: max(1, fit))))</text>"
      guard run.columns.lowerBound > 0 else { return [name] }
      let line =
        "<line x1=\"\(SVGText.number(x))\" x2=\"\(SVGText.number(x))\" y1=\"\(SVGText.number(head))\" "
        + "y2=\"\(SVGText.number(foot))\" stroke=\"\(ink.frame)\" stroke-width=\"0.8\"/>"
      return [name, line]
    }
  }

  private func scale() -> [String] {
    let y = top + cellHeight * Double(scene.series.count) + 16
    let boxes = (-10...10).map { k in
      box(left + Double(k + 10) * 9, y, 9, colour(Double(k) / 10), height: 10)
    }
    let words = [(-most, left), (0, left + 90), (most, left + 189)].map { value, x in
      "<text x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y + 24))\" fill=\"\(ink.text)\" "
        + "text-anchor=\"middle\">\(label(value))</text>"
    }
    return boxes + words
  }

  private func label(_ value: Double) -> String {
    scene.unit == .ratio
      ? NumberFormat.percent(value, decimals: 1) : NumberFormat.significant(value, digits: 2)
  }

  private func box(
    _ x: Double, _ y: Double, _ width: Double, _ colour: String, height: Double? = nil
  ) -> String {
    "<rect x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" width=\"\(SVGText.number(width))\" "
      + "height=\"\(SVGText.number(height ?? cellHeight))\" \(colour)/>"
  }

  // The ink of the sign, as strong as the value: in a file mixed with white, in a page with its ground.
  private func colour(_ share: Double) -> String {
    let weight = min(1, abs(share))
    guard ink.paper == nil else { return "fill=\"\(Self.mixed(share, weight))\"" }
    let role = share < 0 ? ink.below : ink.above
    return "fill=\"\(role)\" fill-opacity=\"\(SVGText.number(max(0.03, weight)))\""
  }

  private static func mixed(_ share: Double, _ weight: Double) -> String {
    let end: (Double, Double, Double) = share < 0 ? (178, 24, 43) : (33, 102, 172)
    func part(_ x: Double) -> String {
      let text = String(Int((255 + weight * (x - 255)).rounded()), radix: 16)
      return text.utf8.count < 2 ? "0" + text : text
    }
    return "#" + part(end.0) + part(end.1) + part(end.2)
  }
}
