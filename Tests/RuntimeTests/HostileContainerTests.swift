// Containers that were damaged or made to do harm: all refused, with the section named, in little memory.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct HostileContainerTests {
  /// A checkpoint of 64 KB, as a fit writes it.
  private func checkpoint() -> [UInt8] {
    var stream = RandomStream(seed: 2, purpose: .example)
    var container = Container(kind: "checkpoint")
    container.facts.append(.init("epoch", .number(7)))
    container.add("member0.network", (0..<9000).map { _ in Float(stream.normal()) })
    container.add("member0.head", (0..<3000).map { _ in stream.normal() })
    container.add("member0.stream", (0..<6).map { _ in stream.bits() })
    container.add("member0.best", (0..<1100).map { _ in Float(stream.normal()) })
    return container.encoded
  }

  /// Where the header and its digest end.
  private func sections(_ bytes: [UInt8]) -> Int {
    let length = Int(bytes[12]) | Int(bytes[13]) << 8 | Int(bytes[14]) << 16
    return 16 + length + 64
  }

  private func refusal(_ bytes: [UInt8]) -> ContainerError? {
    do {
      _ = try Container(decoding: bytes)
      return nil
    } catch { return error }
  }

  // C6. Every bit before the sections, and many of them (all with FQ_FULL=1) in the sections.
  @Test func everyFlippedBitIsFoundAndItsSectionNamed() throws {
    var bytes = checkpoint()
    #expect((64_000...70_000).contains(bytes.count))
    let start = sections(bytes)
    let ends = [36_000, 60_000, 60_048, 64_448].map { start + $0 }
    let names = ["member0.network", "member0.head", "member0.stream", "member0.best"]
    #expect(ends.last == bytes.count)
    let step = FullRun.isAsked ? 1 : 173
    let places =
      Array(0..<(8 * start)) + Array(stride(from: 8 * start, to: 8 * bytes.count, by: step))
    var missed: [Int] = []
    for place in places {
      let (byte, bit) = (place / 8, UInt8(1) << UInt8(place % 8))
      bytes[byte] ^= bit
      let found = refusal(bytes)
      bytes[byte] ^= bit
      guard byte >= start else {
        let isNamed =
          switch found {
          case .foreign, .newer, .corrupt("header"), .truncated("header"), .malformed("header", _):
            true
          default: false
          }
        if !isNamed { missed.append(place) }
        continue
      }
      let section = names[ends.firstIndex { byte < $0 } ?? 0]
      if found != .corrupt(section: section) { missed.append(place) }
    }
    print("C6: \(places.count) flipped bits, \(missed.count) not found")
    #expect(missed.isEmpty, "\(missed.prefix(5))")
    #expect(refusal(bytes) == nil)
  }

  @Test func everyTruncationAndAppendedJunkIsFound() throws {
    let bytes = checkpoint()
    let start = sections(bytes)
    let step = FullRun.isAsked ? 1 : 37
    for count in Array(0..<start) + Array(stride(from: start, to: bytes.count, by: step)) {
      let found = refusal(Array(bytes[..<count]))
      if count < 8 {
        #expect(found == .foreign)
      } else if case .truncated? = found {
        continue
      } else {
        Issue.record("\(count) bytes: \(String(describing: found))")
      }
    }
    #expect(refusal(Array(bytes[..<(bytes.count - 1)])) == .truncated(section: "member0.best"))
    for junk in [[0], [UInt8](repeating: 0x20, count: 64), bytes] {
      #expect(
        refusal(bytes + junk) == .malformed(section: "end", reason: "something follows it"))
    }
  }

  // MARK: C7

  /// A file with any header, its digest right.
  private func file(header: String, _ sections: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    let length = UInt32(text.count)
    let bytes =
      Container.magic + [2, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      + text
    return bytes + Array(SHA256.digest(bytes).utf8) + sections
  }

  private func header(_ sections: String) -> String {
    "{\"kind\": \"model\", \"facts\": {}, \"sections\": [\(sections)]}"
  }

  private func section(
    _ name: String, _ count: String, _ content: [UInt8], _ element: String = "float64"
  )
    -> String
  {
    "{\"name\": \"\(name)\", \"element\": \"\(element)\", \"count\": \(count), "
      + "\"sha256\": \"\(SHA256.digest(content))\"}"
  }

  @Test func hostileFilesAreRefused() {
    let eight = [UInt8](repeating: 1, count: 8)
    let good = section("a", "1", eight)
    #expect(refusal(file(header: header(good), eight)) == nil)
    let cases: [(String, [UInt8])] = [
      ("duplicate names", file(header: header(good + "," + good), eight + eight)),
      ("more than there is", file(header: header(section("a", "2", eight)), eight)),
      (
        "overlapping: the same bytes twice",
        file(header: header(good + "," + section("b", "1", eight)), eight)
      ),
      ("a gap", file(header: header(good), [0] + eight)),
      (
        "a size that overflows",
        file(header: header(section("a", "9223372036854775807", eight)), eight)
      ),
      (
        "a size near the limit",
        file(header: header(section("a", "576460752303423487", eight)), eight)
      ),
      ("a negative size", file(header: header(section("a", "-1", eight)), eight)),
      ("half an element", file(header: header(section("a", "0.5", eight)), eight)),
      ("a size that is no number", file(header: header(section("a", "NaN", eight)), eight)),
      ("a size as text", file(header: header(section("a", "\"1\"", eight)), eight)),
      ("an endless size", file(header: header(section("a", "1e999", eight)), eight)),
      ("an unknown element", file(header: header(section("a", "1", eight, "pickle")), eight)),
      ("no sections but bytes", file(header: header(""), eight)),
      ("a deep header", file(header: String(repeating: "[", count: 100_000))),
      (
        "a deep fact",
        file(header: "{\"kind\": \"m\", \"facts\": \(String(repeating: "{\"a\":", count: 5000))")
      ),
      ("a header that is a list", file(header: "[1, 2]")),
      ("a header that is no text", file(header: "\u{0}\u{1}")),
      ("an empty header", file(header: "")),
      ("facts that are a list", file(header: "{\"kind\": \"m\", \"facts\": [], \"sections\": []}")),
      (
        "many values",
        file(header: header(Array(repeating: "0", count: 300_000).joined(separator: ",")))
      ),
    ]
    for (name, bytes) in cases { #expect(refusal(bytes) != nil, "\(name)") }
    var long = file(header: header(good), eight)
    for place in 12..<16 { long[place] = 0xFF }
    #expect(refusal(long) == .malformed(section: "header", reason: "it claims 4294967295 bytes"))
  }

  // At most the file and 16 MB: a header of the largest size, full of values, and one of few values.
  @Test func refusalsTakeLittleMemory() throws {
    let folder = try ScratchFolder()
    let values = Array(repeating: "[]", count: 340_000).joined(separator: ",")
    let hostile = file(header: String(header(values).prefix(1 << 20)))
    var large = file(
      header: header(section("a", "4000000", [])), [UInt8](repeating: 3, count: 32 << 20))
    for (name, bytes) in [("values", hostile), ("large", large)] {
      try DurableWrite.replace(folder.path + "/" + name, with: bytes)
    }
    large = []
    for (name, size) in [("values", 1 << 20), ("large", 32 << 20)] {
      // Other tests run beside this one, so the least of up to eight runs is what it takes.
      var (taken, runs) = (Int.max, 0)
      while taken > size + (16 << 20), runs < 8 {
        let before = PeakMemory.reset()
        let bytes = try FileSystem.read(folder.path + "/" + name)
        #expect(refusal(bytes) != nil)
        taken = min(taken, PeakMemory.current() - before)
        runs += 1
      }
      print("C7: \(name) of \(size >> 20) MB took \(taken >> 20) MB")
      #expect(taken <= size + (16 << 20), "\(name) took \(taken >> 20) MB")
    }
  }
}
