// D9: a panel of many rows loads in less than three times the size of its numbers, and what it will
// take is known before. Ten million rows with FQ_FULL=1, fewer otherwise.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite(.serialized) struct LargePanelTests {
  private let folder: TemporaryFolder
  private let columns = 20

  init() throws { folder = try TemporaryFolder() }

  // Numbers are short, so that a large file is written fast.
  private func write(months: Int, firms: Int) throws -> String {
    let path = "\(folder.path)/panel.csv"
    FileManager.default.createFile(atPath: path, contents: nil)
    let file = try #require(FileHandle(forWritingAtPath: path))
    defer { try? file.close() }
    let names = (1...columns).map { "c\($0)" }.joined(separator: ",")
    try file.write(contentsOf: Data("permno,date,\(names)\n".utf8))
    let tails = (0..<97).map { row in
      Array((0..<columns).map { "\((row * 31 + $0 * 17) % 199 - 99)" }.joined(separator: ",").utf8)
        + [10]
    }
    let keys = (0..<firms).map { Array("\(10_000 + $0),".utf8) }
    for month in 0..<months {
      let number = month % 12 + 1
      let date = Array("\(1600 + month / 12)-\(number < 10 ? "0" : "")\(number),".utf8)
      var block: [UInt8] = []
      block.reserveCapacity(firms * 100)
      for firm in 0..<firms {
        block += keys[firm]
        block += date
        block += tails[(firm * 7 + month) % tails.count]
      }
      try file.write(contentsOf: Data(block))
    }
    return path
  }

  /// The most memory a run held, watched from outside while it lasts.
  private func peak(_ words: [String]) throws -> Int {
    let child = try ChildProgram(words)
    var most = 0
    while child.isRunning {
      most = max(most, child.peakResidentBytes ?? 0)
      FullRun.pause(0.002)
    }
    let end = child.finish()
    #expect(end.status == 0, "\(end.errors)")
    return most
  }

  @Test func d9APanelLoadsInLessThanThreeTimesItsNumbers() throws {
    let (months, firms) = FullRun.isAsked ? (400, 25_000) : (200, 1_000)
    let path = try write(months: months, firms: firms)
    let numbers = months * firms * columns * 8
    let script = try folder.write("load.fq", "p = load \"\(path)\"\np.rows\n")
    let least = try peak(["-c", "for i in 1..100000 { i };"])
    let most = try peak([script])
    #expect(most > least + numbers, "the load was not seen: \(most) bytes")
    #expect(most - least < 3 * numbers, "\(Double(most - least) / Double(numbers)) times")
  }

  @Test func d9TheEstimateBeforeALoadIsWithinAFifthOfWhatItKeeps() throws {
    let path = try write(months: 100, firms: 500)
    let text = "p = load \"\(path)\"\np"
    let checked = Session(SessionOptions()).check(Source(name: "test.fq", text: text))
    let planner = Planner(checked, folder: "", catalog: .standard, threads: 1)
    let estimate = try #require(planner.stages.first).shape.bytes
    guard case .panel(let value)? = run(text).values.last else {
      Issue.record("the panel did not load")
      return
    }
    let index = value.panel.index
    var kept = index.assets.count * 4 + index.offsets.count * 8 + index.months.count * 4
    for number in 1...columns {
      kept += try value.panel.numbers("c\(number)").count * MemoryLayout<Double>.stride
    }
    expectClose(Double(estimate), Double(kept), relative: 0.2, "bytes of the panel")
  }
}
