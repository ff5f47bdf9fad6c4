// Tests of panels: sorting, selection with its ledger, lags that respect gaps.

import FactorRuntime
import TestSupport
import Testing

@Suite struct PanelTests {
  @Test func rowsAreSortedByMonthAndAsset() throws {
    let panel = try TestPanels.make([
      ("10", "2001-02", 1), ("9", "2001-02", 2), ("B", "2001-01", 3), ("A", "2001-02", 4),
    ])
    #expect(panel.index.assetNames == ["9", "10", "A", "B"])
    expectClose(try panel.numbers("x"), [3, 2, 1, 4])
    #expect(panel.index.months.map(\.description) == ["2001-01", "2001-02"])
    #expect(panel.index.offsets == [0, 1, 4])
  }

  @Test func duplicateKeysNameTheRowsGiven() throws {
    let error = #expect(throws: PanelError.self) {
      try TestPanels.make([("B", "2001-01", 1), ("A", "2001-01", 2), ("B", "2001-01", 3)])
    }
    #expect(
      error
        == .duplicateKeys(
          asset: "B", month: Period(index: 24_012), rows: [0, 2], count: 1))
    #expect(error?.message.contains("rows 1, 3") == true)
  }

  @Test func missingKeysAreRefused() {
    #expect(throws: PanelError.missingKey(key: "date", row: 0, count: 1)) {
      try TestPanels.make([("A", "nonsense", 1), ("A", "2001-01", 2)])
    }
  }

  @Test func lagRespectsCalendarGapsAndFirms() throws {
    let panel = try TestPanels.make([
      ("A", "2001-01", 1), ("A", "2001-02", 2), ("A", "2001-04", 4), ("B", "2001-03", 30),
      ("B", "2001-04", 40),
    ])
    let x = try panel.column("x")
    let lagged = try panel.lagged(x, by: 1)
    expectClose(try #require(lagged.numbers), [.nan, 1, .nan, .nan, 30])
    #expect(lagged.known == -1)
    expectClose(try #require(panel.lagged(x, by: -1).numbers), [2, .nan, 40, .nan, .nan])
    let rows = panel.index.lagRows(by: 1)
    #expect(Timelines(panel.index).lagRows(by: 1) == rows)
    #expect(Timelines(panel.index).lagRows(by: -1) == panel.index.lagRows(by: -1))
  }

  @Test func filterCountsEveryReason() throws {
    let panel = try TestPanels.make([
      ("A", "2001-01", 1), ("B", "2001-01", 0), ("C", "2001-02", .nan), ("D", "2001-02", 1),
    ])
    let (kept, ledger) = try panel.filtered(by: panel.column("x"))
    #expect(kept.count == 2)
    #expect(kept.index.assetNames == ["A", "D"])
    #expect(ledger.reasons.map(\.count) == [1, 1])
    let (all, note) = try panel.filtered(by: panel.column("x"), missing: .keep)
    #expect(all.count == 3 && note.notes.count == 1)
  }

  @Test func sliceOutsideTheDataNamesTheRealRange() throws {
    let panel = try TestPanels.make([("A", "2001-01", 1), ("A", "2001-05", 2)])
    let (late, ledger) = try panel.slice(from: Period("2001-02"), through: nil)
    #expect(late.count == 1 && ledger.reasons.map(\.text) == ["rows before"])
    let error = #expect(throws: PanelError.self) {
      try panel.slice(from: Period("2002-01"), through: nil)
    }
    #expect(error?.message.contains("2001-01..2001-05") == true)
    #expect(throws: PanelError.noSuchAsset(name: "Z", assets: 1)) { try panel.slice(assets: ["Z"]) }
  }

  @Test func columnsAreChosenAndRenamed() throws {
    let panel = try TestPanels.make([("A", "2001-01", 1)]).with("y", Column(text: ["a"]))
    #expect(try panel.keeping(["y"]).names == ["y"])
    #expect(try panel.renaming("x", to: "z").names == ["z", "y"])
    #expect(throws: PanelError.duplicateColumn(name: "y")) { try panel.renaming("x", to: "y") }
    #expect(throws: PanelError.noSuchColumn(name: "q", available: ["x", "y"])) {
      try panel.column("q")
    }
    #expect(throws: PanelError.wrongKind(name: "y", expected: "numbers", found: "text")) {
      try panel.numbers("y")
    }
  }

  @Test func infinitiesBecomeMissing() {
    #expect(Column(numbers: [1, .infinity, -.infinity, .nan]).missingCount == 3)
  }

  @Test func summaryDescribesColumnsAndMonths() throws {
    let panel = try TestPanels.make([
      ("A", "2001-01", 1), ("B", "2001-01", 2), ("A", "2001-03", .nan), ("B", "2001-03", 3),
      ("C", "2001-03", 6),
    ])
    let summary = try panel.summary()
    #expect(summary.items[0].missing == 1)
    expectClose(summary.items[0].mean, 3)
    expectClose(summary.items[0].quartiles, [1, 1.75, 2.5, 3.75, 6])
    #expect(summary.assetsPerMonth == (2, 2.5, 3))
    #expect(summary.emptyMonths == 1)
  }
}
