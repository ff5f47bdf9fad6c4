// Alphas of published IPCA factors on the five factors of the library, against statsmodels, where the data are at hand.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct PublishedFactorTests {
  private static let package = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  private func numbers(_ name: String, of table: CSVTable) throws -> [Double] {
    let place = try #require(table.position(name))
    return try #require(table.columns[place].numbers)
  }

  @Test func alphasAreThoseOfStatsmodels() throws {
    let places = [FileSystem.environment("FQ_SHARED_DATA"), Self.package + "/../shared/data"]
    guard let folder = places.compactMap({ $0 }).first(where: { FileSystem.exists($0 + "/french") })
    else {
      print("skipped: the shared data is not here")
      return
    }
    var options = SessionOptions()
    options.folder = folder
    let events = EventList()
    let text = """
      ipca = series "anomaly-portfolios/ipca_1981_2020.csv"
      ff = french "french/F-F_Research_Data_5_Factors_2x3.csv"
      ipca | alphas ff, on: ["Mkt-RF", "SMB", "HML", "RMW", "CMA"], se: nw, lags: 6
      """
    #expect(Session(options).run(Source(name: "published.fq", text: text), to: events) == .done)
    let shown = events.all.compactMap { event -> Table? in
      if case .value(.table(let table), _) = event { return table }
      return nil
    }
    let alphas = try #require(shown.last)
    let expected = try CSVReader.read(path: Self.package + "/Tests/Parity/published/expected.csv")
    for name in ["mean", "alpha", "t", "r2"] {
      let found = try #require(alphas.column(name)?.numbers)
      for (a, b) in zip(found, try numbers(name, of: expected)) {
        #expect(abs(a - b) <= 1e-9 * abs(b), "\(name): \(a), not \(b)")
      }
      #expect(found.count == 5)
    }
  }
}
