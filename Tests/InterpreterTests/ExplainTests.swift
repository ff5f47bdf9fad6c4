// `explain`: formulas from the one definition, inputs from the owner, and a word where there is nothing to say.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct ExplainTests {
  private static let made = """
    bt = toy | deciles size | portfolio returns: ret | costs 20bps
    s = bt | tearsheet lags: 3
    t = bt.monthly | performance

    """

  private func explained(_ what: String, _ before: String = made) throws -> [String: String] {
    let result = run(before + "explain \(what)")
    #expect(result.status == .done, "\(what): \(result.diagnostics.map(\.message))")
    guard case .table(let table)? = result.values.last else { return [:] }
    let (names, texts) = (table.columns[0].column, table.columns[1].column)
    return Dictionary(
      (0..<table.count).map { (names.text(at: $0) ?? "", texts.text(at: $0) ?? "") },
      uniquingKeysWith: { first, _ in first })
  }

  @Test func aFigureOfASheetSaysAll() throws {
    let found = try explained("s.sharpe_net")
    #expect(found["formula"] == Statistic.sharpe.formula)
    #expect(found["convention"] == Statistic.sharpe.convention)
    #expect(found["source"] == Statistic.sharpe.reference)
    #expect(found["A"] == "12 months in a year" && found["of"] == "net")
    #expect(found["costs"]?.contains("20bps") == true)
    #expect(found["sample"] == "2000-01..2001-12, 24 months")
    let value = run(Self.made + "s.sharpe_net").values.last.flatMap { Double($0) }
    #expect(found["value"] == value.map { "\($0)" })
    #expect(try explained("s.t")["lags"] == "3")
  }

  @Test func membersOfResultsAreExplained() throws {
    let backtest = try explained("bt.drawdown")
    #expect(backtest["formula"] == Statistic.drawdown.formula)
    #expect(backtest["terms"]?.contains("equal-weighted") == true)
    let column = try explained("t.sortino")
    #expect(column["formula"] == Statistic.sortino.formula && column["note"]?.isEmpty == false)
    let table = try explained("t")
    #expect(table["sharpe"]?.contains(Statistic.sharpe.formula) == true)
    #expect(try explained("s.drawdowns")["depth"]?.contains(Statistic.drawdown.formula) == true)
    #expect(try explained("s")["sharpe"]?.contains(Statistic.sharpe.formula) == true)
    let panel = try explained("toy.size")
    #expect(panel["known at"] == "t-1m" && panel["holds"]?.isEmpty == false)
    #expect(try explained("s.plot_growth")["is"]?.contains("plot") == true)
  }

  @Test func scoresAreExplained() throws {
    let before = """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      e = t | fit ca0, k: 1, seeds: 2, epochs: 2 | evaluate on: test

      """
    let found = try explained("e.r2_total", before)
    #expect(found["formula"] == Statistic.totalR2.formula)
    #expect(found["seed"]?.hasPrefix("2 seeds") == true && found["model"] == "ca0")
    #expect(found["sample"]?.hasPrefix("test 2001-05") == true)
  }

  @Test func scoresOfOtherBlocksSayTheirOwnSample() throws {
    let before = """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      m = t | fit ca0, k: 1, seeds: 2, epochs: 2
      e = m | evaluate on: test, at: portfolios
      s = m | tearsheet

      """
    for what in ["e.r2_pred_train", "e.r2_total_train", "s.r2_pred_train"] {
      let found = try explained(what, before)
      #expect(found["sample"] == "train 2000-01..2000-08, 8 months", "\(what)")
      #expect(found["firm-months"] != nil && found["model"] ?? "ca0" == "ca0")
    }
    #expect(try explained("e.r2_pred_train", before)["level"] == "portfolios")
    #expect(
      try explained("e.r2_pred_valid", before)["sample"] == "valid 2000-09..2001-04, 8 months")
    #expect(try explained("s.r2_pred", before)["sample"]?.hasPrefix("2001-05") == true)
  }

  @Test func numbersAloneAreNot() {
    #expect(run("explain 5").codes == ["F0201"])
    #expect(run(Self.made + "x = s.sharpe\nexplain x").codes == ["F0201"])
    #expect(run(Self.made + "explain s.sharp").codes == ["F0106"])
    #expect(run("explain \"text\"").codes == ["F0201"])
  }

  @Test func figuresHaveAPageOfHelp() {
    let page = HelpPage.page(for: "sortino", catalog: .standard) ?? []
    #expect(page.contains { $0.contains(Statistic.sortino.formula) })
    // A verb of the same name comes first.
    #expect(
      HelpPage.page(for: "importance", catalog: .standard)?[0].hasPrefix("… | importance") == true)
  }
}
