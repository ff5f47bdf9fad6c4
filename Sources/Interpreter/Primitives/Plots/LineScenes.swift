// Lines over months, over another column, and one for each value of a third.

import FactorLang
import FactorRuntime

struct LineScene {
  let values: [ColumnExpression]
  let across: String?
  let by: String?
  let title: String

  func scene(_ frame: Frame, _ context: Context) throws -> Scene {
    guard let across else {
      guard by == nil else {
        throw Fault(
          .missingArgument, "`by` needs `x`: which column the lines run along",
          helps: ["plot.line \(values.first?.text ?? "y"), x: …, by: \(by ?? "")"], parameter: "by")
      }
      return try overTime(frame.asTimeline, context)
    }
    return try over(across, frame, context)
  }

  private func overTime(_ frame: Frame, _ context: Context) throws -> Scene {
    let columns = try PlotColumns.numbers(values, frame, context)
    guard let months = frame.months else {
      let xs = (1...max(1, frame.rows.rowCount)).map(Double.init)
      var scene = Scene(
        title: PlotColumns.title(title, columns), mark: .line,
        series: columns.map { Scene.Series($0.name, xs: xs, ys: $0.numbers) })
      scene.unit = columns.first?.unit ?? .plain
      return scene
    }
    guard Set(months).count == months.count else {
      throw Fault(
        .wrongType,
        "a line needs one row a month; this panel has \(months.count) rows in "
          + "\(Set(months).count) months", helps: ["take one firm, for example p[id: \"AAPL\"]"])
    }
    return LinePlot.overMonths(
      PlotColumns.title(title, columns), months: months,
      series: columns.map { (name: $0.name, values: $0.numbers) },
      unit: columns.first?.unit ?? .plain)
  }

  private func over(_ across: String, _ frame: Frame, _ context: Context) throws -> Scene {
    let columns = try PlotColumns.numbers(values, frame, context)
    let (places, axis) = try Self.places(across, frame)
    let groups = try by.map { try PlotColumns.names($0, frame) }
    var names: [String] = []
    for name in groups ?? [""] where !names.contains(name) { names.append(name) }
    var series: [Scene.Series] = []
    for column in columns {
      for name in names {
        let rows = places.indices.filter { groups == nil || groups?[$0] == name }.sorted {
          (places[$0], $0) < (places[$1], $1)
        }
        for (row, next) in zip(rows, rows.dropFirst()) where places[row] == places[next] {
          throw Fault(
            .duplicateKey,
            "two rows\(name.isEmpty ? "" : " of \(name)") have the same `\(across)`",
            helps: by == nil ? ["draw a line for each group:  by: …"] : [], parameter: "x")
        }
        let label = columns.count == 1 && !name.isEmpty ? name : "\(column.name) \(name)"
        series.append(
          Scene.Series(
            label.hasSuffix(" ") ? column.name : label, xs: rows.map { places[$0] },
            ys: rows.map { column.numbers[$0] }))
      }
    }
    let heading = by == nil ? PlotColumns.title(title, columns) : title
    var scene = Scene(title: heading, mark: .line, series: series)
    (scene.axis, scene.unit, scene.xLabel) = (axis, columns.first?.unit ?? .plain, across)
    return scene
  }

  // Where the rows stand along the horizontal axis.
  static func places(_ name: String, _ frame: Frame) throws -> ([Double], Scene.Axis) {
    guard let column = frame.rows.columnOrKey(name) else {
      throw Fault(PanelError.noSuchColumn(name: name, available: frame.rows.columnNames))
    }
    switch column.values {
    case .numbers(let numbers):
      // Whole numbers that follow each other are places, not a scale.
      let distinct = Set(numbers).sorted()
      if column.unit == .count, distinct.count <= 24, let first = distinct.first,
        let last = distinct.last, last - first == Double(distinct.count - 1)
      {
        return (
          numbers.map { $0 - first }, .categories(distinct.map { ValueText.number($0) })
        )
      }
      return (numbers, .numbers)
    case .months(let months): return (months.map { Double($0.index) }, .months)
    case .dates(let days): return (days.map { Double(Period($0).index) }, .months)
    default:
      let words = (0..<column.count).map { ValueText.short(column.value(at: $0)) }
      var names: [String] = []
      for word in words where !names.contains(word) { names.append(word) }
      return (words.map { Double(names.firstIndex(of: $0) ?? 0) }, .categories(names))
    }
  }
}

extension Frame {
  /// A table with one row a month as a panel of one firm, so that windows over time work.
  var asTimeline: Frame {
    guard let table = rows as? Table, let months, Set(months).count == months.count,
      let sorted = try? PanelIndex.sorting(
        months: months, assets: [Int32](repeating: 0, count: months.count), names: ["all"]),
      let panel = try? Panel(
        index: sorted.index,
        columns: table.columns.filter { $0.name != "month" }.map { name, column in
          (name, sorted.order.map { column.gathered($0) } ?? column)
        }, assetKey: "series", dateKey: "month")
    else { return self }
    var frame = Frame(rows: panel, months: panel.index.rowMonths, title: title)
    frame.isOfTable = true
    return frame
  }

  /// The rows of a sweep with the scores of a block; a fault for anything else.
  func on(_ block: EvaluationValue.Block?) throws -> Frame {
    guard let block else { return self }
    guard let sweep else { throw Fault.blockOfSweep }
    return Frame(rows: sweep.table(on: block), months: nil, title: sweep.origin)
  }
}

extension Fault {
  static var blockOfSweep: Fault {
    Fault(.unknownOption, "`on` chooses the scores of a sweep, and none flows in", parameter: "on")
  }
}
