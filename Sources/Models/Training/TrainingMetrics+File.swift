// Figures of epochs in a container and back. Seconds stay out: the same fit gives the same bytes.

import FactorRuntime

extension TrainingMetrics {
  /// Adds the record under a name; an empty one adds nothing.
  func encode(_ name: String, into container: inout Container) {
    guard epochs > 0 else { return }
    container.facts.append(
      .init(
        name,
        .fields(("epochs", .number(Double(epochs))), ("names", .list(names.map(JSON.text))))))
    for (number, values) in series.enumerated() { container.add("\(name).\(number)", values) }
  }

  /// Reads a record; a container without one, such as an older file, gives an empty one.
  init(_ name: String, of container: Container) throws {
    self.init()
    guard let fact = container.facts.first(where: { $0.name == name }) else { return }
    let facts = StoredFacts(fact.value)
    let epochs = try facts.integer("epochs")
    let names = try facts.texts("names")
    let series = try names.indices.map { try container.doubles("\(name).\($0)") }
    guard (1...1_000_000).contains(epochs), series.allSatisfy({ $0.count == epochs }),
      Set(names).count == names.count
    else { throw facts.fault("epochs") }
    for epoch in 0..<epochs {
      append(zip(names, series).map { Metric($0, $1[epoch]) }, seconds: .nan)
    }
  }
}
