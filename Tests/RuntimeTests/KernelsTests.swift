// The compiled kernels against their definition: products of every shape, functions of every bit.

import FactorRuntime
import Foundation
import TestSupport
import Testing

/// One product to compute: shape, layout of the left operand, and what is added.
private struct ProductCase: Sendable, CustomStringConvertible {
  var m: Int
  var n: Int
  var k: Int
  var transposed = false
  var bias = false
  var relu = false
  var accumulate = false

  var description: String {
    "\(m)x\(n)x\(k)\(transposed ? " transposed" : "")\(bias ? " bias" : "")"
      + "\(relu ? " relu" : "")\(accumulate ? " accumulate" : "")"
  }

  /// Every row count to 40, every width to 96 and depths around the reduction block.
  static let all: [ProductCase] = {
    let depths = [1, 2, 3, 7, 17, 64, 191, 192, 193, 400]
    let widths = [8, 16, 24, 32, 48, 64, 72, 80, 96]
    var cases = (1...40).map { m in
      ProductCase(
        m: m, n: widths[m % 9], k: depths[m % 7], transposed: m % 2 == 0, bias: m % 3 == 0,
        relu: m % 5 == 0)
    }
    for (i, k) in depths.enumerated() {
      for accumulate in [false, true] {
        cases.append(
          ProductCase(
            m: 5 + 2 * i, n: widths[i % 9], k: k, transposed: i % 3 == 0,
            bias: !accumulate && i % 2 == 1, relu: i % 4 == 0, accumulate: accumulate))
      }
    }
    return cases
  }()
}

/// Runs one case on a level and on the definition in Float64.
private struct ProductTrial {
  let found: [Float]
  let expected: [Double]
  /// What rounding may cost: depth + 2 roundings of half an ulp, relative to the sum of sizes.
  let allowed: [Double]
  let margin: [Float]

  init(_ p: ProductCase, _ kernels: Kernels) {
    var stream = RandomStream(seed: UInt64(p.m * 1000 + p.k), purpose: .example)
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(stream.normal()) } }
    let (ldb, ldc) = (p.n + 16, p.n + 16)
    let a = numbers((p.m + 5) * (p.k + 5))
    let (b, bias, start) = (numbers(p.k * ldb), numbers(p.n), numbers(p.m * ldc))
    var c = start
    Self.run(p, a, b, bias, &c) { shape, bias in
      kernels.product(shape, bias: bias, relu: p.relu, accumulate: p.accumulate)
    }
    func exact(_ map: (Float) -> Double, relu: Bool) -> [Double] {
      var result = start.map(map)
      Self.run(p, a.map(map), b.map(map), bias.map(map), &result) { shape, bias in
        Double.product(shape, bias: bias, relu: relu, accumulate: p.accumulate)
      }
      return result
    }
    let inside = (0..<(p.m * ldc)).filter { $0 % ldc < p.n }
    let (values, sizes) = (
      exact({ Double($0) }, relu: p.relu), exact({ Double(abs($0)) }, relu: false)
    )
    found = inside.map { c[$0] }
    expected = inside.map { values[$0] }
    allowed = inside.map { sizes[$0] * Double(p.k + 2) * 0x1p-24 }
    margin = (0..<(p.m * ldc)).filter { $0 % ldc >= p.n && c[$0] != start[$0] }.map { c[$0] }
  }

  /// Keeps the operands in place while a product runs.
  private static func run<Scalar: NetworkScalar>(
    _ p: ProductCase, _ a: [Scalar], _ b: [Scalar], _ bias: [Scalar], _ c: inout [Scalar],
    _ body: (ProductShape<Scalar>, UnsafePointer<Scalar>?) -> Void
  ) {
    let (rowStride, columnStride) = p.transposed ? (1, p.m + 5) : (p.k + 3, 1)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        bias.withUnsafeBufferPointer { bias in
          c.withUnsafeMutableBufferPointer { c in
            let shape = ProductShape(
              m: p.m, n: p.n, k: p.k, a: a.baseAddress!, rowStride: rowStride,
              columnStride: columnStride, b: b.baseAddress!, ldb: p.n + 16, c: c.baseAddress!,
              ldc: p.n + 16)
            body(shape, p.bias ? bias.baseAddress : nil)
          }
        }
      }
    }
  }
}

