// Whole cells of the five-model comparison: one model with K = 3 and one seed, fitted on the reduced reference
// panel with its options as they come, as docs/evidence/speed.fq does.
//
// A peer is told how many epochs fq made, so that both do the same work; the validation loss after each is part
// of it on both sides.

import FactorRuntime
import Models

enum CellWorkload {
  static let all: [Workload] = ["nn4", "ca2", "factorvae", "alstm", "cvra"].map { model in
    Workload(
      name: "zoo_\(model)",
      summary: "\(model) fitted whole, k 3, one seed: 200 firms, 50 characteristics",
      measure: { try measure(model, $0) })
  }

  private static func measure(_ name: String, _ settings: BenchSettings) throws -> Measurement {
    guard let card = Registry.card(name) else {
      throw Fault(.cannotRead, "this fq has no model `\(name)`")
    }
    let task = try task()
    let model = try card.model(["k": .integer(3), "seeds": .integer(1)])
    let context = FitContext(seed: 1, budget: Budget(threads: settings.threads))
    var epochs = 0
    let seconds = try settings.time(1, warmUps: 0) {
      epochs = try model.fit(task, context).summary.members.first?.epochs ?? 0
    }
    return Measurement(rows: task.returns.count, seconds: seconds, epochs: epochs)
  }

  /// The size of the panel of the evidence.
  static let size = WorldSize(firms: 200, months: 240, characteristics: 50, seed: 1)

  /// The panel of the evidence: world r_dyn with 144 training, 48 validation and 48 test months.
  static func task(_ size: WorldSize = size) throws -> FactorTask {
    guard let card = Worlds.card("r_dyn") else {
      throw Fault(.cannotRead, "this fq has no world `r_dyn`")
    }
    let world = try card.make(size, WorldView(), Budget())
    return FactorTask(
      index: try WorldPanel.panel(world).index, characteristicNames: world.characteristicNames,
      characteristics: world.characteristics, returns: world.returns, targetName: "ret",
      split: try SplitDesign.static12.split(months: world.months))
  }
}
