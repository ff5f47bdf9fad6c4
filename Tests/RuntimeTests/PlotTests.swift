// Tests of plots: equal widths, ticks, shapes.

import FactorRuntime
import Testing

@Suite struct PlotTests {
  private var scenes: [Scene] {
    let months = (0..<30).map { Period(index: Int32(24_000 + $0)) }
    let a = TestPanels.normals(30)
    return [
      LinePlot.overMonths("one", months: months, series: [("a", a)]),
      LinePlot.overMonths(
        "two", months: months, series: [("a", a), ("日本", a.map { $0 / 2 })], unit: .ratio),
      BarPlot.of("bars", names: ["x", "y", "z"], values: [1, -2, .nan]),
      BarPlot.of("lying", names: ["x", "日本", "z"], values: [1, -2, 0.5], isLying: true),
      Histogram.of("histogram", values: a),
      LinePlot.over("empty", xs: [], series: [("none", [])]),
      LinePlot.over("flat", xs: [1, 2], series: [("c", [3, 3])]),
      HeatMap.of(
        "narrow", rows: ["日本", "b"], columns: (0..<90).map { "stock\($0)" },
        values: [TestPanels.normals(90), TestPanels.normals(90)]),
      HeatMap.of(
        "wide", rows: ["a", "b"], columns: ["x", "日本"], values: [[1, -2], [.nan, 0]], unit: .ratio),
      HeatMap.of("nothing", rows: [], columns: [], values: []),
      ScatterPlot.of("points", xs: a, ys: a, order: a.indices.map(Double.init)),
      ScatterPlot.of("no points", xs: [.nan], ys: [1]),
    ]
  }

  @Test(arguments: CanvasStyle.allCases, [24, 60, 80])
  func allRowsAreEquallyWide(style: CanvasStyle, width: Int) {
    for scene in scenes {
      let widths = Set(TextPlot(scene, width: width, style: style).lines.map { TextWidth.of($0) })
      #expect(widths == [width], "\(scene.title)")
    }
  }

  @Test func brailleDotsFollowUnicode() {
    var canvas = BrailleCanvas(columns: 1, rows: 1)
    canvas.set(0, 0, series: 0)
    #expect(canvas.row(0)[0].character == "⠁")
    canvas.set(1, 3, series: 0)
    #expect(canvas.row(0)[0].character == "⢁")
    canvas.set(5, 5, series: 0)
    #expect(canvas.row(0)[0] == PlotCell("⢁", series: 0))
  }

  @Test func quadrantsFollowUnicode() {
    var canvas = BlockCanvas(columns: 1, rows: 1)
    canvas.set(0, 0, series: 0)
    canvas.set(1, 1, series: 0)
    #expect(canvas.row(0)[0].character == "▚")
  }

  @Test func ticksAreRound() {
    #expect(Ticks.numbers(-0.3...1.1, about: 5).labels == ["0.0", "0.5", "1.0"])
    #expect(Ticks.numbers(0...0.1, about: 5, unit: .ratio).labels.last == "10%")
    let months = Ticks.periods(24_000...24_060, about: 6)
    #expect(months.labels == ["2000", "2001", "2002", "2003", "2004", "2005"])
  }

  @Test func histogramsCountEveryValue() {
    let (edges, counts) = Histogram.counts([1, 2, 2, 3, .nan], bins: 2)
    #expect(edges == [1, 2, 3] && counts == [1, 3])
  }

  @Test func picturesEscapeText() {
    let text = SVGWriter.text(BarPlot.of("a < b & \"c\"", names: ["<x>"], values: [1]))
    #expect(text.contains("a &lt; b &amp; &quot;c&quot;") && !text.contains("<x>"))
    #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
  }

  @Test func signsDifferWithoutColour() {
    let scene = HeatMap.of(
      "", rows: ["a"], columns: (0..<9).map { "\($0)" }, values: [(-4...4).map(Double.init)])
    for style in CanvasStyle.allCases {
      let marks = TextPlot(scene, width: 24, style: style).lines[1].dropFirst(2).filter {
        $0 != " "
      }
      #expect(Set(marks).count == 9, "\(marks)")
    }
  }

  @Test func pointsOfAnOrderFallIntoEqualParts() {
    let values = (0..<23).map(Double.init)
    let scene = ScatterPlot.of("", xs: values, ys: values, order: values.reversed())
    #expect(scene.series.map(\.xs.count) == [4, 5, 4, 5, 5])
    #expect(scene.series[0].xs.first == 22 && scene.isOrdered)
  }

  @Test func heatMapsAreWholePictures() {
    let scene = HeatMap.of("<a & b>", rows: ["r"], columns: ["c", "d"], values: [[1, -1]])
    let text = SVGWriter.text(scene)
    #expect(
      text.contains("&lt;a &amp; b&gt;") && text.contains("#2166ac") && text.contains("#b2182b"))
    #expect(text.hasSuffix("</svg>\n"))
  }

  @Test func groupsOfColumnsAreNamedOnce() {
    var scene = HeatMap.of("", rows: ["r"], columns: ["c", "d"], values: [[1, -1]])
    scene.groups = ["oil", "gas & power"]
    let text = SVGWriter.text(scene)
    #expect(text.contains(">oil<") && text.contains(">gas &amp; power<"))
    #expect(text.components(of: "<line ") == 1)
  }

  @Test func longLegendsTakeSeveralLines() {
    let names = (1...5).map { "2012-09-0\($0)..2013-09-0\($0)" }
    let scene = Scene(
      title: "t", mark: .scatter, series: names.map { Scene.Series($0, xs: [1], ys: [1]) })
    let text = SVGWriter.text(scene)
    for name in names { #expect(text.contains(">\(name)<")) }
    // Each line of names has a level of its own.
    let levels = Set(
      text.split(separator: "\n").filter { $0.contains("2012-09-0") }.compactMap {
        $0.split(separator: " ").first { $0.hasPrefix("y=") }.map(String.init)
      })
    #expect(levels.count >= 2)
  }
}

extension String {
  /// How often a text stands in it.
  fileprivate func components(of part: String) -> Int {
    var (count, rest) = (0, self[...])
    while let found = rest.firstRange(of: part) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
