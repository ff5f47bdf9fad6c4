// A conditional factor model in a container, and back: what is frozen is computed again from the
// trained weights, so that both give the same bits.

import FactorRuntime

extension FittedConditional {
  func encode(into container: inout Container) {
    container.facts.append(
      .init(
        "conditional",
        .fields(
          ("network", design.facts), ("reads", reads.facts),
          ("forecasts", .list(forecasts.map { .text($0.rawValue) })), ("head", head.facts))))
    container.add("scales", [scales.returns, meanFirms, residualVariance, blendWeight])
    container.add("scales.inputs", scales.inputs)
    let network = Network(blank: design)
    for (number, member) in members.enumerated() {
      member.weights.restore(to: network)
      network.encode("member\(number).network", into: &container)
      container.add("member\(number).head", member.core)
      container.add("member\(number).head.tuned", member.tuned)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    let facts = StoredFacts(container.facts.first { $0.name == "conditional" }?.value)
    let inputs = summary.characteristicNames.count
    let numbers = try container.doubles("scales")
    guard numbers.count == 4, inputs > 0 else {
      throw ContainerError.malformed(section: "scales", reason: "four numbers are needed")
    }
    self.init(
      summary: summary,
      scales: NetworkScales(returns: numbers[0], inputs: try container.doubles("scales.inputs")),
      members: [], blendWeight: numbers[3], residualVariance: numbers[2],
      forecasts: try facts.texts("forecasts").compactMap(ForecastMode.init),
      reads: try FactorReading(StoredFacts(try facts.object("reads"))),
      design: try Network.Design(StoredFacts(try facts.object("network"))),
      head: try Head.Design(StoredFacts(try facts.object("head"))), meanFirms: numbers[1])
    guard scales.inputs.count == reads.width(characteristics: inputs), scales.returns > 0 else {
      throw ContainerError.malformed(section: "scales.inputs", reason: "their number is wrong")
    }
    guard design.inputs == inputs, design.outputs == head.columns.outputs, !forecasts.isEmpty else {
      throw facts.fault("network")
    }
    try design.checkSizes("member0.network", container)
    members = try summary.members.indices.map { try member($0, of: container) }
  }

  private func member(_ number: Int, of container: Container) throws -> ConditionalMember<Network> {
    let network = Network(blank: design)
    try network.decode("member\(number).network", of: container)
    let blank = Head(head, inputs: scales.inputs.isEmpty ? [] : [scales.inputs], meanFirms: 1)
    func parameters(_ name: String) throws -> [Double] {
      let values = try container.doubles(name)
      guard values.count == blank.parameters.count else {
        throw ContainerError.malformed(
          section: name, reason: "\(blank.parameters.count) numbers are needed")
      }
      return values
    }
    return ConditionalMember(
      network: network.frozen(), weights: NetworkWeights(network),
      core: try parameters("member\(number).head"),
      tuned: try parameters("member\(number).head.tuned"), report: summary.members[number])
  }
}

extension StoredFacts {
  /// A nested object.
  func object(_ name: String) throws -> JSON {
    guard let found = value?[name], case .object = found else { throw fault(name) }
    return found
  }
}
