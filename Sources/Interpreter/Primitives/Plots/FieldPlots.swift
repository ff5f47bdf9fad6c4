// Plots of two columns against each other, and of a value by two names.

import FactorLang
import FactorRuntime

let fieldPlotPrimitives: [Primitive] = [
  Primitive(
    "plot.scatter", topic: .plots, "Draws a point for each row, one column against another.",
    Parameter<Frame>.flow("rows", "a table, panel or backtest"),
    Parameter<ColumnExpression>.expression("x", "how far to the right").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<ColumnExpression>.expression("y", "how far up").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<ColumnNames>.columns(
      "shade", required: false, "a column whose order shades the points, such as date"
    ).labelled,
    Parameter<ColumnNames>.columns("by", required: false, "a mark for each value of this column")
      .labelled,
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true,
    examples: [
      "toy | summarise a = mean(ret), b = std(ret), by: month | plot.scatter a, b, shade: month"
    ]
  ) { context, frame, x, y, shade, by, title, canvas in
    let columns = try PlotColumns.numbers([x, y], frame, context)
    var scene = try PointScene(frame: frame, x: columns[0].numbers, y: columns[1].numbers)
      .scene(title, shade: shade.names.first, by: by.names.first)
    (scene.xLabel, scene.yLabel, scene.unit) = (x.text, y.text, columns[1].unit)
    return PlotValue(scene: scene, canvas: canvas)
  },
  Primitive(
    "plot.heat", topic: .plots, "Draws a field of shades: a value by two columns of names.",
    Parameter<Frame>.flow("rows", "a table with a row for each field"),
    Parameter<ColumnExpression>.expression("value", "what shades the field").timed(.marked).named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<ColumnNames>.columns("rows", required: true, "the column that names the rows")
      .labelled,
    Parameter<ColumnNames>.columns("cols", required: true, "the column that names the columns")
      .labelled,
    Parameter<ColumnNames>.columns(
      "group", required: false, "a column that says what the columns belong to, such as sectors"
    ).labelled,
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot; names stand in the order of the table", isEffect: true,
    examples: [
      "toy | derive large = size > 0 | summarise average = mean(ret), by: [month, large] | plot.heat average, rows: large, cols: month"
    ]
  ) { context, frame, value, rows, columns, group, title, canvas in
    let numbers = try PlotColumns.numbers([value], frame, context)[0]
    let field = try HeatField(
      try PlotColumns.names(rows.names.first, frame),
      try PlotColumns.names(columns.names.first, frame),
      numbers.numbers)
    var scene = HeatMap.of(
      title, rows: field.rows, columns: field.columns, values: field.values, unit: numbers.unit)
    if let group = group.names.first {
      scene.groups = field.groups(try PlotColumns.names(group, frame))
    }
    return PlotValue(scene: scene, canvas: canvas)
  },
]

/// Points in groups or in an order.
private struct PointScene {
  let frame: Frame
  let x: [Double]
  let y: [Double]

  func scene(_ title: String, shade: String?, by: String?) throws -> Scene {
    if let shade {
      guard by == nil else {
        throw Fault(.tooManyArguments, "`shade` and `by` both tell points apart", parameter: "by")
      }
      let (order, axis) = try LineScene.places(shade, frame)
      return ScatterPlot.of(title, xs: x, ys: y, order: order) { value in
        switch axis {
        case .months: Period(index: Int32(value)).description
        case .categories(let names): names[Int(value)]
        case .numbers: NumberFormat.significant(value, digits: 3)
        }
      }
    }
    guard let by else { return ScatterPlot.of(title, xs: x, ys: y) }
    let groups = try PlotColumns.names(by, frame)
    var names: [String] = []
    for name in groups where !names.contains(name) { names.append(name) }
    return Scene(
      title: title, mark: .scatter,
      series: names.map { name in
        let rows = groups.indices.filter { groups[$0] == name }
        return Scene.Series(name, xs: rows.map { x[$0] }, ys: rows.map { y[$0] })
      })
  }
}

/// Values by row and column, in the order in which names come.
private struct HeatField {
  private(set) var rows: [String] = []
  private(set) var columns: [String] = []
  private(set) var values: [[Double]] = []
  private let columnPlaces: [Int]
  static let mostFields = 1_000_000

  init(_ rowNames: [String], _ columnNames: [String], _ numbers: [Double]) throws {
    let rowPlaces = Self.places(rowNames, &rows)
    columnPlaces = Self.places(columnNames, &columns)
    guard rows.count * columns.count <= Self.mostFields else {
      throw Fault(.outOfRange, "\(rows.count) × \(columns.count) fields are too many to draw")
    }
    values = rows.map { _ in columns.map { _ in .nan } }
    var taken = rows.map { _ in columns.map { _ in false } }
    for (k, number) in numbers.enumerated() {
      let (row, column) = (rowPlaces[k], columnPlaces[k])
      guard !taken[row][column] else {
        throw Fault(
          .duplicateKey, "two rows stand for \(rows[row]) and \(columns[column])",
          helps: ["summarise by both columns first"])
      }
      (taken[row][column], values[row][column]) = (true, number)
    }
  }

  /// What each column belongs to: what the first of its rows does.
  func groups(_ names: [String]) -> [String] {
    var groups = [String?](repeating: nil, count: columns.count)
    for (place, name) in zip(columnPlaces, names) where groups[place] == nil {
      groups[place] = name
    }
    return groups.map { $0 ?? "" }
  }

  private static func places(_ names: [String], _ distinct: inout [String]) -> [Int] {
    var known: [String: Int] = [:]
    return names.map { name in
      if let place = known[name] { return place }
      known[name] = distinct.count
      distinct.append(name)
      return distinct.count - 1
    }
  }
}