@Suite struct KernelsTests {
  static let levels = ["v4", "v3", "baseline"].compactMap(Kernels.named)

  @Test func baselineAlwaysRunsAndUnknownLevelsDoNot() {
    #expect(Kernels.named("baseline")?.name == "baseline")
    #expect(Kernels.named("v5") == nil)
    #expect(Self.levels.contains { $0.name == Kernels.chosen.name })
    if let wish = FileSystem.environment("FQ_ISA"), let level = Kernels.named(wish) {
      #expect(Kernels.chosen.name == level.name)
    }
  }

  @Test(arguments: ProductCase.all)
  private func productAgreesWithItsDefinition(_ shape: ProductCase) {
    for kernels in Self.levels {
      let trial = ProductTrial(shape, kernels)
      let bad = trial.found.indices.filter {
        abs(Double(trial.found[$0]) - trial.expected[$0]) > trial.allowed[$0]
      }
      #expect(bad.isEmpty, "\(kernels.name) \(shape): \(bad.count) entries beyond rounding")
      #expect(trial.margin.isEmpty, "\(kernels.name) \(shape) wrote beyond its columns")
      #expect(ProductTrial(shape, kernels).found == trial.found, "bits differ between calls")
    }
  }

  @Test func productOfDepthZeroIsTheBias() {
    for kernels in Self.levels {
      let trial = ProductTrial(ProductCase(m: 3, n: 32, k: 0, bias: true), kernels)
      #expect(trial.found.map { Double($0) } == trial.expected)
      #expect(Set(trial.found).count == 32)
    }
  }

  // The header of the kernels and the definition both add bias and the old result.
  @Test
  func biasAndOldResultBothCount() {
    for kernels in Self.levels {
      let trial = ProductTrial(
        ProductCase(m: 3, n: 16, k: 4, bias: true, accumulate: true), kernels)
      for i in trial.found.indices {
        expectClose(Double(trial.found[i]), trial.expected[i], absolute: trial.allowed[i])
      }
    }
  }
}

/// An elementwise function, its definition in Float64 and its largest error in units of last place.
private struct FunctionCase: Sendable, CustomStringConvertible {
  let function: Kernels.Function
  let limit: Double
  let exact: @Sendable (Double) -> Double
  /// Whether results below the smallest normal number become zero.
  var flushes = true

  var description: String { "\(function)" }

  /// Measured over four million patterns on every level: 1.04, 1.28, 2.03, 2.09 and 3.3.
  static let all = [
    FunctionCase(function: .exp, limit: 2, exact: { Elementary.exp($0) }),
    FunctionCase(function: .tanh, limit: 2, exact: { Elementary.tanh($0) }, flushes: false),
    FunctionCase(
      function: .sigmoid, limit: 3,
      exact: { x in
        x >= 0 ? 1 / (1 + Elementary.exp(-x)) : Elementary.exp(x) / (1 + Elementary.exp(x))
      }),
    FunctionCase(
      function: .softplus, limit: 3,
      exact: { max($0, 0) + Elementary.log1p(Elementary.exp(-abs($0))) }),
    FunctionCase(function: .erf, limit: 4, exact: { Foundation.erf($0) }),
  ]

  func values(_ x: [Float], _ kernels: Kernels) -> [Float] {
    var out = [Float](repeating: 0, count: x.count)
    kernels.apply(function, count: x.count, x, &out)
    return out
  }

  /// The error in units of last place of the exact result; nil where both are the same special.
  func error(_ found: Float, of exact: Double) -> Double? {
    let rounded = Float(exact)
    if exact.isNaN { return found.isNaN ? nil : .infinity }
    if rounded.isInfinite || found.isInfinite { return found == rounded ? nil : .infinity }
    if flushes, abs(exact) < Double(Float.leastNormalMagnitude) {
      return abs(Double(found) - exact) <= Double(Float.leastNormalMagnitude) ? nil : .infinity
    }
    return abs(Double(found) - exact) / Double(rounded.ulp)
  }
}

