// A whole fit of paper size through the model's card, and the memory a process needs for it.

import FactorRuntime
import Models

enum FitWorkload {
  private static let shape = EpochBenchmark.Shape.paper

  /// Uniform characteristics and normal returns, a validation and a test month after the others.
  private static func task() throws -> FactorTask {
    var stream = RandomStream(seed: 1, purpose: .world)
    guard let first = Month(year: 2000, month: 1) else { throw ModelError.noSplit }
    let starts = (0...(shape.months + 2)).map { $0 * shape.rows / shape.months }
    var months: [Month] = []
    var assets: [Int32] = []
    for (t, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
      months += [Month](repeating: first + t, count: end - start)
      assets += (0..<Int32(end - start))
    }
    let names = (0..<((assets.max() ?? 0) + 1)).map { String(100_000 + $0) }
    return FactorTask(
      index: try PanelIndex.sorting(months: months, assets: assets, names: names).index,
      characteristicNames: (1...shape.characteristics).map { "c\($0)" },
      characteristics: (0..<(months.count * shape.characteristics)).map { _ in
        Float(2 * stream.uniform() - 1)
      },
      returns: months.map { _ in stream.normal() }, targetName: "ret",
      split: try Split(
        train: 0..<shape.months, valid: shape.months..<(shape.months + 1),
        test: (shape.months + 1)..<(shape.months + 2)))
  }

  static func measure(_ settings: BenchSettings) throws -> Measurement {
    guard let card = Registry.card("cvra") else {
      throw Fault(.cannotRead, "this fq has no model `cvra`")
    }
    let task = try task()
    let model = try card.model(["epochs": .integer(1), "seeds": .integer(1)])
    let context = FitContext(seed: 1, budget: Budget(threads: settings.threads))
    let seconds = try settings.time(3, warmUps: 0) { _ = try model.fit(task, context) }
    return Measurement(rows: task.rows(0..<shape.months).count, seconds: seconds)
  }

  /// A child draws the panel, fits once, says what it needed and ends; seconds are of all of it.
  static func memory(_ settings: BenchSettings) throws -> Measurement {
    let path = try Workloads.ownPath()
    let command = "'\(path)' bench cvra_fit runs=1 --json"
    var most = 0.0
    let seconds = try settings.time(3, warmUps: 0) {
      guard let text = Subprocess.output(of: command),
        case .number(let bytes)? = try JSON(parsing: Array(text.utf8))["process_peak_bytes"]
      else { throw Fault(.cannotRead, "the process with the fit failed") }
      most = max(most, bytes)
    }
    return Measurement(rows: shape.rows, seconds: seconds, residentBytes: most)
  }
}
