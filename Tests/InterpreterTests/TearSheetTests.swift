// Tear sheets: which one there is, that its figures are those of the verbs, and what cannot be one.

import FactorLang
import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct TearSheetTests {
  private static let factors = """
    f = toy | summarise Mkt = mean(ret), SMB = std(ret), HML = max(ret), by: month

    """

  private func sheet(_ text: String) throws -> SheetValue {
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    return try #require(result.values.last.flatMap { SheetValue($0) })
  }

  private func number(_ text: String) throws -> Double {
    let result = run(text)
    #expect(result.status == .done, "\(text): \(result.diagnostics.map(\.message))")
    let value = try #require(result.values.last)
    if case .column(let column) = value { return column.column.numbers?[0] ?? .nan }
    return try #require(Double(value))
  }

  // Of raw returns the riskless rate goes off what is invested: all of a long portfolio, nothing of a spread.
  @Test func rawReturnsLoseTheRisklessRate() throws {
    let made =
      Self.factors + """
        g = f | derive RF = 0.5%
        long = toy | deciles size | portfolio returns: ret, legs: long_only
        both = toy | deciles size | portfolio returns: ret

        """
    func sharpe(_ name: String, _ options: String) throws -> Double {
      try number(made + "s = \(name) | tearsheet \(options)\ns.sharpe")
    }
    let given = try sharpe("long", "factors: $g")
    let raw = try sharpe("long", "factors: $g, excess: false")
    let byHand = try number(
      made + "x = long.monthly | derive over = gross - 0.5%\n12 ^ 0.5 * mean(x.over) / std(x.over)")
    expectClose(raw, byHand, absolute: 1e-12)
    #expect(given > raw + 0.1)
    expectClose(
      try sharpe("both", "factors: $g, excess: false"), try sharpe("both", "factors: $g"),
      absolute: 1e-12)
    // The intercept moves by the rate, whatever it is regressed on.
    func alpha(_ options: String) throws -> Double {
      try number(
        made + "s = long | tearsheet \(options)\na = s.alphas | where return == \"gross\"\na.alpha")
    }
    expectClose(
      try alpha("factors: $g") - alpha("factors: $g, excess: false"), 0.005, absolute: 1e-12)
  }

  @Test func whatFlowsInChoosesTheSheet() throws {
    let signal = try sheet("toy | tearsheet size, returns: ret")
    let portfolio = try sheet("toy | deciles size | portfolio returns: ret | tearsheet")
    #expect(signal.kind == .signal && portfolio.kind == .portfolio)
    for sheet in [signal, portfolio] {
      let names = Set(sheet.facts.map(\.name.firstWords))
      for fact in [
        "sample", "firms a", "returns", "excess or", "weighting", "breakpoints",
        "rebalancing", "lag rule", "delisting", "costs", "seed", "data", "program",
      ] { #expect(names.contains(fact), "\(sheet.kind) \(fact)") }
      // A dozen lines below the header.
      #expect(sheet.brief.count == 12)
      for figure in sheet.figures {
        for place in figure.values.indices {
          let name = sheet.member(figure, place)
          #expect(SheetValue.members.contains { $0.name == name }, "\(name)")
        }
      }
      for part in sheet.parts {
        #expect(SheetValue.members.contains { $0.name == part.name }, "\(part.name)")
      }
    }
  }

  @Test func figuresAreThoseOfTheOtherVerbs() throws {
    let bt = "bt = toy | deciles size | portfolio returns: ret | costs 20bps\n"
    let sheet = try sheet(bt + "bt | tearsheet")
    func figure(_ name: String) -> Double {
      sheet.figure(name).map { $0.figure.values[$0.column] } ?? .nan
    }
    #expect(figure("sharpe") == (try number(bt + "bt.sharpe")))
    #expect(figure("sharpe_net") == (try number(bt + "bt.sharpe_net")))
    #expect(figure("sortino_net") == (try number(bt + "bt.sortino")))
    #expect(figure("drawdown_net") == (try number(bt + "bt.drawdown")))
    #expect(figure("turnover") == (try number(bt + "bt.turnover")))
    #expect(
      figure("annual_return_net")
        == (try number(bt + "(bt.monthly | performance of: [\"net\"]).annual")))
    // The spread of a signal sheet is the same portfolio.
    let signal = try self.sheet("toy | tearsheet size, returns: ret, costs: 20bps")
    let spread = signal.figure("sharpe_net").map { $0.figure.values[0] }
    #expect(spread == figure("sharpe_net"))
    let ic = signal.figure("rank_ic").map { $0.figure.values[0] } ?? .nan
    let study = try InformationCoefficient(
      try ToyPanel.panel().panel.numbers("size"), try ToyPanel.panel().panel.numbers("ret"),
      index: try ToyPanel.panel().panel.index)
    #expect(ic == study.mean)
  }

  @Test func bucketsAtQuantilesAreThoseOfSorts() throws {
    let own = try number(
      "x = toy | tearsheet size, returns: ret, buckets: 3, cuts: quantiles\nx.buckets.mean")
    let sorts = try number("y = toy | sorts size, returns: ret, groups: 3\ny.mean")
    expectClose(own, sorts, absolute: 1e-12)
  }

  @Test func alphasAreThoseOfAlphas() throws {
    let bt = Self.factors + "bt = toy | deciles size | portfolio returns: ret\n"
    let own = try number(bt + "(bt | tearsheet factors: f).alphas.alpha")
    let verb = try number(
      bt + "(bt.monthly | alphas f, of: [\"gross\"], on: [\"Mkt\"], lags: 6).alpha")
    expectClose(own, verb, absolute: 1e-14)
    let sheet = try sheet(
      Self.factors + "toy | tearsheet size, returns: ret, factors: f, excess: true")
    let part = try #require(sheet.part("alphas"))
    guard case .table(let table) = part.content else { return }
    #expect(table.columnNames == ["bucket", "CAPM", "t_CAPM", "FF3", "t_FF3"])
    #expect(table.notes.contains { $0.contains("GRS of the buckets F(10,") })
  }

  @Test func modelsAndScoresHaveSheetsToo() throws {
    let text = """
      t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds
      m = t | fit ca0, k: 1, seeds: 2, epochs: 2

      """
    let model = try sheet(text + "[m, m] | tearsheet importance: true")
    #expect(model.kind == .model && model.columns.count == 2)
    for name in ["r2", "factors", "pricing", "importances", "training", "plot_r2", "plot_alphas"] {
      #expect(model.part(name) != nil, "\(name)")
    }
    let e = try number(text + "(m | evaluate on: test).r2_pred")
    #expect(model.figure("r2_pred").map { $0.figure.values[0] } == e)
    let scores = try sheet(text + "m | evaluate on: test | tearsheet")
    #expect(scores.figure("r2_pred").map { $0.figure.values[0] } == e)
    let sweep = try sheet(text + "t | sweep [ca0, ca1], k: 1..2, epochs: 2 | tearsheet")
    guard case .plot(let scene)? = sweep.part("plot_r2")?.content else {
      Issue.record("no plot")
      return
    }
    #expect(scene.series.count == 2 && scene.axis == .categories(["ca0", "ca1"]))
  }

  @Test func aSetOfPortfoliosIsTestedTogether() throws {
    let text =
      Self.factors + """
        a = toy | deciles size | portfolio returns: ret
        b = toy[2000-03..] | deciles mom, small: skip | portfolio returns: ret | costs 10bps

        """
    let sheet = try sheet(text + "[a, b] | tearsheet factors: f")
    #expect(sheet.kind == .portfolio && sheet.columns.count == 2 && sheet.brief.count == 12)
    // Over the months that both have.
    #expect(sheet.facts[0].text == "2000-03..2001-12, 22 months")
    guard case .table(let table)? = sheet.part("alphas")?.content else {
      Issue.record("no alphas")
      return
    }
    #expect(table.notes.contains { $0.contains("CAPM: GRS F(2,") })
    #expect(sheet.figure("sharpe_2") != nil)
    let named = try self.sheet(text + "{size: a, momentum: b} | tearsheet")
    #expect(named.columns == ["size", "momentum"] && named.notes.isEmpty)
    #expect(run("{x: 1} | tearsheet").codes.count == 1)
  }

  @Test func lateSignalsAreRefused() {
    // A column known with the return, as files without `known` have them.
    #expect(run("toy | tearsheet ret, returns: ret").codes == ["F0301"])
    #expect(run("toy | tearsheet size, returns: ret, weight: ret").codes == ["F0301"])
    let text = "x = toy | derive next = lead(size, 3m)\nx | tearsheet next, returns: ret"
    #expect(run(text).codes == ["F0301"])
    // The same where the text could not tell.
    #expect(run("s = \"ret\"\ntoy | tearsheet $s, returns: ret").codes == ["F0301"])
  }

  @Test(arguments: [
    (
      "panel(firm: \"A\", date: [2020-01, 2020-02, 2020-03], ret: [0.1, 0.2, 0.1], x: [1, 2, 3])",
      "F0417"
    ),
    ("toy | derive x = size * na", "F0407"), ("toy | derive x = size * 0", "F0417"),
    ("toy | derive x = size, ret = ret * na", "F0407"),
  ]) func whatCannotBeSortedIsSaid(panel: String, code: String) {
    let known = panel.hasPrefix("panel") ? " | derive r = lead(ret, 1m)" : " | derive r = ret"
    let result = run("p = \(panel)\(known)\np | tearsheet x, returns: r")
    #expect(result.codes == [code], "\(result.diagnostics.map(\.message))")
  }

  @Test func oneMonthIsEnoughForMeansOnly() throws {
    let sheet = try sheet("toy[2000-05] | tearsheet size, returns: ret, buckets: 3")
    #expect(sheet.figure("spread").map { $0.figure.values[0].isFinite } == true)
    #expect(sheet.figure("sharpe").map { $0.figure.values[0].isNaN } == true)
    #expect(!sheet.display(DisplayOptions()).isEmpty)
    var full = sheet
    full.isFull = true
    #expect(full.display(DisplayOptions()).count > 60)
    #expect(!HTMLReport(sheet.report).text.isEmpty)
  }

  @Test func gapsAndHugeValuesAreShown() throws {
    let gap = try sheet(
      "toy | derive x = if month == 2000-07 then na else size | tearsheet x, returns: ret, buckets: 5"
    )
    #expect(gap.notes.contains { $0.contains("1 month could not be sorted") })
    let huge = try sheet(
      "p = toy | derive x = size * 1e300, r = ret * 1e150\np | tearsheet x, returns: r, buckets: 5, full: true"
    )
    #expect(!huge.display(DisplayOptions()).isEmpty && !HTMLReport(huge.report).text.isEmpty)
  }

  @Test func aRuleThatNeverTradesHasNoRatios() throws {
    let sheet = try sheet(
      "toy | derive none = size * 0 | sign_policy none, returns: ret, asset: \"1\" | tearsheet")
    #expect(sheet.notes.contains { $0.hasPrefix("nothing was ever held") })
    #expect(sheet.figure("sharpe").map { $0.figure.values[0].isNaN } == true)
    #expect(!sheet.display(DisplayOptions()).isEmpty)
  }

  @Test func daysAreAnnualisedAsDays() throws {
    let panel = try Self.daily()
    let session = Session(SessionOptions())
    let folder = try TemporaryFolder()
    try CSVWriter.write(panel, to: folder.path + "/days.csv")
    let result = run(
      "p = load \"\(folder.path)/days.csv\", known: {ret: 0d, else: -1d}\np | tearsheet x, returns: ret, buckets: 3",
      in: session)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    let sheet = try #require(result.values.last.flatMap { SheetValue($0) })
    #expect(sheet.brief[3].label == "Sharpe √252")
    #expect(sheet.facts[0].text.hasSuffix("60 days"))
  }

  private static func daily() throws -> Panel {
    var stream = RandomStream(seed: 5, purpose: .example)
    // Weekdays of a quarter, twelve firms.
    let days = (18_264..<18_348).map { CalendarDate(days: Int32($0)) }.filter { !$0.isWeekend }
    let rows = days.prefix(60).flatMap { day in (0..<12).map { (Period(day), Int32($0)) } }
    let (index, _) = try PanelIndex.sorting(
      months: rows.map(\.0), assets: rows.map(\.1), names: (0..<12).map { "F\(10 + $0)" })
    return try Panel(
      index: index,
      columns: [
        ("ret", Column(numbers: rows.map { _ in stream.normal() / 100 })),
        ("x", Column(numbers: rows.map { _ in stream.normal() })),
      ], assetKey: "id", dateKey: "date", dateStyle: .day)
  }
}

extension String {
  fileprivate var firstWords: String { split(separator: " ").prefix(2).joined(separator: " ") }
}
