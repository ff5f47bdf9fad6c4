// Tests against the certified values of NIST's statistical reference datasets, when at hand.

import FactorRuntime
import TestSupport
import Testing

@Suite struct NISTTests {
  private func lines(_ name: String) throws -> [String]? {
    guard let path = SharedData.folder("corpora/nist-strd/data/NIST/" + name) else { return nil }
    return String(decoding: try FileSystem.read(path), as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
  }

  private func numbers(_ line: String) -> [Double] {
    line.split(separator: " ").compactMap { Double($0) }
  }

  /// Correct digits of a found value.
  private func digits(_ found: Double, _ certified: Double) -> Double {
    if found == certified { return 15 }
    let error = abs(found - certified) / (certified == 0 ? 1 : abs(certified))
    return min(15, -Elementary.log(error) / Elementary.log(10))
  }

  // Digits asked of the slopes: a little below what Householder QR in doubles reaches.
  @Test(arguments: [
    ("Norris", 1, 12.0), ("Pontius", 2, 11), ("NoInt1", 1, 14), ("NoInt2", 1, 14),
    ("Filip", 10, 7), ("Longley", 0, 10), ("Wampler1", 5, 8.5), ("Wampler2", 5, 10),
    ("Wampler3", 5, 8.5), ("Wampler4", 5, 7), ("Wampler5", 5, 5.5),
  ])
  func linearSets(name: String, degree: Int, least: Double) throws {
    guard let lines = try lines(name + ".dat") else { return }
    let certified = lines.filter { $0.trimmedStart.hasPrefix("B") }.compactMap { line in
      line.contains("+") || line.contains("=") ? nil : numbers(line).first
    }
    let data = lines.dropFirst(60).map(numbers).filter { $0.count > 1 }
    let rows = data.map { row -> [Double] in
      let x = degree == 0 ? Array(row.dropFirst()) : powers(row[1], degree)
      return name.hasPrefix("NoInt") ? x : [1] + x
    }
    let fit = try LeastSquares(Matrix(rows), data.map { $0[0] })
    #expect(fit.rank == rows[0].count && certified.count == fit.coefficients.count)
    let worst = zip(fit.coefficients, certified).map { digits($0, $1) }.min() ?? 0
    #expect(worst >= least, "\(name): \(worst) digits")
  }

  private func powers(_ x: Double, _ degree: Int) -> [Double] {
    var result = [x]
    while result.count < degree { result.append((result.last ?? 1) * x) }
    return result
  }

  @Test(arguments: [
    "Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4",
  ])
  func univariateSets(name: String) throws {
    guard let lines = try lines(name + ".dat") else { return }
    let mean: Double = try #require(value(lines, "Sample Mean"))
    let deviation: Double = try #require(value(lines, "Sample Standard Deviation"))
    let start = try #require(lines.firstIndex { $0.hasPrefix("-----") || $0.hasPrefix("Data: Y") })
    let values = lines[start...].map(numbers).filter { $0.count == 1 }.map { $0[0] }
    let found = Moments(values)
    #expect(digits(found.mean, mean) >= 14, "\(name) mean")
    let least: Double = ["NumAcc3": 9, "NumAcc4": 8][name] ?? 13
    #expect(digits(found.standardDeviation(), deviation) >= least, "\(name) sd")
  }

  private func value(_ lines: [String], _ title: String) -> Double? {
    guard let line = lines.first(where: { $0.contains(title) }) else { return nil }
    return line.split(separator: ":").last.flatMap { numbers(String($0)).first }
  }
}

extension String {
  fileprivate var trimmedStart: Substring { drop { $0 == " " } }
}
