// The measuring tools measure.

import FactorLang
import Models
import TestSupport
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
    let all = Workloads.all + LanguageWorkloads.all + KernelWorkloads.all + CellWorkload.all
    let names = all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  // The cells are those of docs/evidence/speed.fq, fitted from the same rows.
  @Test func cellsAreFittedOnThePanelOfTheEvidence() throws {
    let size = CellWorkload.size
    #expect((size.firms, size.months, size.characteristics, size.seed) == (200, 240, 50, 1))
    // Made the same way whatever its size: a tenth of it every day.
    let (firms, chars) = FullRun.isAsked ? (200, 50) : (20, 5)
    let task = try CellWorkload.task(
      WorldSize(firms: firms, months: 240, characteristics: chars, seed: 1))
    let session = Session()
    let events = EventList()
    let script = "synth world: r_dyn, firms: \(firms), months: 240, chars: \(chars), seed: 1"
    _ = session.run(
      Source(
        name: "cells",
        text: """
          w = \(script)
          t = w | setup target: ret, features: $w.chars | split static12;
          """), to: events)
    guard case .task(let value)? = session.environment["t"] else {
      Issue.record("the script makes no task")
      return
    }
    #expect(value.task.digest(threads: 1) == task.digest(threads: 1))
    #expect(value.task.split == task.split)
  }

  @Test func peakIsPlausible() {
    // No core of today does less than one or more than a thousand GFLOP/s.
    let peak = Stopwatch.peak()
    #expect(peak > 1e9 && peak < 1e12)
  }
}
