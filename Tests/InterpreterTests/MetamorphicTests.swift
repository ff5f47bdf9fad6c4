// What may change without changing a result: the order of rows, the names of firms, powers of two.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct MetamorphicTests {
  /// A panel of 12 firms and 30 months in the file's order, and in another.
  private static let rows: [(firm: Int, month: Int)] = (0..<30).flatMap { month in
    (0..<12).map { ($0, month) }
  }

  private func file(
    _ folder: TemporaryFolder, _ name: String, order: [Int], firm: (Int) -> String,
    scale: Double = 1
  ) throws -> String {
    var lines = ["id,date,ret,x,y"]
    for place in order {
      let (i, t) = Self.rows[place]
      let u = Double((i * 7919 + t * 104_729) % 1009) / 1009 - 0.5
      let v = Double((i * 31 + t * 77) % 101) / 101 - 0.5
      let ret = scale * (0.02 * u + 0.01 * v)
      lines.append(
        "\(firm(i)),\(2000 + t / 12)-\(t % 12 < 9 ? "0" : "")\(t % 12 + 1),\(ret),\(scale * u),\(v)"
      )
    }
    return try folder.write(name, lines.joined(separator: "\n") + "\n")
  }

  private static let programs = [
    "(p | rank_normalize x).x", "(p | winsorize x, tails: 10%).x",
    "(p | neutralize x, against: y).x",
    "(p | sorts x, returns: lead(ret, 1m), groups: 3).mean",
    "(p | fama_macbeth lead(ret, 1m), on: [x, y]).t",
    "(p | derive next = lead(ret, 1m) | regress next, on: [x, y], effects: [id, date], cluster: id).se",
    "(p | derive next = lead(ret, 1m) | deciles x | portfolio long: 10, short: 1, returns: next).sharpe",
    "(p | summarise m = mean(ret), by: month | bootstrap s = mean(m) / std(m), draws: 60, block: 3).se",
  ]

  @Test(arguments: programs) func theOrderOfRowsSaysNothing(program: String) throws {
    let folder = try TemporaryFolder()
    let sorted = Array(Self.rows.indices)
    let mixed = sorted.map { $0 * 7 % Self.rows.count }
    #expect(Set(mixed).count == Self.rows.count)
    let results = try [("a.csv", sorted), ("b.csv", mixed)].map { name, order in
      let path = try file(folder, name, order: order) { "F\($0 + 10)" }
      return run("p = load \"\(path)\", decimal: [ret]\n\(program)")
    }
    #expect(results[0].status == .done, "\(results[0].diagnostics.map(\.message))")
    #expect(bits(results[0]) == bits(results[1]))
    #expect(!bits(results[0]).isEmpty)
  }

  /// Names in the same order change nothing at all.
  @Test(arguments: programs) func namesSayNothing(program: String) throws {
    let folder = try TemporaryFolder()
    let results = try ["F", "Firm "].enumerated().map { k, prefix in
      let path = try file(folder, "\(k).csv", order: Array(Self.rows.indices)) {
        "\(prefix)\($0 + 10)"
      }
      return run("p = load \"\(path)\", decimal: [ret]\n\(program)")
    }
    #expect(results[0].status == .done)
    #expect(!bits(results[0]).isEmpty)
    #expect(bits(results[0]) == bits(results[1]))
  }

  /// Returns and signals of twice the size: spreads double, ranks, errors of ratios and t stay, bit for bit.
  @Test func powersOfTwoScaleExactly() throws {
    let folder = try TemporaryFolder()
    func values(_ program: String, _ scale: Double) throws -> [Double] {
      let path = try file(
        folder, "\(scale).csv", order: Array(Self.rows.indices), firm: { "F\($0 + 10)" },
        scale: scale)
      return numbers(run("p = load \"\(path)\", decimal: [ret]\n\(program)"))
    }
    let spread = "(p | sorts x, returns: lead(ret, 1m), groups: 3).mean"
    #expect(try values(spread, 4) == values(spread, 1).map { 4 * $0 })
    for same in ["(p | rank_normalize x).x", "(p | fama_macbeth lead(ret, 1m), on: x).t"] {
      #expect(try values(same, 4).map(\.bitPattern) == values(same, 1).map(\.bitPattern))
    }
  }

  private func numbers(_ result: RunResult) -> [Double] {
    switch result.values.last {
    case .column(let column)?: column.column.numbers ?? []
    case .number(let number)?, .ratio(let number, _)?: [number]
    default: []
    }
  }

  private func bits(_ result: RunResult) -> [UInt64] { numbers(result).map(\.bitPattern) }
}
