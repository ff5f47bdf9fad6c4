// The text around a canvas: title, border, axis labels, legend; every line equally wide.

/// Puts a frame around a drawn canvas.
struct Frame {
  let scene: Scene
  let canvas: any Canvas
  /// Labels of the vertical axis with the canvas row each stands on.
  let rowLabels: [(row: Int, text: String)]
  /// Labels of the horizontal axis with the canvas column each stands under.
  let columnLabels: [(column: Int, text: String)]
  let labelWidth: Int

  private var glyphs: FrameGlyphs { type(of: canvas).frame }
  private var total: Int { labelWidth + 3 + canvas.grid.columns }

  func lines() -> [[PlotCell]] {
    var lines: [[PlotCell]] = []
    if !scene.title.isEmpty { lines.append(centred(scene.title)) }
    if scene.series.count > 1 { lines += legend() }
    if !scene.yLabel.isEmpty { lines.append(cells(TextWidth.cut(scene.yLabel, to: total))) }
    let bar = String(repeating: glyphs.horizontal, count: canvas.grid.columns)
    let indent = String(repeating: " ", count: labelWidth + 1)
    lines.append(cells(indent + String(glyphs.topLeft) + bar + String(glyphs.topRight)))
    for row in 0..<canvas.grid.rows { lines.append(body(row)) }
    lines.append(bottom(indent))
    lines.append(cells(tickLine()))
    if !scene.xLabel.isEmpty { lines.append(centred(scene.xLabel)) }
    return lines.map(filled)
  }

  private func body(_ row: Int) -> [PlotCell] {
    let label = rowLabels.first { $0.row == row }?.text
    let text = TextWidth.padded(label ?? "", to: labelWidth, right: true)
    let edge = label == nil ? glyphs.vertical : glyphs.tickLeft
    return cells(text + " " + String(edge)) + canvas.row(row) + cells(String(glyphs.vertical))
  }

  private func bottom(_ indent: String) -> [PlotCell] {
    var bar = [Character](repeating: glyphs.horizontal, count: canvas.grid.columns)
    for label in columnLabels where bar.indices.contains(label.column) {
      bar[label.column] = glyphs.tickBottom
    }
    return cells(indent + String(glyphs.bottomLeft) + String(bar) + String(glyphs.bottomRight))
  }

  /// Labels centred under their ticks; one that would touch its neighbour is left out.
  private func tickLine() -> String {
    var line = [Character](repeating: " ", count: total)
    var free = 0
    for label in columnLabels {
      let width = TextWidth.of(label.text)
      let middle = labelWidth + 2 + label.column
      let start = max(0, min(total - width, middle - width / 2))
      guard start >= free, width <= total else { continue }
      // A wide character takes the place of two cells; the second one goes.
      var place = start
      for character in label.text {
        line[place] = character
        if TextWidth.of(character) == 2 { line[place + 1] = "\0" }
        place += max(1, TextWidth.of(character))
      }
      free = start + width + 1
    }
    return String(line.filter { $0 != "\0" })
  }

  // Names go on to the next line where one is full, up to three lines.
  private func legend() -> [[PlotCell]] {
    let markers = type(of: canvas).markers
    let indent = cells(String(repeating: " ", count: labelWidth + 2))
    var lines = [indent]
    for (k, series) in scene.series.enumerated() {
      let name = TextWidth.cut(series.name, to: max(1, min(24, total - indent.count - 6)))
      if lines[lines.count - 1].count + TextWidth.of(name) + 6 > total {
        guard lines.count < 3 else {
          lines[lines.count - 1] += cells("…")
          break
        }
        lines.append(indent)
      }
      lines[lines.count - 1].append(PlotCell(markers[k % markers.count], series: k))
      lines[lines.count - 1] += cells(" " + name + "   ")
    }
    return lines
  }

  private func centred(_ text: String) -> [PlotCell] {
    let short = TextWidth.cut(text, to: total)
    let before = labelWidth + 2 + (canvas.grid.columns - TextWidth.of(short)) / 2
    let room = max(0, min(before, total - TextWidth.of(short)))
    return cells(String(repeating: " ", count: room) + short)
  }

  private func cells(_ text: String) -> [PlotCell] { text.map { PlotCell($0) } }

  private func filled(_ line: [PlotCell]) -> [PlotCell] {
    let width = line.reduce(0) { $0 + TextWidth.of($1.character) }
    return line + cells(String(repeating: " ", count: max(0, total - width)))
  }
}
