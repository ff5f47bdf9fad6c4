// A panel in the terminal: its header, how many firms there are over time, some rows; in full, every column besides.

import FactorLang
import FactorRuntime

extension PanelValue {
  func display(_ options: DisplayOptions) -> [String] {
    if view.isSideways { return head(options) + sidewaysLines(options) }
    let columns = view.isFull ? columnTable(options).lines(width: options.width) + [""] : []
    return head(options) + columns
      + panel.preview.lines(window(options), keys: 2, options)
  }

  /// The first rows that the terminal shows, for a page.
  func page(_ options: DisplayOptions) -> TableDocument {
    panel.preview.page(window(options), options)
  }

  /// Every column with what is known of it, for a page.
  func columnPage(_ options: DisplayOptions) -> TableDocument {
    TableDocument(caption: "", columns: columnTable(options).columns)
  }

  private func window(_ options: DisplayOptions) -> RowWindow {
    RowWindow(panel.count, limit: view.rows ?? options.tableRows / 2)
  }

  /// What it is, and firms over time where there are periods enough to tell.
  func head(_ options: DisplayOptions) -> [String] {
    let index = panel.index
    let span = "\(index.months.first?.description ?? "")..\(index.months.last?.description ?? "")"
    let items = [
      "panel \(panel.assetKey) × \(panel.dateKey)", Counted.text(panel.count, "row"),
      Counted.text(panel.assetCount, "firm"), span,
      index.clock == .months ? "" : index.clock.description,
      Counted.text(panel.names.count, "column"),
    ]
    return TextWidth.listed(
      items.filter { !$0.isEmpty }.map(VisibleText.line), to: options.width, indent: 2)
      + firmLines(options)
  }

  /// Fewer periods than this need no picture.
  private static let fewPeriods = 12
  private static let widestStrip = 48

  private func firmLines(_ options: DisplayOptions) -> [String] {
    guard panel.monthCount >= Self.fewPeriods else { return [] }
    let counts = firmCounts
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let range =
      least == most
      ? "\(NumberFormat.count(most))" : "\(NumberFormat.count(least))..\(NumberFormat.count(most))"
    let head = "  firms \(panel.index.clock.each)  "
    let room = options.width - TextWidth.of(head) - range.count - 2
    guard room >= 8 else { return TextWidth.wrapped(head + range, to: options.width, indent: 2) }
    let strip = CoverageStrip(
      places: panel.index.places, counts: counts, width: min(Self.widestStrip, room))
    return [head + strip.text() + "  " + range]
  }

  private var firmCounts: [Int] {
    panel.index.months.indices.map { panel.index.rows(ofMonthAt: $0).count }
  }

  // MARK: Every column

  private static let columnStrip = 20

  // Type, when it is known, how much is missing, and firms with a value over time, on the scale of all firms.
  private func columnTable(_ options: DisplayOptions) -> TableLayout {
    let places = panel.index.places
    let width = min(Self.columnStrip, max(8, options.width / 3))
    let top = CoverageStrip(places: places, counts: firmCounts, width: width).means.max() ?? 0
    let named = panel.named
    let strips = named.map { item in
      CoverageStrip(places: places, counts: valueCounts(item.column), width: width).text(top: top)
    }
    let roles = self.roles
    var columns: [TableLayout.Column] = [
      .init("column", named.map(\.name), .left), .init("type", named.map(\.column.kind), .left),
      .init("known at", named.map { moment($0.column) }, .left),
      .init("missing", named.map { missing($0.column) }),
      .init("firms with a value", strips, .left),
    ]
    if roles.contains(where: { !$0.isEmpty }) { columns.append(.init("role", roles, .left)) }
    return TableLayout(columns)
  }

  private func valueCounts(_ column: Column) -> [Int] {
    let index = panel.index
    guard let numbers = column.numbers else {
      return index.months.indices.map { position in
        index.rows(ofMonthAt: position).reduce(0) { $0 + (column.isMissing(at: $1) ? 0 : 1) }
      }
    }
    return numbers.withUnsafeBufferPointer { numbers in
      index.months.indices.map { position in
        var count = 0
        for row in index.rows(ofMonthAt: position) where !numbers[row].isNaN { count += 1 }
        return count
      }
    }
  }

  private func missing(_ column: Column) -> String {
    NumberFormat.percent(Double(column.missingCount) / Double(max(1, panel.count)), decimals: 1)
  }

  private func moment(_ column: Column) -> String {
    column.known <= ColumnInfo.always / 2
      ? "always" : Timing.period(column.known, on: panel.index.clock)
  }

  // What each column is by its name, or that it lies in the future.
  private var roles: [String] {
    let known = ColumnRole.allCases.compactMap { role in
      role.column(of: panel).map { (name: $0, words: role.words) }
    }
    return panel.named.map { item in
      let role = known.first { $0.name == item.name }.map { [$0.words] } ?? []
      let future = item.column.known > 0 ? ["future: a target only"] : []
      return (role + future).joined(separator: " · ")
    }
  }

  // MARK: Sideways

  private func sidewaysLines(_ options: DisplayOptions) -> [String] {
    let window = RowWindow(first: view.rows ?? Table.sidewaysRows, of: panel.count)
    let keys = panel.keyColumns.map { _ in "key" }
    let facts = zip(panel.named, roles).map { item, role in
      [item.column.kind, moment(item.column), role].filter { !$0.isEmpty }
        .joined(separator: " · ")
    }
    let more = window.words(options).map { TextWidth.wrapped($0, to: options.width) } ?? []
    return panel.preview.sideways(window, facts: keys + facts, options) + more
  }
}

extension Panel {
  /// The keys as columns, time first.
  var keyColumns: [(name: String, column: Column)] {
    [dateKey, assetKey].compactMap { name in columnOrKey(name).map { (name, $0) } }
  }

  /// All rows and columns, keys included, to look at some of them.
  var preview: Table { Table(columns: keyColumns + named) }
}
