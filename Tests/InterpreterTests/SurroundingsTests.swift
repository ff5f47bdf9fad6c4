// R4: what surrounds a run has no effect on its numbers: the order of a file's rows and of its names,
// hash seeds, locale, time zone, width of the terminal.

import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct SurroundingsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func digests(
    _ data: String, _ words: [String] = [], _ environment: [String: String] = [:]
  ) throws -> [String] {
    let script = try folder.write(
      "run.fq",
      """
      p = load "\(data)", known: {ret: 0m, else: -1m}
      q = p | derive z = rank(size), m = lag(ret, 1m)
      d = q | deciles size
      t = q | setup target: ret, features: [size, z] | split thirds
      m = t | fit ca1, k: 1, seeds: 2, epochs: 4
      f = m | predict on: test
      """)
    let record = folder.path + "/run.json"
    let found = try ChildProgram.run(
      ["run", script, "--no-cache", "--manifest", record] + words, environment: environment)
    #expect(found.status == 0, "\(found.output)\(found.errors)")
    let json = try JSON(parsing: FileSystem.read(record))
    return json["bindings"]?.items.compactMap { $0["sha256"]?.text } ?? []
  }

  private var rows: [String] {
    var stream = RandomStream(seed: 2, purpose: .example)
    return (0..<24).flatMap { month in
      (0..<30).map { firm in
        let date = "\(2000 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)"
        return "firm\((firm * 7) % 30),\(date),\(stream.normal()),\(stream.normal())"
      }
    }
  }

  private func file(_ name: String, _ rows: [String]) throws -> String {
    try folder.write(name, "firm,month,size,ret\n" + rows.joined(separator: "\n") + "\n")
  }

  @Test func r4TheOrderOfAFilesRowsHasNoEffect() throws {
    let rows = rows
    let sorted = try digests(file("a.csv", rows.sorted()))
    #expect(sorted.count == 6)
    #expect(try digests(file("b.csv", rows.reversed())) == sorted)
    #expect(try digests(file("c.csv", rows)) == sorted)
  }

  // Hash seeds differ in every process unless SWIFT_DETERMINISTIC_HASHING is set.
  @Test func r4SurroundingsHaveNoEffect() throws {
    let path = try file("a.csv", rows)
    let plain = try digests(path)
    let others: [(words: [String], environment: [String: String])] = [
      ([], [:]), ([], ["SWIFT_DETERMINISTIC_HASHING": "1"]),
      ([], ["LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"]),
      ([], ["TZ": "America/Adak", "LC_ALL": "C", "COLUMNS": "41", "TERM": "dumb"]),
      (["--width", "50"], [:]), (["--width", "300"], [:]),
    ]
    for other in others {
      #expect(try digests(path, other.words, other.environment) == plain, "\(other)")
    }
  }
}
