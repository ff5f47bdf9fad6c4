// The workloads of `fq bench kernels`: products of the shapes that training is made of, against the core's peak.
//
// A run is many products, so that the clock does not count; flops are those of the columns that are wanted,
// which for a head of five are fewer than the kernel computes.

import FactorRuntime

enum KernelWorkloads {
  static let all: [Workload] = [
    forward("product_32", rows: 1608, depth: 46, columns: 32),
    forward("product_64", rows: 3000, depth: 94, columns: 64),
    forward("product_16", rows: 1608, depth: 32, columns: 16),
    forward("product_head", rows: 1608, depth: 16, columns: 5),
    weights("gradient_32", rows: 1608, depth: 46, columns: 32),
    weights("gradient_16", rows: 1608, depth: 32, columns: 16),
    forward("gates_lstm", rows: 256, depth: 32, columns: 128),
    forward("gates_gru", rows: 256, depth: 64, columns: 192),
  ]

  private static func forward(
    _ name: String, rows: Int, depth: Int, columns: Int
  ) -> Workload {
    Workload(name: name, summary: "\(rows) x \(depth) times \(depth) x \(columns)") {
      measure($0, m: rows, n: columns, k: depth, rowStride: depth, columnStride: 1)
    }
  }

  private static func weights(
    _ name: String, rows: Int, depth: Int, columns: Int
  ) -> Workload {
    Workload(name: name, summary: "\(rows) x \(depth) transposed times \(rows) x \(columns)") {
      measure($0, m: depth, n: columns, k: rows, rowStride: 1, columnStride: depth)
    }
  }

  private static func measure(
    _ settings: BenchSettings, m: Int, n: Int, k: Int, rowStride: Int, columnStride: Int
  ) -> Measurement {
    let width = Padding.padded(n)
    var stream = RandomStream(seed: 3, purpose: .example)
    func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
      let memory: UnsafeMutablePointer<Float> = AlignedMemory.zeros(count)
      for i in 0..<count { memory[i] = Float(stream.uniform() - 0.5) }
      return memory
    }
    let (a, b, c) = (numbers(m * k), numbers(k * width), numbers(m * width))
    defer { for memory in [a, b, c] { AlignedMemory.free(memory) } }
    let shape = ProductShape(
      m: m, n: Padding.halfPadded(n), k: k, a: UnsafePointer(a), rowStride: rowStride,
      columnStride: columnStride, b: UnsafePointer(b), ldb: width, c: c, ldc: width)
    let flops = 2 * Double(m * n * k)
    let repeats = max(1, Int(2e8 / flops))
    let seconds = settings.time(40) {
      for _ in 0..<repeats { Float.product(shape, bias: nil, relu: false, accumulate: false) }
    }
    return Measurement(rows: m, seconds: seconds, flops: flops * Double(repeats))
  }
}
