// Regressions and their errors, against statsmodels, R, linearmodels and scipy; Tests/Parity/inference says how.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct InferenceParityTests {
  private let expected: JSON
  private let data: CSVTable
  private let panel: CSVTable

  init() throws {
    data = try CSVReader.read(path: ParityFolder.path("inference/data.csv"))
    panel = try CSVReader.read(path: ParityFolder.path("inference/panel.csv"))
    expected = try JSON(
      parsing: try FileSystem.read(ParityFolder.path("inference/expected.json")))
  }

  private func column(_ name: String, of table: CSVTable) throws -> [Double] {
    let position = try #require(table.position(name))
    return try #require(table.columns[position].numbers)
  }

  private func numbers(_ json: JSON?) -> [Double] {
    guard case .list(let items)? = json else { return [] }
    return items.map(number)
  }

  private func number(_ json: JSON?) -> Double {
    if case .number(let value)? = json { value } else { .nan }
  }

  private func lists(_ json: JSON?) -> [[Double]] {
    guard case .list(let items)? = json else { return [] }
    return items.map { numbers($0) }
  }

  private func factors() throws -> [[Double]] {
    try (0..<3).map { try column("f\($0)", of: data) }
  }

  private func design() throws -> Matrix {
    let f = try factors()
    return Matrix(f[0].indices.map { t in [1] + f.map { $0[t] } })
  }

  @Test(arguments: 0..<5) func errorsOfEveryKindAgree(n: Int) throws {
    let row = expected["regressions"]?["y\(n)"]
    let (x, y) = (try design(), try column("y\(n)", of: data))
    let plain = try Regression(x, y, constant: 0)
    expectClose(plain.coefficients, numbers(row?["coef"]), relative: 1e-11)
    expectClose(plain.standardErrors, numbers(row?["ols"]), relative: 1e-11)
    expectClose(plain.pValues, numbers(row?["p"]), relative: 1e-9)
    expectClose(plain.fit.rSquared, number(row?["r2"]), relative: 1e-12)
    expectClose(
      plain.adjustedRSquared(hasConstant: true), number(row?["adjusted"]), relative: 1e-12)
    let white = try Regression(x, y, .white)
    expectClose(white.standardErrors, numbers(row?["white"]), relative: 1e-10)
    for lags in [0, 4, 12] {
      let found = try Regression(x, y, .nw, lags: lags)
      expectClose(found.standardErrors, numbers(row?["nw\(lags)"]), relative: 1e-10)
    }
    let r = try Regression(x, y, .r, constant: 0)
    #expect(r.lags == Int(number(row?["r_lags"])))
    expectClose(r.standardErrors, numbers(row?["r"]), relative: 1e-9)
  }

  @Test func aMeanHasTheErrorOfR() throws {
    let row = expected["regressions"]?["mean"]
    let y = try column("y0", of: data)
    let ones = Matrix(rows: y.count, columns: 1, repeating: 1)
    let found = try Regression(ones, y, .r, constant: 0)
    #expect(found.lags == Int(number(row?["r_lags"])))
    expectClose(found.standardErrors, numbers(row?["r"]), relative: 1e-9)
  }

  @Test func alphasAreTestedTogether() throws {
    let test = try GRSTest(try (0..<5).map { try column("y\($0)", of: data) }, try factors())
    expectClose(test.statistic, number(expected["grs"]?["statistic"]), relative: 1e-9)
    expectClose(test.pValue, number(expected["grs"]?["p"]), relative: 1e-8)
    #expect(test.degrees == (5, 172))
  }

  @Test func slopesOfMonthsAgree() throws {
    let (t, y) = (try column("t", of: panel), try column("ret", of: panel))
    let x = [try column("a", of: panel), try column("b", of: panel)]
    var rows: [Range<Int>] = []
    for month in 0..<60 {
      let first = try #require(t.firstIndex(of: Double(month)))
      rows.append(first..<(t.firstIndex(of: Double(month + 1)) ?? t.count))
    }
    let found = try FamaMacBeth(y, x, rows: rows, .nw, lags: 3)
    let row = expected["fama_macbeth"]
    #expect(found.skipped.isEmpty && found.months.count == 60)
    expectClose(found.means.map { $0.coefficients[0] }, numbers(row?["slopes"]), relative: 1e-10)
    expectClose(found.means.map { $0.standardErrors[0] }, numbers(row?["nw3"]), relative: 1e-9)
    let plain = try FamaMacBeth(y, x, rows: rows, .nw, lags: 0)
    expectClose(plain.means.map { $0.standardErrors[0] }, numbers(row?["plain"]), relative: 1e-9)
  }

  @Test func pooledRowsAgree() throws {
    let time = try column("t", of: panel)
    let named = panel.columns[try #require(panel.position("firm"))]
    let firm = time.indices.map { named.text(at: $0).flatMap { Double($0) } ?? .nan }
    let y = try column("ret", of: panel)
    let (a, b) = (try column("a", of: panel), try column("b", of: panel))
    let whole = y.indices.filter { !y[$0].isNaN && !a[$0].isNaN && !b[$0].isNaN }
    let x = Matrix(whole.map { [1, a[$0], b[$0]] })
    let target = whole.map { y[$0] }
    let weights = whole.map { 1 + Double((Int(firm[$0]) * 7 + Int(time[$0]) * 3) % 5) }
    let firms = RowGroups(whole.map { Int32(firm[$0]) })
    let times = RowGroups(whole.map { Int32(time[$0]) })

    func check(
      _ name: String, effects: [RowGroups] = [], weighted: Bool = false,
      _ errors: PanelRegression.Errors, slopesOnly: Bool = false, factor: Double = 1
    ) throws {
      let found = try PanelRegression(
        x, target, effects: effects, weights: weighted ? weights : nil, errors: errors)
      let row = expected["pooled"]?[name]
      let from = slopesOnly ? 1 : 0
      expectClose(
        Array(found.fit.coefficients[from...]), numbers(row?["coef"]), relative: 1e-9, name)
      expectClose(
        found.standardErrors[from...].map { $0 / factor }, numbers(row?["se"]), relative: 1e-9, name
      )
    }
    try check("ols", weighted: true, .ols)
    try check("white", weighted: true, .white)
    try check("firm", weighted: true, .cluster([firms]))
    try check("both", .cluster([firms, times]))
    try check("effects ols", effects: [firms, times], .ols, slopesOnly: true)
    try check("effects white", effects: [firms, times], .white, slopesOnly: true)
    try check("weighted effects", effects: [firms], weighted: true, .ols, slopesOnly: true)
    let (groups, rows) = (Double(firms.count), Double(whole.count))
    try check(
      "effects firm", effects: [firms], .cluster([firms]), slopesOnly: true,
      factor: (groups / (groups - 1) * (rows - 1) / (rows - 3)).squareRoot())
  }

  /// Ten thousand points against fifty digits of mpmath: 1e-12, and 1e-10 where less than 1e-12 is left.
  @Test func tailsAgreeFarOut() throws {
    let table = try CSVReader.read(path: ParityFolder.path("tails/tails.csv"))
    let kinds = table.columns[try #require(table.position("kind"))]
    let (x, a) = (try column("x", of: table), try column("a", of: table))
    let (b, p) = (try column("b", of: table), try column("p", of: table))
    #expect(x.count == 10_000)
    var off = 0
    for k in x.indices {
      let found: Double
      switch kinds.text(at: k) {
      case "normal": found = TailProbability.normal(x[k])
      case "student": found = TailProbability.student(x[k], degrees: a[k])
      case "fisher": found = TailProbability.fisher(x[k], a[k], b[k])
      default: found = TailProbability.chiSquared(x[k], degrees: a[k])
      }
      // What is below the smallest normal number has fewer digits to agree in.
      guard p[k] > 1e-300 else { continue }
      let error = abs(found - p[k]) / p[k]
      if error > (p[k] < 1e-12 ? 1e-10 : 1e-12) {
        off += 1
        if off < 5 {
          Issue.record("\(kinds.text(at: k) ?? "") \(x[k]) \(a[k]) \(b[k]): \(found), not \(p[k])")
        }
      }
    }
    #expect(off == 0)
  }

  @Test func tailsAgree() {
    let tails = expected["tails"]
    for row in lists(tails?["student"]) {
      expectClose(TailProbability.student(row[0], degrees: row[1]), row[2], relative: 1e-12)
    }
    for row in lists(tails?["fisher"]) {
      expectClose(TailProbability.fisher(row[0], row[1], row[2]), row[3], relative: 1e-11)
    }
    for row in lists(tails?["chi"]) {
      expectClose(TailProbability.chiSquared(row[0], degrees: row[1]), row[2], relative: 1e-11)
    }
    for row in lists(tails?["normal"]) {
      expectClose(TailProbability.normal(row[0]), row[1], relative: 1e-13)
    }
  }
}
