// Tests of durable writes and of unpacking.

import FactorRuntime
import Testing

@Suite struct FileTests {
  @Test(arguments: 0..<4)
  func aFailedCallLeavesTheOldFile(step: Int) throws {
    let path = SharedData.temporary("durable-\(step).txt")
    try DurableWrite.replace(path, with: "old")
    var calls = WriteCalls.system
    switch step {
    case 0: calls.write = { _, _ in -1 }
    case 1: calls.sync = { _ in -1 }
    case 2: calls.rename = { _, _ in -1 }
    default:
      // Short writes are not failures.
      let system = WriteCalls.system
      calls.write = { system.write($0, UnsafeRawBufferPointer(rebasing: $1.prefix(1))) }
    }
    if step < 3 {
      #expect(throws: FileError.self) { try DurableWrite.replace(path, with: "new", calls: calls) }
    } else {
      try DurableWrite.replace(path, with: "new", calls: calls)
    }
    let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
    #expect(text == (step < 3 ? "old" : "new"))
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    let rest = try FileSystem.list(folder).filter { $0.hasPrefix("fq-test-durable-\(step).txt.") }
    #expect(rest.isEmpty)
    try FileSystem.remove(path)
  }

  @Test func absentFilesAndFoldersAreNamed() {
    #expect(throws: FileError.notFound(path: "/no/such")) { try FileSystem.read("/no/such") }
    #expect(throws: FileError.isFolder(path: "/")) { try MappedFile("/") }
  }

  @Test func severalGzipMembersAreOneFile() throws {
    let packed = try FileSystem.read(
      SharedData.example("us-pystock/us_pystock_monthly_2016_2017.csv.gz"))
    let once = try packed.withUnsafeBufferPointer { try Inflate.gunzip($0) }
    let twice = try (packed + packed).withUnsafeBufferPointer { try Inflate.gunzip($0) }
    #expect(twice.count == 2 * once.count && Array(twice[..<once.count]) == once)
    for length in [3, 40, packed.count / 2, packed.count - 1] {
      #expect(throws: FileError.self) {
        try packed[..<length].withUnsafeBufferPointer { try Inflate.gunzip($0) }
      }
    }
  }
}
