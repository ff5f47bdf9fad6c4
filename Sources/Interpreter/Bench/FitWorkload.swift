// A whole fit of paper size through the model's card, and the memory a process needs for it.

import FactorRuntime
import Models

enum FitWorkload {
  private static let shape = EpochBenchmark.Shape.paper

  static func measure(_ settings: BenchSettings) throws -> Measurement {
    guard let card = Registry.card("cvra") else {
      throw Fault(.cannotRead, "this fq has no model `cvra`")
    }
    let task = try BenchmarkPanel(shape, seed: 1).task
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
