// A short text that differs where this machine computes other bits: instruction level, libm, LAPACK, kernels.
//
// What is fitted depends on all of them, and none has a version that could be asked for; so a few results of
// each are digested once. Two machines with the same text give the same fits as far as these calls tell.

/// How this process rounds.
public enum NumericFingerprint {
  /// The instruction level and sixteen digits.
  public static let text: String = {
    var hash = SHA256()
    for number in libm + kernels.map(Double.init) + factorisation { hash.add(number.bitPattern) }
    return "\(Kernels.chosen.name) \(hash.digest.prefix(16))"
  }()

  private static let samples = (1...40).map { 0.137 * Double($0) - 2.6 }

  private static var libm: [Double] {
    samples.flatMap { x in
      [
        Elementary.exp(x), Elementary.log(abs(x) + 0.1), Elementary.tanh(x), Elementary.sin(x),
        Elementary.cos(x), Elementary.log1p(abs(x)), Elementary.pow(abs(x) + 0.1, 1.3),
      ]
    }
  }

  private static var kernels: [Float] {
    let x = (0..<64).map { Float(samples[$0 % 40]) }
    var (product, gates) = ([Float](repeating: 0, count: 4 * 16), x)
    x.withUnsafeBufferPointer { x in
      product.withUnsafeMutableBufferPointer { c in
        guard let x = x.baseAddress, let c = c.baseAddress else { return }
        Float.product(
          ProductShape(
            m: 4, n: 16, k: 3, a: x, rowStride: 3, columnStride: 1, b: x, ldb: 16, c: c, ldc: 16),
          bias: nil, relu: false, accumulate: false)
      }
    }
    Float.tanhForward(count: 64, x, h: &gates)
    let functions = Kernels.Function.allCases.flatMap { function -> [Float] in
      var y = x
      Kernels.chosen.apply(function, count: 64, x, &y)
      return y
    }
    return product + gates + functions
  }

  // The blocked code of a factorisation begins at some dozens of rows.
  private static var factorisation: [Double] {
    let order = 96
    let entries = (0..<(order * order)).map { place -> Double in
      let (i, j) = (place / order, place % order)
      return 1 / (1 + abs(Double(i - j))) + (i == j ? 2 : 0)
    }
    let matrix = Matrix(rows: order, columns: order, storage: entries)
    return (try? Cholesky(matrix))?.solve((0..<order).map { samples[$0 % 40] }) ?? []
  }
}
