// Properties of what is displayed: nothing wider than the terminal, nothing hidden without being counted.

import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct DisplayPropertyTests {
  private static func column(_ kind: Int, _ rows: Int, _ random: inout SeededNumbers) -> Column {
    let scale = [1e-6, 0.01, 1, 1000, 1e9][random.below(5)]
    let numbers = (0..<rows).map { _ in
      random.below(8) == 0 ? Double.nan : (Double(random.below(20_001)) - 10_000) / 10_000 * scale
    }
    switch kind {
    case 0: return Column(numbers: numbers)
    case 1: return Column(numbers: numbers, unit: .ratio)
    case 2: return Column(numbers: numbers.map { $0.rounded() }, unit: .plain)
    case 3: return Column(numbers: numbers.map { $0 > 0 ? 1 : 0 }, unit: .boolean)
    case 4: return Column(.months((0..<rows).map { Period(index: Int32(24_000 + $0)) }))
    default:
      var strings = HostileStrings(seed: UInt64(random.below(1 << 20)))
      return Column(
        text: (0..<rows).map { _ in
          random.below(9) == 0
            ? nil : (0..<(1 + random.below(4))).map { _ in strings.next() }.joined()
        })
    }
  }

  private static func table(_ random: inout SeededNumbers) -> Table {
    let rows = random.below(30)
    var strings = HostileStrings(seed: UInt64(random.below(1 << 20)))
    var table = Table(
      columns: (0..<(1 + random.below(14))).map { place in
        let name = random.below(3) == 0 ? "\(place)" + strings.next() : "column\(place)"
        return (name: name, column: column(random.below(6), rows, &random))
      })
    if random.below(2) == 0 { table.title = strings.next() + " a title of some words" }
    if random.below(2) == 0 { table.notes = ["  note: " + strings.next() + " and so on and on"] }
    return table
  }

  private static func shown(_ lines: [String]) -> [String] {
    lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { OutputGate.finish(String($0), OutputGate.Stream()) }
  }

  private static func widest(_ lines: [String]) -> Int {
    shown(lines).map { TextWidth.of($0) }.max() ?? 0
  }

  private static let isFull = FileSystem.environment("FQ_FULL") == "1"

  @Test(arguments: 1...(isFull ? 1000 : 12))
  func tablesFitAndCountWhatTheyHide(_ seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    var options = DisplayOptions()
    let table = Self.table(&random)
    for width in [20, 21, 24, 33, 40, 57, 80, 120, 200] {
      options.width = width
      let lines = table.display(options)
      #expect(Self.widest(lines) <= width, "width \(width):\n\(lines.joined(separator: "\n"))")
      try Self.expectCounts(lines, table, width)
      var sideways = table
      sideways.view.isSideways = true
      #expect(Self.widest(sideways.display(options)) <= width)
    }
  }

  // Columns shown and hidden are all of them, and so are rows.
  private static func expectCounts(_ lines: [String], _ table: Table, _ width: Int) throws {
    let text = lines.joined(separator: " ")
    func count(_ noun: String) throws -> (hidden: Int, all: Int)? {
      let pattern = try Regex(
        "… ([0-9,]+) of ([0-9,]+) \(noun) not shown", as: (Substring, Substring, Substring).self)
      guard let match = text.firstMatch(of: pattern) else { return nil }
      func number(_ text: Substring) -> Int { Int(text.replacing(",", with: "")) ?? -1 }
      return (number(match.output.1), number(match.output.2))
    }
    let rule = try #require(
      lines.first { $0.hasPrefix("─") && $0.allSatisfy { $0 == "─" || $0 == " " } })
    let fields = rule.split(separator: " ").count
    let columns = try count("columns?")
    // A single column that fills the line has no `…` beside it.
    let ellipses = columns == nil ? 0 : 1
    #expect(fields - ellipses + (columns?.hidden ?? 0) == table.columns.count)
    if let columns { #expect(columns.all == table.columns.count) }
    let rows = try count("rows?")
    #expect((rows?.all ?? table.count) == table.count)
    if table.count > 12 { #expect(rows?.hidden == table.count - 12) } else { #expect(rows == nil) }
  }

  @Test(arguments: 1...(isFull ? 300 : 5))
  func panelsFit(_ seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let (firms, months) = (1 + random.below(6), 1 + random.below(40))
    var periods: [Period] = []
    var assets: [Int32] = []
    for month in 0..<months {
      for firm in 0..<firms where random.below(4) > 0 || month == 0 {
        periods.append(Period(index: Int32(24_000 + month)))
        assets.append(Int32(firm))
      }
    }
    var strings = HostileStrings(seed: seed)
    let names = (0..<firms).map { "\($0)" + strings.next() }
    let (index, _) = try PanelIndex.sorting(months: periods, assets: assets, names: names)
    let columns = (0..<(1 + random.below(12))).map { place in
      (
        name: "\(place)" + strings.next(),
        column: Self.column(random.below(4), index.count, &random)
      )
    }
    let panel = try Panel(index: index, columns: columns, assetKey: "firm", dateKey: "month")
    for view in [ValueView(), .init(isFull: true), .init(isSideways: true), .init(rows: .max)] {
      var value = PanelValue(panel: panel, origin: "random")
      value.view = view
      for width in [20, 27, 40, 80, 133] {
        var options = DisplayOptions()
        options.width = width
        let lines = value.display(options)
        #expect(Self.widest(lines) <= width, "width \(width):\n\(lines.joined(separator: "\n"))")
      }
    }
  }

  @Test func windowsShowEachRowOnce() {
    for total in 0...40 {
      for limit in 1...14 {
        let window = RowWindow(total, limit: limit)
        #expect(window.rows.count + window.hidden == total)
        #expect(window.rows == Array(Set(window.rows)).sorted())
        #expect(window.rows.count == min(total, limit))
        #expect((window.words(DisplayOptions()) == nil) == (window.hidden == 0))
      }
    }
  }
}
