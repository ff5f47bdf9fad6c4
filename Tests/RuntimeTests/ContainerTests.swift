// Containers: what is written is read back bit for bit, and nothing damaged is read at all.

import FactorRuntime
import Testing

@Suite struct ContainerTests {
  private func sample() -> Container {
    var container = Container(kind: "sample")
    container.facts.append(.init("note", .text("\"quoted\"")))
    container.add("small", [1, -0.0, Float.nan, Float.leastNonzeroMagnitude])
    container.add("large", [Double.infinity, 1e-300, 2.5])
    container.add("empty", [Double]())
    container.add("whole", [UInt64.max, 0, 1 << 53 + 1])
    return container
  }

  @Test func numbersComeBackBitForBit() throws {
    let read = try Container(decoding: sample().encoded)
    #expect(read.kind == "sample")
    #expect(read.facts == sample().facts)
    let small = try read.floats("small").map(\.bitPattern)
    let written = try sample().floats("small").map(\.bitPattern)
    #expect(small == written)
    let large = try read.doubles("large")
    #expect(large == [Double.infinity, 1e-300, 2.5])
    let whole = try read.wholes("whole")
    #expect(whole == [UInt64.max, 0, 1 << 53 + 1])
    let empty = try read.doubles("empty")
    #expect(empty.isEmpty)
    #expect(read.encoded == sample().encoded)
  }

  @Test func everyChangedByteIsRefused() {
    let bytes = sample().encoded
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x10
      #expect(throws: ContainerError.self, "byte \(place)") { try Container(decoding: changed) }
    }
  }

  @Test func everyBeginningIsRefused() {
    let bytes = sample().encoded
    for count in 0..<bytes.count {
      #expect(throws: ContainerError.self, "\(count) bytes") {
        try Container(decoding: Array(bytes[..<count]))
      }
    }
  }

  @Test func refusalNamesReasonAndSection() throws {
    let bytes = sample().encoded
    #expect(throws: ContainerError.foreign) { try Container(decoding: Array("fq 1\n".utf8)) }
    var newer = bytes
    newer[8] = 9
    #expect(throws: ContainerError.newer(version: 9)) { try Container(decoding: newer) }
    var damaged = bytes
    damaged[bytes.count - 1] ^= 1
    #expect(throws: ContainerError.corrupt(section: "whole")) { try Container(decoding: damaged) }
    #expect(throws: ContainerError.truncated(section: "large")) {
      try Container(decoding: Array(bytes[..<(bytes.count - 27)]))
    }
    #expect(throws: ContainerError.malformed(section: "end", reason: "something follows it")) {
      try Container(decoding: bytes + [0])
    }
    // The length of the header is capped before anything of that size is read.
    var long = bytes
    (long[12], long[13], long[14], long[15]) = (1, 0, 16, 0)
    #expect(
      throws: ContainerError.malformed(section: "header", reason: "it claims 1048577 bytes")
    ) { try Container(decoding: long) }
    #expect(throws: ContainerError.missing(section: "other")) { try sample().floats("other") }
    #expect(throws: ContainerError.self) { try sample().doubles("small") }
  }
}
