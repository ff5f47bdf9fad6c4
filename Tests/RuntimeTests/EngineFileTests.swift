// Parquet files and questions to databases, where the engine is at hand.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct EngineFileTests {
  private static let sample =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(2).joined(separator: "/") + "/Parity/files/panel.parquet"

  private func isThere() -> Bool {
    if !EngineFile.isAvailable { print("skipped: the engine for Parquet is not here") }
    return EngineFile.isAvailable
  }

  private func read(_ path: String, _ query: String? = nil, _ budget: Budget = Budget()) throws
    -> (panel: Panel, ledger: LedgerLine)
  {
    var options = CSVOptions()
    options.query = query
    return try PanelReader.read(path: path, options: options, budget: budget)
  }

  @Test func withoutTheEngineTheCommandIsNamed() {
    guard !EngineFile.isAvailable else { return }
    do {
      _ = try read(Self.sample)
      Issue.record("read without an engine")
    } catch FileError.missingEngine(_, let command) {
      #expect(command.contains("pip install"))
    } catch { Issue.record("\(error)") }
  }

  @Test func aParquetFileIsRead() throws {
    guard isThere() else { return }
    let (panel, ledger) = try read(Self.sample)
    #expect(panel.index.assetNames == ["10107", "14593"])
    #expect(panel.index.months.map(\.description) == ["2004-01", "2004-02"])
    #expect(try panel.numbers("size") == [1.25, 3.5, 2, Double(Float(-1000.3))])
    let returns = try panel.numbers("ret")
    #expect(returns[0] == 0.5 && returns[1].isNaN && returns[2] == -0.25 && returns[3] == 0.125)
    #expect(try panel.column("sector").text(at: 3) == "Oil & Gas")
    #expect(ledger.notes.contains("left out: tags (integer[])"))
    let header = try PanelReader.header(of: Self.sample)
    #expect(header.columns.map(\.name) == ["ret", "size", "sector"])
  }

  @Test func aQueryChoosesColumnsAndRows() throws {
    guard isThere() else { return }
    let panel = try read(Self.sample, "select date, permno, ret from data where ret > 0;").panel
    #expect(panel.names == ["ret"] && panel.count == 2)
  }

  @Test(arguments: [
    "drop view data", "copy data to '/dev/null'", "select 1; select 2", "selekt", "",
    "select * from nowhere", "select * from read_csv('/etc/hostname')",
  ])
  func whatDoesMoreThanReadIsRefused(query: String) {
    guard isThere() else { return }
    #expect(throws: FileError.self) { try read(Self.sample, query) }
  }

  @Test func aQueryNeedsADatabase() {
    let path = SharedData.example("us-stocknet88/us_stocknet88_monthly_2013_2017.csv")
    #expect(throws: FileError.self) { try read(path, "select 1") }
  }

  @Test func cutFilesAreRefused() throws {
    guard isThere() else { return }
    let (bytes, folder) = (try FileSystem.read(Self.sample), try ScratchFolder())
    for length in stride(from: 0, to: bytes.count, by: 61) {
      let path = try folder.write("cut.parquet", bytes.prefix(length))
      #expect(throws: (any Error).self) { try read(path) }
    }
  }

  @Test func memoryAndInterruptionAreErrors() {
    guard isThere() else { return }
    #expect(throws: BudgetError.self) { try read(Self.sample, nil, Budget(memoryLimit: 50)) }
    let budget = Budget()
    budget.cancel()
    #expect(throws: BudgetError.cancelled) { try read(Self.sample, nil, budget) }
  }
}
