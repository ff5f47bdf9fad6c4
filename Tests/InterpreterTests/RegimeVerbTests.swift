// States, factors, regimes and paths through the language.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct RegimeVerbTests {
  static let fit =
    "t = toy | setup target: ret, features: [size, mom] | split thirds\n"
    + "m = t | fit cvra, k: 2, seeds: 2, epochs: 3\n"

  private func table(_ result: RunResult, _ name: String) throws -> Table {
    guard case .table(let table)? = result.session.environment[name] else {
      Issue.record("\(name): \(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no table")
    }
    return table
  }

  @Test func statesAreFilteredAndFactorsBelongToThem() throws {
    let result = run(
      Self.fit + """
        s = m | states
        f = m | factors t
        later = toy | derive ret = if month > 2001-03 then 2 * ret + 0.1 else ret
        u = later | setup target: ret, features: [size, mom] | split thirds
        o = m | states u, posterior: filtered
        """)
    let (s, f, o) = (try table(result, "s"), try table(result, "f"), try table(result, "o"))
    #expect(s.columnNames == ["month", "s1", "s2"] && f.columnNames == ["month", "f1", "f2"])
    #expect(s.count == 24)
    // Factors are the states themselves without an activation.
    #expect(s.column("s1")?.numbers == f.column("f1")?.numbers)
    let (x, y) = (s.column("s1")?.numbers ?? [], o.column("s1")?.numbers ?? [])
    #expect(Array(x[..<15]) == Array(y[..<15]) && x != y)
  }

  @Test func regimesHaveProbabilitiesAndTransitions() throws {
    let result = run(
      Self.fit + """
        r = m | states | regimes 2, seeds: 3, until: 2001-09
        x = r.transition
        j = r | join (m | factors t), on: month | summarise average = mean(f1), n = count(), by: regime
        r | plot.ribbon prob1
        """)
    let (r, x) = (try table(result, "r"), try table(result, "x"))
    #expect(r.columnNames == ["month", "regime", "prob1", "prob2"] && r.count == 24)
    let sums = zip(r.column("prob1")?.numbers ?? [], r.column("prob2")?.numbers ?? []).map(+)
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(x.columnNames == ["regime", "to 1", "to 2"])
    #expect(try table(result, "j").count >= 1)
    guard case .plot(let plot)? = result.values.last else { return }
    #expect(plot.scene.yRange == 0...1)
  }

  @Test func pathsRepeatFromTheSeedAndReadNothingAfterTheirStart() throws {
    let rest = """
      a = simulate m, t, from: 2001-06, horizon: 6m, paths: 50
      b = simulate m, t, from: 2001-06, horizon: 6m, paths: 50
      later = toy | derive ret = if month > 2001-06 then 2 * ret + 0.1 else ret
      u = later | setup target: ret, features: [size, mom] | split thirds
      c = simulate m, u, from: 2001-06, horizon: 6m, paths: 50
      d = simulate m, t, from: 2001-06, horizon: 6m, paths: 50, compound: true
      """
    let result = run(Self.fit + rest)
    let names = ["month", "p5", "p25", "p50", "p75", "p95"]
    let a = try table(result, "a")
    #expect(a.columnNames == names && a.count == 6)
    for other in ["b", "c"] {
      let same = try table(result, other)
      for name in names.dropFirst() {
        #expect(a.column(name)?.numbers == same.column(name)?.numbers)
      }
    }
    let rows = try names.dropFirst().map { try #require(a.column($0)?.numbers) }
    for (low, high) in zip(rows, rows.dropFirst()) {
      #expect(zip(low, high).allSatisfy { $0 <= $1 })
    }
    let gained = try #require(table(result, "d").column("p5")?.numbers?.first)
    #expect(abs(gained - rows[0][0]) < 1e-12)
    let other = run("seed 9\n" + Self.fit + rest)
    #expect(try table(other, "a").column("p50")?.numbers != a.column("p50")?.numbers)
  }

  @Test(arguments: [
    ("m | states | regimes 1", "F0203"), ("m | states | regimes 8", "F0405"),
    ("toy | regimes 2", "F0201"), ("simulate m, from: 1990-01", "F0405"),
    ("simulate m, from: 2001-06, horizon: 6m, paths: 50 | plot.fan bands: [30%]", "F0203"),
    ("simulate m, horizon: 6m, paths: 50 | plot.fan bands: [1e300]", "F0203"),
    ("m | states | plot.fan", "F0201"), ("m | states | regimes 2, method: markov", "F0204"),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.fit + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }
}
