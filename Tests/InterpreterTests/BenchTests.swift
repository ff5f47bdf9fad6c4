// The measuring tools measure.

import Testing

@testable import Interpreter

@Suite struct BenchTests {
  @Test func allocatorIsCounted() throws {
    guard let before = AllocationCounter.bytes else { return }
    let list = [Double](repeating: 1, count: 1 << 20)
    let after = try #require(AllocationCounter.bytes)
    #expect(list.count == 1 << 20)
    #expect(after - before >= 8 << 20)
  }

  @Test func workloadsAreNamedOnce() {
    let names = (Workloads.all + LanguageWorkloads.all + KernelWorkloads.all).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test func peakIsPlausible() {
    // No core of today does less than one or more than a thousand GFLOP/s.
    let peak = Stopwatch.peak()
    #expect(peak > 1e9 && peak < 1e12)
  }
}
