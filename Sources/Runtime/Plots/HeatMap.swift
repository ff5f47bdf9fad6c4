// Heat maps: a field of shades for rows and columns of values, told apart by sign without colour.
//
// Shades have eight steps, four a sign, up to the largest absolute value; values above zero are blocks, values
// below zero circles. Where fields are wide enough the number itself stands in them.

/// Scenes of fields.
public enum HeatMap {
  /// Gives a scene of a series for each row; `values[row][column]`, NaN where there is nothing.
  public static func of(
    _ title: String, rows: [String], columns: [String], values: [[Double]],
    unit: ColumnUnit = .plain
  ) -> Scene {
    precondition(rows.count == values.count && values.allSatisfy { $0.count == columns.count })
    let places = columns.indices.map(Double.init)
    var scene = Scene(
      title: title, mark: .heat,
      series: zip(rows, values).map { Scene.Series($0, xs: places, ys: $1) })
    scene.axis = .categories(columns)
    scene.unit = unit
    return scene
  }

  /// Neighbours of one group: its name and its columns.
  static func runs(_ groups: [String]) -> [(name: String, columns: Range<Int>)] {
    var runs: [(name: String, columns: Range<Int>)] = []
    for (place, name) in groups.enumerated() {
      if let last = runs.last, last.name == name {
        runs[runs.count - 1].columns = last.columns.lowerBound..<(place + 1)
      } else {
        runs.append((name, place..<(place + 1)))
      }
    }
    return runs
  }

  /// The largest absolute value; 1 where there is none.
  static func largest(_ scene: Scene) -> Double {
    let most = scene.series.flatMap(\.ys).filter(\.isFinite).map(abs).max() ?? 0
    return most > 0 ? most : 1
  }

  /// The step of a value, -4...4.
  static func step(_ value: Double, of largest: Double) -> Int {
    let share = abs(value) / largest
    let size = min(4, Int((share * 4.5).rounded(.down)))
    return value < 0 ? -size : size
  }
}

/// A heat map in characters.
struct HeatText {
  let scene: Scene
  let width: Int
  let style: CanvasStyle
  private let columns: [String]
  private let nameWidth: Int
  /// The characters of a field.
  private let cell: Int
  private let most: Double

  init(_ scene: Scene, width: Int, style: CanvasStyle) {
    (self.scene, self.width, self.style) = (scene, width, style)
    if case .categories(let names) = scene.axis { columns = names } else { columns = [] }
    most = HeatMap.largest(scene)
    nameWidth = min(width / 3, scene.series.map { TextWidth.of($0.name) }.max() ?? 0)
    cell = max(1, min(7, (width - nameWidth - 1) / max(1, columns.count)))
  }

  /// Columns that fit; the others are counted below.
  private var shown: Int { min(columns.count, (width - nameWidth - 1) / cell) }

  func lines() -> [[PlotCell]] {
    var lines = scene.title.isEmpty ? [] : [cells(TextWidth.cut(scene.title, to: width))]
    if !scene.groups.isEmpty { lines.append(groupHeader()) }
    if cell >= 4 { lines.append(header()) } else { lines += uprightHeader() }
    for series in scene.series { lines.append(row(series)) }
    lines.append(legend())
    if shown < columns.count {
      let left = "… \(columns.count - shown) more columns do not fit; save an SVG"
      lines.append(cells(TextWidth.cut(left, to: width)))
    }
    return lines.map(filled)
  }

  // Names of groups begin over their first column and end before the next group.
  private func groupHeader() -> [PlotCell] {
    let names = HeatMap.runs(Array(scene.groups.prefix(shown))).map { run in
      let width = run.columns.count * cell
      return TextWidth.padded(TextWidth.cut(run.name, to: max(1, width - 1)), to: width)
    }
    return cells(String(repeating: " ", count: nameWidth + 1) + names.joined())
  }

  private func header() -> [PlotCell] {
    let names = columns.prefix(shown).map {
      TextWidth.padded(TextWidth.cut($0, to: cell - 1), to: cell, right: true)
    }
    return cells(String(repeating: " ", count: nameWidth + 1) + names.joined())
  }

  // Narrow fields have their names written downwards.
  private func uprightHeader() -> [[PlotCell]] {
    let names = columns.prefix(shown).map { Array(TextWidth.cut($0, to: 8)) }
    let height = names.map(\.count).max() ?? 0
    return (0..<height).map { level in
      var line = cells(String(repeating: " ", count: nameWidth + 1))
      for name in names {
        let place = level - (height - name.count)
        let mark = place >= 0 ? name[place] : " "
        line.append(PlotCell(TextWidth.of(mark) == 1 ? mark : "?"))
        line += cells(String(repeating: " ", count: cell - 1))
      }
      return line
    }
  }

  private func row(_ series: Scene.Series) -> [PlotCell] {
    let name = TextWidth.cut(series.name, to: nameWidth)
    var line = cells(TextWidth.padded(name, to: nameWidth) + " ")
    for value in series.ys.prefix(shown) { line += field(value) }
    return line
  }

  private func field(_ value: Double) -> [PlotCell] {
    guard value.isFinite else { return cells(String(repeating: " ", count: cell)) }
    let step = HeatMap.step(value, of: most)
    let owner = step == 0 ? nil : step > 0 ? 0 : 1
    let shade = PlotCell(Self.shade(step, style), series: owner)
    guard cell >= 6 else { return [PlotCell](repeating: shade, count: cell) }
    let text = TextWidth.padded(label(value), to: cell - 1, right: true)
    return TextWidth.of(text) < cell
      ? cells(text) + [shade] : [PlotCell](repeating: shade, count: cell)
  }

  private static func shade(_ step: Int, _ style: CanvasStyle) -> Character {
    if step == 0 { return style == .ascii ? "." : "·" }
    let (above, below): ([Character], [Character]) =
      style == .ascii
      ? (["-", "+", "*", "#"], [",", "o", "0", "@"])
      : (["░", "▒", "▓", "█"], ["∘", "○", "◉", "●"])
    return step > 0 ? above[step - 1] : below[-step - 1]
  }

  private func label(_ value: Double) -> String {
    if scene.unit == .ratio { return NumberFormat.percent(value, decimals: 0) }
    return most < 10
      ? NumberFormat.fixed(value, decimals: 2) : NumberFormat.significant(value, digits: 2)
  }

  private func legend() -> [PlotCell] {
    var line = cells(String(repeating: " ", count: nameWidth + 1) + label(-most) + " ")
    for step in -4...4 {
      line.append(PlotCell(Self.shade(step, style), series: step == 0 ? nil : step > 0 ? 0 : 1))
    }
    return line + cells(" " + label(most))
  }

  private func cells(_ text: String) -> [PlotCell] { text.map { PlotCell($0) } }

  private func filled(_ line: [PlotCell]) -> [PlotCell] {
    let used = line.reduce(0) { $0 + TextWidth.of($1.character) }
    return used > width
      ? Array(line.prefix(width)) : line + cells(String(repeating: " ", count: width - used))
  }
}
