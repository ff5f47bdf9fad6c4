// A fitted dual codebook model in a container, and back.

import FactorRuntime

extension FittedStorm {
  func encode(into container: inout Container) {
    container.facts.append(.init("storm", design.facts))
    container.facts.append(.init("universe", .list(universe.map(JSON.text))))
    container.facts.append(.init("newcomers", .text(newcomers.rawValue)))
    container.add("scales", [scale])
    let network = design.blank
    for (number, member) in members.enumerated() {
      member.weights.restore(to: network)
      network.encode("member\(number).network", into: &container)
      container.add("member\(number).use", member.use.values)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    func fact(_ name: String) -> JSON? { container.facts.first { $0.name == name }?.value }
    let design = try StormDesign(StoredFacts(fact("storm")))
    let universe = fact("universe")?.items.compactMap(\.text) ?? []
    guard universe.count == (design.isDynamic ? 0 : design.assets) else {
      throw StoredFacts(fact("storm")).fault("assets")
    }
    let scale = try container.doubles("scales")
    guard scale.count == 1, scale[0] > 0 else {
      throw ContainerError.malformed(section: "scales", reason: "one scale is needed")
    }
    let newcomers = try StoredFacts(.object(container.facts)).word("newcomers") as NewcomerRule
    let members = try summary.members.enumerated().map { number, report in
      try Self.member("member\(number)", of: container, design, report)
    }
    self.init(
      summary: summary, scale: scale[0], design: design, universe: universe, newcomers: newcomers,
      members: members)
  }

  private static func member(
    _ name: String, of container: Container, _ design: StormDesign, _ report: TrainingReport
  ) throws -> StormMember {
    // Every weight is in the file, so a file cannot ask for more memory than it has bytes.
    let there = container.names(after: "\(name).").reduce(0) {
      $0 + (container.count(of: "\(name).\($1)") ?? 0)
    }
    guard there >= design.leastParameters else {
      throw ContainerError.malformed(section: name, reason: "weights are missing")
    }
    let network = design.blank
    try network.decode("\(name).network", of: container)
    return StormMember(
      weights: NetworkWeights(network), use: try StormUse(container.doubles("\(name).use")),
      report: report)
  }
}
