// A whole fit of the recurrent autoencoder of a few series: 199 periods of two, 16 units, two factors, one member.
//
// The form of the gated units is PyTorch's, so that its peers train the same network; every epoch is run.

import FactorRuntime
import Models

enum SeriesWorkload {
  static let (periods, epochs) = (199, 500)

  static func measure(_ settings: BenchSettings) throws -> Measurement {
    guard let card = Registry.card("rvrae233"), let world = Worlds.card("two_asset_regime") else {
      throw Fault(.cannotRead, "this fq has no model `rvrae233` or no world for it")
    }
    // One period more for validation and one for the test: a split has all three.
    let panel = try world.make(
      WorldSize(firms: 2, months: periods + 2, characteristics: 3), WorldView(), Budget())
    let task = FactorTask(
      index: try WorldPanel.panel(panel).index, characteristicNames: panel.characteristicNames,
      characteristics: panel.characteristics, returns: panel.returns, targetName: "ret",
      split: try Split(
        train: 0..<periods, valid: periods..<(periods + 1), test: (periods + 1)..<(periods + 2)))
    let model = try card.model([
      "seeds": .integer(1), "epochs": .integer(epochs), "patience": .integer(epochs),
      "gru": .word("torch"),
    ])
    let context = FitContext(seed: 1, budget: Budget(threads: settings.threads))
    let seconds = try settings.time(5) { _ = try model.fit(task, context) }
    return Measurement(rows: 2 * periods, seconds: seconds)
  }
}
