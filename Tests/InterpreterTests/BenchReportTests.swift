// What a benchmark says: spread, share of peak, ratios to peers, as text and as JSON.

import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct BenchReportTests {
  private func report(_ found: Measurement, _ peers: [Peers.Result] = []) -> BenchReport {
    BenchReport(
      workload: "work", summary: "what it does", found: found, peers: peers, threads: 1, peak: 200e9
    )
  }

  private let found = Measurement(
    rows: 10, seconds: [0.03, 0.02, 0.05, 0.04, 0.01], flops: 3e9, bytesPerStep: 16)

  @Test func textShowsTheSpreadAndTheShareOfPeak() throws {
    let lines = report(
      found,
      [.init(name: "jax", seconds: 0.12, best: 0.1, worst: 0.2, compileSeconds: 2.5)]
    ).text
    #expect(lines.count == 2)
    for part in [
      "30.00 ms", "(10.00 ms - 50.00 ms)", "100 GFLOP/s", "50% of peak", "16.0 B a step",
    ] {
      #expect(lines[0].contains(part), "\(lines[0]) has no \(part)")
    }
    for part in ["jax", "120.0 ms", "(100.0 ms - 200.0 ms)", "4.00x", "after 2.500 s of compiling"]
    {
      #expect(lines[1].contains(part), "\(lines[1]) has no \(part)")
    }
  }

  @Test func whetherAPeerComputedTheSameIsSaid() throws {
    let peers = [
      Peers.Result(name: "a", seconds: 1, check: 5 + 1e-10),
      Peers.Result(name: "b", seconds: 1, check: 5.1), Peers.Result(name: "c", seconds: 1),
    ]
    let report = report(Measurement(rows: 1, seconds: [1], check: 5), peers)
    #expect(report.text[1].contains("the same numbers"))
    #expect(report.text[2].contains("OTHER NUMBERS"))
    #expect(!report.text[3].lowercased().contains("numbers"))
    let words = try report.json.map {
      try JSON(parsing: Array($0.compact.utf8))["same_numbers"]?.compact
    }
    #expect(words == ["true", "false", "null"])
  }

  @Test func aWholeFitShowsItsEpochs() throws {
    let report = report(Measurement(rows: 1, seconds: [2], epochs: 20))
    #expect(report.text[0].contains("20 epochs of 100.0 ms"), "\(report.text[0])")
    #expect(report.json[0].compact.contains("\"epochs\": 20"))
  }

  @Test func jsonHasOneObjectForEachPeer() throws {
    let peers = [Peers.Result(name: "a", seconds: 0.06), Peers.Result(name: "b", seconds: 0.3)]
    let objects = try report(found, peers).json.map { try JSON(parsing: Array($0.compact.utf8)) }
    #expect(objects.map { $0["peer"]?.text } == ["a", "b"])
    #expect(objects.map { $0["ratio"]?.compact } == ["2", "10"])
    #expect(objects[0]["q1_s"]?.compact == "0.02" && objects[0]["q3_s"]?.compact == "0.04")
    #expect(objects[0]["min_s"]?.compact == "0.01" && objects[0]["max_s"]?.compact == "0.05")
    #expect(objects[0]["share_of_peak"]?.compact == "0.5")
    #expect(report(found).json.count == 1)
  }

  @Test func whereMemoryIsMeasuredTheRatioIsOfMemory() {
    let report = report(
      Measurement(rows: 1, seconds: [2], residentBytes: 250e6),
      [.init(name: "torch", residentBytes: 1e9)])
    #expect(report.ratio(report.peers[0]) == 4)
    #expect(report.text[0].contains("250.0 MB") && report.text[1].contains("1000 MB"))
  }
}
