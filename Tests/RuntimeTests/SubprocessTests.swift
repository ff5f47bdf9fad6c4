// Running other programs.

import FactorRuntime
import Testing

@Suite struct SubprocessTests {
  @Test func statusAndOutputComeBack() {
    #expect(Subprocess.run("/bin/sh", ["-c", "exit 3"]) == 3)
    #expect(Subprocess.run("/no/such/program", []) == nil)
    #expect(Subprocess.output(of: "echo two words") == "two words\n")
    #expect(Subprocess.output(of: "exit 1") == nil)
  }

  // Memory that was touched has been resident, even after it is freed.
  @Test func thePeakCountsMemoryThatWasTouched() throws {
    guard let before = Subprocess.peakResidentBytes else { return }
    let size = before + (64 << 20)
    let list = [UInt8](repeating: 1, count: size)
    #expect(list[size - 1] == 1)
    let after = try #require(Subprocess.peakResidentBytes)
    #expect(before > 1 << 20 && after >= size)
  }
}
