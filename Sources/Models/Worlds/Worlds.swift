// Every world `synth` simulates: one line each.

import FactorRuntime

/// A world as a user meets it.
public struct WorldCard: Sendable {
  public let name: String
  public let sentence: String
  /// The fewest characteristics it can have; nil where it has none.
  public let fewestCharacteristics: Int?
  /// The fewest firms, and how many it has where none are asked for.
  public var fewestFirms = 10
  public var usualFirms = 200
  /// Simulates it.
  public let make:
    @Sendable (WorldSize, WorldView, Budget) throws(BudgetError) -> any SimulatedWorld
}

/// The worlds by name, in the order they are listed.
public enum Worlds {
  public static let cards: [WorldCard] =
    RecurrentWorld.Member.allCases.map { member in
      WorldCard(
        name: member.rawValue, sentence: member.sentence,
        fewestCharacteristics: member == .duan_alpha ? 4 : 3
      ) { size, view, budget throws(BudgetError) in
        try RecurrentWorld(
          member, firms: size.firms, months: size.months, characteristics: size.characteristics,
          seed: size.seed, view: view, budget: budget)
      }
    }
    + Gkx2020World.Member.allCases.map { member in
      WorldCard(
        name: member.rawValue, sentence: member.sentence,
        fewestCharacteristics: Gkx2020World.fewestCharacteristics
      ) { size, view, budget throws(BudgetError) in
        try Gkx2020World(member, size, view: view, budget: budget)
      }
    }
    + Gkx2021World.Member.allCases.map { member in
      WorldCard(name: member.rawValue, sentence: member.sentence, fewestCharacteristics: 3) {
        size, view, budget throws(BudgetError) in
        try Gkx2021World(member, size, view: view, budget: budget)
      }
    }
    + [
      WorldCard(
        name: TwoAssetRegimeWorld.name,
        sentence: "a few assets in calm and stress: what a latent path tells of regimes",
        fewestCharacteristics: nil, fewestFirms: TwoAssetRegimeWorld.fewestAssets,
        usualFirms: TwoAssetRegimeWorld.fewestAssets
      ) { size, view, budget throws(BudgetError) in
        try TwoAssetRegimeWorld(size, view: view, budget: budget)
      },
      WorldCard(
        name: "drifting_beta", sentence: DriftingBetaWorld.sentence, fewestCharacteristics: nil
      ) { size, view, budget throws(BudgetError) in
        try DriftingBetaWorld(size, view: view, budget: budget)
      },
    ]

  /// The card of a world, or nil.
  public static func card(_ name: String) -> WorldCard? { cards.first { $0.name == name } }
}
