// Instrumented principal components against the package `ipca`; Tests/Parity/ipca says how the numbers
// were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct IPCAParityTests {
  /// The panel of the parity folder.
  private struct Panel {
    var offsets: [Int] = []
    var characteristics: [Float] = []
    var returns: [Double] = []
    let width = 4
    var months: Int { offsets.count - 1 }

    init() throws {
      let table = try CSVReader.read(path: ParityFolder.path("ipca/data.csv"))
      func column(_ name: String) throws -> [Double] {
        let position = try #require(table.position(name))
        return try #require(table.columns[position].numbers)
      }
      let months = try column("month")
      let z = try (1...4).map { try column("c\($0)") }
      for row in months.indices {
        if row == 0 || months[row] != months[row - 1] { offsets.append(row) }
        characteristics += z.map { Float($0[row]) }
      }
      returns = try column("ret")
      offsets.append(returns.count)
    }

    /// The equal-weighted mean return of each month.
    var market: [Double] {
      (0..<months).map { t in
        let rows = returns[offsets[t]..<offsets[t + 1]]
        return rows.reduce(0, +) / Double(rows.count)
      }
    }

    func fits(_ fit: InstrumentedFit, columns: Int) -> [Double] {
      (0..<months).flatMap { t in
        (offsets[t]..<offsets[t + 1]).map { row in
          (0..<columns).reduce(0) { sum, k in
            let gamma = fit.gamma[(k * 5)..<((k + 1) * 5)]
            let loading = (0..<4).reduce(gamma.last ?? 0) {
              $0 + gamma[k * 5 + $1] * Double(characteristics[row * 4 + $1])
            }
            return sum + loading * fit.factors[k * months + t]
          }
        }
      }
    }
  }

  private static func expected() throws -> [String: [[Double]]] {
    let table = try CSVReader.read(path: ParityFolder.path("ipca/expected.csv"))
    func position(_ name: String) throws -> Int { try #require(table.position(name)) }
    let (cases, kinds) = (
      table.columns[try position("case")], table.columns[try position("kind")]
    )
    let numbers = try ["row", "column", "value"].map { name in
      try #require(table.columns[try position(name)].numbers)
    }
    var found: [String: [[Double]]] = [:]
    for row in 0..<table.rowCount {
      let key = "\(cases.text(at: row) ?? "") \(kinds.text(at: row) ?? "")"
      found[key, default: []].append(numbers.map { $0[row] })
    }
    return found
  }

  @Test(arguments: ["k1", "k2", "k3", "alpha", "market"])
  func estimatesAgree(name: String) throws {
    let panel = try Panel()
    let expected = try Self.expected()
    let latent = ["k1": 1, "k2": 2, "k3": 3, "alpha": 2, "market": 1][name] ?? 1
    let ones = [Double](repeating: 1, count: panel.months)
    let observed = name == "alpha" ? [ones] : name == "market" ? [panel.market] : []
    let moments = try MonthlyMoments(
      characteristics: panel.characteristics, count: panel.width, returns: panel.returns,
      offsets: panel.offsets, months: 0..<panel.months)
    let squares = try AlternatingLeastSquares(
      InstrumentedPanel(moments, latent: latent, observed: observed), ridge: 0)
    var (change, rounds) = (1.0, 0)
    while change > 1e-12, rounds < 20_000 {
      change = try squares.round().change
      rounds += 1
    }
    let fit = squares.fit
    for part in expected["\(name) gamma"] ?? [] {
      let place = Int(part[1]) * 5 + Int(part[0])
      expectClose(fit.gamma[place], part[2], absolute: 1e-6, "gamma \(part)")
    }
    for part in expected["\(name) factor"] ?? [] {
      let place = Int(part[1]) * panel.months + Int(part[0])
      expectClose(fit.factors[place], part[2], absolute: 1e-6, "factor \(part)")
    }
    let fits = try #require(expected["\(name) fit"]).map { $0[2] }
    expectClose(
      panel.fits(fit, columns: latent + observed.count), fits, absolute: 1e-6, "fits")
  }
}