@Suite struct KernelFunctionTests {
  /// Patterns over the whole range of bits, denser where the functions bend, and the specials.
  static let inputs: [Float] = {
    let step: UInt64 = FileSystem.environment("FQ_FULL") == "1" ? 1021 : 24_571
    var x = stride(from: UInt64(0), to: 1 << 32, by: UInt64.Stride(step)).map {
      Float(bitPattern: UInt32($0))
    }
    x += (-20_000...20_000).map { Float($0) * 0.0052 }
    for edge: Float in [0.625, 9, 9.5, 88.72283, 87.33654, 17, 16.6, 1, 4.1] {
      var (up, down) = (edge, edge)
      for _ in 0..<50 { (up, down) = (up.nextUp, down.nextDown); x += [up, -up, down, -down] }
    }
    return x + [
      .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
    ]
  }()

  @Test(arguments: FunctionCase.all)
  private func errorStaysWithinItsLimitOverAllBits(_ c: FunctionCase) {
    let x = Self.inputs
    let exact = x.map { c.exact(Double($0)) }
    for kernels in KernelsTests.levels {
      let found = c.values(x, kernels)
      var (worst, at) = (0.0, Float(0))
      for i in x.indices {
        guard let error = c.error(found[i], of: exact[i]), error > worst else { continue }
        (worst, at) = (error, x[i])
      }
      #expect(worst <= c.limit, "\(kernels.name) \(c): \(worst) ulp at \(at)")
      print("\(c) on \(kernels.name): at most \(worst) ulp, at \(at)")
      let again = c.values(x, kernels)
      #expect(zip(found, again).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  @Test(arguments: FunctionCase.all)
  private func aValueDoesNotDependOnItsPlaceInTheVector(_ c: FunctionCase) {
    let x = (0..<67).map { Float($0) * 0.31 - 9 }
    for kernels in KernelsTests.levels {
      let whole = c.values(x, kernels)
      for start in 0..<40 {
        #expect(c.values(Array(x[start...]), kernels) == Array(whole[start...]))
      }
    }
  }

  @Test func specialsKeepTheirMeaning() {
    let x: [Float] = [.nan, .infinity, -.infinity, 0, -0.0]
    for kernels in KernelsTests.levels {
      let (e, t) = (FunctionCase.all[0].values(x, kernels), FunctionCase.all[1].values(x, kernels))
      let (s, p) = (FunctionCase.all[2].values(x, kernels), FunctionCase.all[3].values(x, kernels))
      for list in [e, t, s, p] { #expect(list[0].isNaN) }
      #expect(Array(e[1...]) == [.infinity, 0, 1, 1])
      #expect(Array(t[1...]) == [1, -1, 0, 0])
      #expect(Array(s[1...]) == [1, 0, 0.5, 0.5])
      #expect(p[1] == .infinity && p[2] == 0 && abs(p[3] - 0.6931472) < 1e-6)
    }
  }

  @Test
  func tanhKeepsTheSignOfZero() {
    for kernels in KernelsTests.levels {
      #expect(FunctionCase.all[1].values([-0.0], kernels)[0].sign == .minus)
    }
  }

  // Rows of published checks of vector functions: input and correctly rounded output as bits.
  @Test(arguments: ["exp", "tanh"])
  func publishedBitsAgreeWithinFourUlp(name: String) throws {
    let file = "corpora/numpy-ulp/umath-validation-set-\(name).csv"
    guard let path = SharedData.folder(file) else { return }
    let lines = String(decoding: try FileSystem.read(path), as: UTF8.self)
      .split { $0.isNewline }.filter { $0.hasPrefix("np.float32") }
    let rows = lines.map { $0.split(separator: ",") }.compactMap { row -> (Float, Float)? in
      guard let x = UInt32(row[1].dropFirst(2), radix: 16),
        let y = UInt32(row[2].dropFirst(2), radix: 16)
      else { return nil }
      return (Float(bitPattern: x), Float(bitPattern: y))
    }
    #expect(rows.count == lines.count && rows.count > 100)
    let c = FunctionCase.all[name == "exp" ? 0 : 1]
    for kernels in KernelsTests.levels {
      let found = c.values(rows.map(\.0), kernels)
      let worst = zip(found, rows).map { c.error($0, of: Double($1.1)) ?? 0 }.max() ?? .infinity
      #expect(worst <= 4, "\(kernels.name) \(name): \(worst) ulp")
      print("\(name) on \(kernels.name): at most \(worst) ulp of \(rows.count) published rows")
    }
  }
}
