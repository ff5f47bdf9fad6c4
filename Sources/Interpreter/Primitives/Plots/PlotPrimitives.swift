// Plots: a scene made of columns, drawn as text and saved as SVG.

import FactorLang
import FactorRuntime

/// How a plot is drawn in the terminal.
public enum PlotCanvas: String, ChoiceWord {
  case braille, block, ascii

  public var sentence: String {
    switch self {
    case .braille: "eight dots a character"
    case .block: "four blocks a character"
    case .ascii: "plain characters"
    }
  }

  var style: CanvasStyle {
    switch self {
    case .braille: .braille
    case .block: .block
    case .ascii: .ascii
    }
  }
}

let plotPrimitives: [Primitive] = [
  Primitive(
    "plot.line", topic: .plots, "Draws lines over the months or another column.",
    Parameter<Frame>.flow("rows", "a panel of one firm, a table, or a backtest"),
    Parameter<[ColumnExpression]>.expressions("values", "what to draw, such as gross, growth(net)")
      .timed(.marked).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<ColumnNames>.columns(
      "x", required: false, "the column that lines run along; the months if left out"
    ).labelled,
    Parameter<ColumnNames>.columns("by", required: false, "a line for each value of this column")
      .labelled,
    Parameter<EvaluationValue.Block?>.optionalWord("on", "the block whose scores of a sweep count")
      .labelled,
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<Bool>.value("zero", default: false, "let the vertical axis reach zero").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true,
    examples: [
      "toy[id: 1] | plot.line growth(ret), title: \"Firm 1\"",
      "toy | derive large = size > 0 | summarise average = mean(ret), by: [month, large] | plot.line average, x: month, by: large",
    ]
  ) { context, frame, values, across, by, block, title, zero, canvas in
    let line = LineScene(
      values: values, across: across.names.first, by: by.names.first, title: title)
    var scene = try line.scene(frame.on(block), context)
    scene.reachesZero = zero
    return PlotValue(scene: scene, canvas: canvas)
  },
  Primitive(
    "plot.bars", topic: .plots, "Draws a bar for every row.",
    Parameter<Frame>.flow("rows", "a table or panel with few rows"),
    Parameter<[ColumnExpression]>.expressions("values", "the heights").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<ColumnNames>.columns("by", required: false, "the column that names the bars")
      .labelled,
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true,
    examples: [
      "(toy | deciles size | portfolio returns: ret).deciles | plot.bars realised, by: decile"
    ]
  ) { context, frame, values, by, title, canvas in
    let columns = try PlotColumns.numbers(values, frame, context)
    guard frame.rows.rowCount <= PlotColumns.mostBars else {
      let value = values.first?.text ?? "x"
      let group = by.names.first.map { name in
        "one bar each \(name):  | summarise average = mean(\(value)), by: \(name) | plot.bars average, by: \(name)"
      }
      throw Fault(
        .wrongType, "\(frame.rows.rowCount) bars cannot be told apart",
        helps: [group, "draw a histogram:  | plot.histogram \(value)"].compactMap { $0 })
    }
    let names = try PlotColumns.names(by.names.first, frame)
    let scene = BarPlot.grouped(
      PlotColumns.title(title, columns, by: by.names.first), names: names,
      series: columns.map { (name: $0.name, values: $0.numbers) },
      unit: columns.first?.unit ?? .plain)
    return PlotValue(scene: scene, canvas: canvas)
  },
  Primitive(
    "plot.dots", topic: .plots, "Draws a dot for each value, stacked where they meet.",
    Parameter<Frame>.flow("rows", "a panel, table or backtest"),
    Parameter<ColumnExpression>.expression("values", "the column").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true, examples: ["toy[2000-01] | plot.dots ret"]
  ) { context, frame, values, title, canvas in
    let columns = try PlotColumns.numbers([values], frame, context)
    var scene = DotPlot.of(title, values: columns[0].numbers, unit: columns[0].unit)
    scene.xLabel = values.text
    return PlotValue(scene: scene, canvas: canvas)
  },
  Primitive(
    "plot.histogram", topic: .plots, "Draws how often values fall into equal bins.",
    Parameter<Frame>.flow("rows", "a panel, table or backtest"),
    Parameter<ColumnExpression>.expression("values", "the column").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<Int?>.optional("bins", "the number of bins; chosen by the data if left out").labelled
      .within(1...500),
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true, examples: ["toy | plot.histogram ret, bins: 20"]
  ) { context, frame, values, bins, title, canvas in
    let columns = try PlotColumns.numbers([values], frame, context)
    if let bins, !(1...500).contains(bins) {
      throw Fault(.outOfRange, "`bins` must lie in 1..500, not \(bins)", parameter: "bins")
    }
    var scene = Histogram.of(
      title, values: columns[0].numbers.filter { !$0.isNaN }, bins: bins)
    scene.xLabel = values.text
    return PlotValue(scene: scene, canvas: canvas)
  },
]

/// Columns of numbers for plots.
enum PlotColumns {
  /// The title; a plot of one column, which has no legend, is named by it.
  static func title(_ given: String, _ columns: [Series], by: String? = nil) -> String {
    guard given.isEmpty, columns.count == 1 else { return given }
    return columns[0].name + (by.map { " by \($0)" } ?? "")
  }

  static let mostBars = 60
  /// The largest number that an axis can carry.
  static let drawable = 1e100

  struct Series {
    var name: String
    var numbers: [Double]
    var unit: ColumnUnit
  }

  static func numbers(
    _ values: [ColumnExpression], _ frame: Frame, _ context: Context
  ) throws -> [Series] {
    var times: [(name: String, known: Int)] = []
    let clock = Clock(frame.months ?? [])
    defer { if let note = Timing.futureNote(times, on: clock) { context.note(note) } }
    return try values.map { expression in
      let column = try expression.evaluate(on: frame.rows)
      // What a table tells of the whole sample is no news; what it tells of later periods is.
      if !((frame.rows is Table || frame.isOfTable) && Availability.isWholeSample(column.known)) {
        times.append((expression.text, column.known))
      }
      guard let numbers = column.numbers else {
        throw Fault(.wrongType, "plots draw numbers, and `\(expression.text)` is \(column.kind)")
      }
      guard numbers.contains(where: { !$0.isNaN }) else {
        throw Fault(.allMissing, "`\(expression.text)` has no value to draw")
      }
      guard numbers.allSatisfy({ !(abs($0) > drawable) }) else {
        throw Fault(.outOfRange, "`\(expression.text)` is too large to be drawn")
      }
      // What cannot be told from zero is drawn as zero.
      let drawn = numbers.map { abs($0) < 1 / drawable ? 0 : $0 }
      return Series(name: expression.text, numbers: drawn, unit: column.unit)
    }
  }

  static func names(_ column: String?, _ frame: Frame) throws -> [String] {
    guard let name = column else { return (1...max(1, frame.rows.rowCount)).map(String.init) }
    guard let column = frame.rows.columnOrKey(name) else {
      throw Fault(PanelError.noSuchColumn(name: name, available: frame.rows.columnNames))
    }
    return (0..<column.count).map { ValueText.short(column.value(at: $0)) }
  }
}
