// Forecasts added to panels: aligned, known in time, and blind to what comes later.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct PanelForecastTests {
  private func panel(_ result: RunResult, _ name: String) throws -> Panel {
    guard case .panel(let value)? = result.session.environment[name] else {
      Issue.record("\(name): \(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no panel")
    }
    return value.panel
  }

  static let lagged = """
    m = toy | setup target: ret, features: [size, mom] | split thirds | fit cvra, k: 1, seeds: 2, epochs: 4

    """
  static let leading = """
    m = toy | setup target: lead(ret, 1m), features: [size, mom] | split thirds | fit cvra, k: 1, seeds: 2, epochs: 4

    """

  @Test func laggedFeaturesGiveTheForecastsOfTheTask() throws {
    let result = run(Self.lagged + "a = m | predict\nb = toy | predict m")
    let (task, own) = (try panel(result, "a"), try panel(result, "b"))
    #expect(try own.numbers("pred") == task.numbers("predicted"))
    #expect(try own.column("pred").known == -1)
    #expect(try own.numbers("realised") == own.numbers("ret"))
  }

  // The forecast of the return of month t + 1 stands at t, also where that return is not known yet.
  @Test func leadingTargetsAreForecastAtTheirOwnRow() throws {
    let result = run(Self.leading + "a = m | predict\nb = toy | predict m, as: \"f\"")
    let (task, own) = (try panel(result, "a"), try panel(result, "b"))
    #expect(try own.column("f").known == 0)
    let forecast = try own.numbers("f")
    let predicted = try task.numbers("predicted")
    var compared = 0
    for row in 0..<own.count {
      let name = own.index.assetNames[Int(own.index.assets[row])]
      guard let code = task.index.code(ofAsset: name),
        let place = task.index.row(asset: code, month: own.index.rowMonths[row] + 1)
      else { continue }
      #expect(forecast[row] == predicted[place])
      compared += 1
    }
    #expect(compared == task.count)
    // Firm 29 leaves for a month and all firms lack the return after the end: still forecast.
    #expect(forecast.allSatisfy { $0.isFinite })
    #expect(result.ledger.last?.detail.contains("wait for their return") == true)
  }

  @Test(arguments: [lagged, leading])
  func laterRowsChangeNoForecast(setup: String) throws {
    let shift = setup == Self.lagged ? 0 : 1
    let result = run(
      setup + """
        late = toy | derive ret = if month >= 2001-04 then ret * -3 + 0.1 else ret
        later = late | derive size = if month > 2001-04 then -size else size
        a = toy | predict m
        b = later | predict m
        """)
    let (a, b) = (try panel(result, "a"), try panel(result, "b"))
    let (x, y) = (try a.numbers("pred"), try b.numbers("pred"))
    let months = a.index.rowMonths
    // Returns of 2001-04 and later differ; with the lead, the row of 2001-03 forecasts 2001-04.
    let border = try #require(Period(year: 2001, month: 4))
    for row in 0..<a.count where months[row] <= border + -shift {
      #expect(x[row].bitPattern == y[row].bitPattern, "\(months[row])")
    }
    #expect(zip(x, y).contains { $0 != $1 })
  }

  @Test func monthsWithoutAnyReturnAreCounted() throws {
    let result = run(
      Self.lagged + """
        gap = toy | derive ret = if month in 2000-05..2000-06 then na else ret
        b = gap | predict m
        """)
    let values = try panel(result, "b")
    let missing = try values.numbers("pred").count { $0.isNaN }
    #expect(missing > 50)
    #expect(result.notes.contains { $0.contains("\(missing) rows in months without any return") })
  }

  @Test func theForecastCanBeSortedAndHeld() {
    let result = run(
      Self.leading + """
        b = toy | predict m, as: "f" | deciles f | portfolio long: 10, short: 1
        b.sharpe < 100
        first = b.monthly | top 1, by: month, smallest: true
        first.month
        """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    // Sorted at 2000-01, earned in 2000-02.
    #expect(result.shown.contains("2000-02"))
  }

  @Test func aModelFromAFileForecastsANewPanel() throws {
    let folder = try TemporaryFolder()
    let result = run(
      Self.leading + """
        save m, "\(folder.path)/m.fqm"
        a = toy | predict m
        b = toy | predict open("\(folder.path)/m.fqm")
        """)
    #expect(try panel(result, "a").numbers("pred") == panel(result, "b").numbers("pred"))
  }

  @Test(arguments: [
    ("toy | select ret, size | predict m", "F0101"), ("toy | predict m, as: \"month\"", "F0015"),
    ("toy | derive size = lead(size, 5m) | predict m", "F0301"), ("toy | predict", "F0107"),
    ("m | predict m", "F0201"), ("toy | select size, mom | predict m", "F0101"),
    ("toy | predict m | deciles realised", "F0301"),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.leading + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }

  // AT-1, through the language: what is forecast for a month does not depend on the factors of that month.
  @Test func forecastsDoNotReadTheFactorsOfTheirMonth() throws {
    let result = run(
      """
      w = synth world: drifting_beta, firms: 12, months: 120
      t = w | setup target: ret, factors: [mkt, smb] | split thirds
      m = t | fit rolling_ols, window: 30, step: 3, min_obs: 20
      a = w | predict m
      b = w | derive mkt = if date < 1980-05-01 then mkt else 0.3 - 2 * mkt | predict m
      """)
    let (plain, moved) = (try panel(result, "a"), try panel(result, "b"))
    let (before, after) = (try plain.numbers("pred"), try moved.numbers("pred"))
    let start = try #require(Period("1980-05-01"))
    var differ = 0
    for (row, month) in plain.index.rowMonths.enumerated() {
      if month <= start { #expect(before[row] == after[row]) }
      if month > start, before[row] != after[row] { differ += 1 }
    }
    #expect(differ > 100)
  }
}
