// Elementary functions against numpy's validation sets; Tests/Parity/numpy-ulp says which and how.

import FactorRuntime
import TestSupport
import Testing

/// The rows of one function's set.
private struct ValidationSet {
  /// Input, result and allowed error in units of last place.
  private(set) var singles: [(x: Float, y: Float, ulp: Double)] = []
  private(set) var doubles: [(x: Double, y: Double, ulp: Double)] = []

  init(_ function: String) throws {
    let path = ParityFolder.path("numpy-ulp/umath-validation-set-\(function).csv")
    for line in String(decoding: try FileSystem.read(path), as: UTF8.self).split(whereSeparator: {
      $0.isNewline
    }) where line.hasPrefix("np.") {
      let cells = line.split(separator: ",")
      let ulp = try #require(Double(cells[3]))
      func bits<Bits: FixedWidthInteger>(_ cell: Substring) throws -> Bits {
        try #require(Bits(cell.dropFirst(2), radix: 16))
      }
      if cells[0] == "np.float32" {
        singles.append(
          (Float(bitPattern: try bits(cells[1])), Float(bitPattern: try bits(cells[2])), ulp))
      } else {
        doubles.append(
          (Double(bitPattern: try bits(cells[1])), Double(bitPattern: try bits(cells[2])), ulp))
      }
    }
  }
}

@Suite struct FunctionParityTests {
  private static let levels = ["v4", "v3", "baseline"].compactMap(Kernels.named)

  private func values(
    _ function: Kernels.Function, _ x: [Float], _ kernels: Kernels
  ) -> [Float] {
    var out = [Float](repeating: 0, count: x.count)
    kernels.apply(function, count: x.count, x, &out)
    return out
  }

  /// The error in units of last place; nil where both are the same, or special alike.
  private func error<Number: BinaryFloatingPoint>(_ found: Number, _ exact: Number) -> Double? {
    if found == exact || found.isNaN && exact.isNaN { return nil }
    guard found.isFinite, exact.isFinite else { return .infinity }
    return Double(abs(found - exact) / exact.ulp)
  }

  @Test(arguments: [("exp", Kernels.Function.exp, 129), ("tanh", .tanh, 714)])
  func vectorFunctionsKeepToTheListedError(
    _ name: String, _ function: Kernels.Function, _ count: Int
  ) throws {
    let rows = try ValidationSet(name).singles
    #expect(rows.count >= count)
    for kernels in Self.levels {
      for (row, found) in zip(rows, values(function, rows.map(\.x), kernels)) {
        if name == "exp", row.y < .leastNormalMagnitude {
          #expect(found >= 0 && found < .leastNormalMagnitude)
          continue
        }
        let off = error(found, row.y) ?? 0
        #expect(off <= min(row.ulp, 4), "\(kernels.name) \(name)(\(row.x)): \(off) ulp")
      }
    }
  }

  @Test func scalarFunctionsKeepToTheListedError() throws {
    let functions: [(String, (Double) -> Double)] = [
      ("exp", Elementary.exp), ("tanh", Elementary.tanh), ("log", Elementary.log),
    ]
    for (name, function) in functions {
      let rows = try ValidationSet(name).doubles
      #expect(rows.count > 100)
      for row in rows {
        let off = error(function(row.x), row.y) ?? 0
        #expect(off <= row.ulp, "\(name)(\(row.x)): \(off) ulp")
      }
    }
  }

  @Test func sigmoidAndSoftplusOnTheSameInputs() throws {
    let x = try ["exp", "tanh", "log"].flatMap { try ValidationSet($0).singles.map(\.x) }
    let functions: [(Kernels.Function, (Double) -> Double)] = [
      (
        .sigmoid,
        { $0 >= 0 ? 1 / (1 + Elementary.exp(-$0)) : Elementary.exp($0) / (1 + Elementary.exp($0)) }
      ),
      (.softplus, { max($0, 0) + Elementary.log1p(Elementary.exp(-abs($0))) }),
    ]
    for (function, definition) in functions {
      for kernels in Self.levels {
        for (input, found) in zip(x, values(function, x, kernels)) {
          let exact = Float(definition(Double(input)))
          if exact < .leastNormalMagnitude {
            #expect(found >= 0 && found <= .leastNormalMagnitude)
            continue
          }
          let off = error(found, exact) ?? 0
          #expect(off <= 4, "\(kernels.name) \(function)(\(input)): \(off) ulp")
        }
      }
    }
  }
}
