// Tests of candles of an exchange: what its pages do and what becomes of them.

import FactorRuntime
import TestSupport
import Testing

@Suite struct CandleTests {
  private static let hour = 3_600_000

  private func page(
    _ symbol: String, _ closes: [(hour: Int, close: Double)], answered: Int? = nil
  ) -> CandlePage {
    CandlePage(
      symbol: symbol,
      candles: closes.map {
        Candle(start: $0.hour * Self.hour, values: [1, 2, 0.5, $0.close, 10, 20])
      }, answered: answered.map { $0 * Self.hour })
  }

  private func json(_ text: String) throws -> CandlePage {
    try CandlePage(json: JSON(parsing: Array(text.utf8)))
  }

  @Test func storedPagesAreReadWhateverTheirOrder() throws {
    let found = try json(
      """
      {"retCode":0,"retMsg":"OK","result":{"symbol":"BTCUSDT","list":[
      ["7200000","2","3","2","2.5","5","12"],["3600000","1","2","1","2","4","7"]]},"time":9000000}
      """)
    #expect(found.symbol == "BTCUSDT" && found.answered == 9_000_000)
    #expect(found.candles.map(\.start) == [7_200_000, 3_600_000])
    // The candle of 02:00 was open when the page was answered at 02:30.
    let joined = try CandlePanel([found])
    #expect(joined.panel.count == 1 && joined.minutes == 60)
    #expect(joined.ledger.reasons.map(\.count) == [1])
  }

  @Test func refusalsCarryTheReason() {
    let text = #"{"retCode":10006,"retMsg":"Too many visits!","result":{}}"#
    #expect(throws: CandlePage.Fault.refused(code: 10_006, message: "Too many visits!")) {
      try json(text)
    }
  }

  @Test(arguments: [
    #"[]"#, #"{"retCode":0}"#, #"{"retCode":0,"result":{"symbol":"A"}}"#,
    #"{"retCode":0,"result":{"symbol":"A","list":[["1","2"]]}}"#,
    #"{"retCode":0,"result":{"symbol":"A","list":[["x","1","1","1","1","1","1"]]}}"#,
    #"{"retCode":0,"result":{"symbol":"A","list":[["60001","1","1","1","1","1","1"]]}}"#,
    #"{"retCode":0,"result":{"symbol":"A","list":[["60000","1","1","1","0","1","1"]]}}"#,
    #"{"retCode":0,"result":{"symbol":"A","list":[["60000","1","1","1","nan","1","1"]]}}"#,
  ])
  func whatIsNoAnswerIsRefused(text: String) {
    #expect(throws: CandlePage.Fault.self) { try json(text) }
  }

  @Test func assetsAreJoinedByTimeAndReturnsStopAtGaps() throws {
    let a = page("A", [(5, 4), (3, 2), (2, 1), (1, 1)])
    let b = page("B", [(1, 8), (2, 4), (3, 2), (4, 2), (5, 1)])
    let inner = try CandlePanel([a, b])
    #expect(inner.panel.monthCount == 4 && inner.panel.count == 8)
    #expect(inner.panel.index.clock == .minutes(60))
    #expect(inner.gaps.map(\.asset) == ["A", "B"])
    let returns = try inner.panel.numbers("ret")
    // By hour and asset: the first hour has none, the fifth comes after a gap.
    expectClose(Array(returns[2..<6]), [0, -0.5, 1, -0.5], absolute: 1e-15)
    #expect(returns[0].isNaN && returns[1].isNaN && returns[6].isNaN && returns[7].isNaN)
    let outer = try CandlePanel([a, b], join: .outer)
    #expect(outer.panel.count == 9 && outer.gaps.map(\.asset) == ["A"])
  }

  @Test func theLaterAnswerDecides() throws {
    let old = page("A", [(2, 7), (1, 5)], answered: 9)
    let new = page("A", [(3, 8), (2, 6)], answered: 10)
    for pages in [[old, new], [new, old]] {
      let joined = try CandlePanel(pages)
      #expect(try joined.panel.numbers("close") == [5, 6, 8])
      #expect(joined.ledger.rowsIn == 4 && joined.ledger.rowsOut == 3)
    }
  }

  @Test func daysWithoutRestHaveGapsToo() throws {
    let days = page("A", [(0, 1), (24, 2), (72, 4)])
    let joined = try CandlePanel([days])
    #expect(
      joined.panel.index.months.map(\.description) == ["1970-01-01", "1970-01-02", "1970-01-04"])
    #expect(joined.panel.index.clock.place(joined.panel.index.months[2]) == 3)
    #expect(try joined.panel.numbers("ret")[2].isNaN)
  }

  @Test func filesThatDoNotFitAreRefused() {
    #expect(throws: CandlePanel.Fault.empty) { try CandlePanel([page("A", [])]) }
    #expect(throws: CandlePanel.Fault.unknownInterval) { try CandlePanel([page("A", [(1, 1)])]) }
    #expect(throws: CandlePanel.Fault.nothingShared(assets: ["A", "B"])) {
      try CandlePanel([page("A", [(1, 1), (2, 1)]), page("B", [(3, 1), (4, 1)])])
    }
    #expect(throws: CandlePanel.Fault.uneven(asset: "A", minutes: 60, interval: 180)) {
      try CandlePanel([page("A", [(1, 1), (2, 1)])], minutes: 180)
    }
  }
}
