// The state of a training between two epochs, in a container and back, bit by bit.
//
// What belongs together is kept in few sections, because each has a digest of its own. A state says
// nothing of the shapes it is for: who takes it over compares them first.

import FactorRuntime

/// A value that can be kept in a container under a name and read back as it was.
protocol KeptState: Sendable {
  func encode(_ name: String, into container: inout Container)
  init(_ name: String, of container: Container) throws
}

extension Container {
  /// Adds numbers of a network's type.
  mutating func add<Scalar: NetworkScalar>(_ name: String, scalars: [Scalar]) {
    if let floats = scalars as? [Float] { return add(name, floats) }
    add(name, scalars.map(Double.init))
  }

  /// The numbers of a section in a network's type.
  func scalars<Scalar: NetworkScalar>(_ name: String) throws -> [Scalar] {
    if let floats = try? floats(name) as? [Scalar] { return floats }
    return try doubles(name).map(Scalar.init)
  }
}

extension PausedTraining: KeptState {
  func encode(_ name: String, into container: inout Container) {
    model.encode("\(name).model", into: &container)
    stream.encode("\(name).stream", into: &container)
    watch.encode("\(name).watch", into: &container)
    report.encode("\(name).report", into: &container)
  }

  init(_ name: String, of container: Container) throws {
    self.init(
      model: try State("\(name).model", of: container),
      stream: try RandomStream("\(name).stream", of: container),
      watch: try EarlyStopping("\(name).watch", of: container),
      report: try TrainingReport("\(name).report", of: container))
  }
}

extension RandomStream: KeptState {
  func encode(_ name: String, into container: inout Container) { container.add(name, words) }

  init(_ name: String, of container: Container) throws {
    guard let stream = RandomStream(words: try container.wholes(name)) else {
      throw ContainerError.malformed(section: name, reason: "it is no random stream")
    }
    self = stream
  }
}

extension EarlyStopping: KeptState {
  func encode(_ name: String, into container: inout Container) {
    container.add(name, [UInt64(patience), UInt64(bestEpoch), bestLoss.bitPattern])
  }

  init(_ name: String, of container: Container) throws {
    let words = try container.wholes(name)
    guard words.count == 3, let patience = Int(exactly: words[0]),
      let epoch = Int(exactly: words[1])
    else { throw ContainerError.malformed(section: name, reason: "three numbers are needed") }
    self.init(patience: patience, bestLoss: Double(bitPattern: words[2]), bestEpoch: epoch)
  }
}

extension TrainingReport: KeptState {
  // Losses of training, then of validation, then the best one and its epoch.
  func encode(_ name: String, into container: inout Container) {
    container.add(name, trainingLoss + validationLoss + [bestLoss, Double(bestEpoch)])
    metrics.encode("\(name).metrics", into: &container)
  }

  init(_ name: String, of container: Container) throws {
    let numbers = try container.doubles(name)
    let epochs = (numbers.count - 2) / 2
    guard numbers.count >= 2, numbers.count == 2 * epochs + 2,
      let best = Int(exactly: numbers[2 * epochs + 1]), (0...epochs).contains(best)
    else { throw ContainerError.malformed(section: name, reason: "it is no report of epochs") }
    self.init(
      trainingLoss: Array(numbers[..<epochs]),
      validationLoss: Array(numbers[epochs..<(2 * epochs)]),
      bestEpoch: best, bestLoss: numbers[2 * epochs],
      metrics: try TrainingMetrics("\(name).metrics", of: container))
  }
}

extension TrainingMetrics: KeptState {
  // A section for each figure; how long epochs took is not kept, because no two runs agree.
  func encode(_ name: String, into container: inout Container) {
    for (figure, values) in zip(names, series) { container.add("\(name).\(figure)", values) }
  }

  init(_ name: String, of container: Container) throws {
    self.init()
    let names = container.names(after: "\(name).")
    let series = try names.map { try container.doubles("\(name).\($0)") }
    let epochs = series.first?.count ?? 0
    guard series.allSatisfy({ $0.count == epochs }) else {
      throw ContainerError.malformed(section: name, reason: "epochs differ between its figures")
    }
    for epoch in 0..<epochs {
      append(zip(names, series).map { Metric($0, $1[epoch]) }, seconds: .nan)
    }
  }
}

extension [RunningMoments]: KeptState {
  // Layer by layer: the width, then means and variances.
  func encode(_ name: String, into container: inout Container) {
    container.add(name, flatMap { [Double($0.mean.count)] + $0.mean + $0.variance })
  }

  init(_ name: String, of container: Container) throws {
    self = []
    var rest = try container.doubles(name)[...]
    while let first = rest.popFirst() {
      guard let width = Int(exactly: first), width >= 0, width <= rest.count / 2 else {
        throw ContainerError.malformed(section: name, reason: "a layer is cut off")
      }
      var moments = RunningMoments(width: width)
      moments.mean = [Double](rest.prefix(width))
      moments.variance = [Double](rest.dropFirst(width).prefix(width))
      rest = rest.dropFirst(2 * width)
      append(moments)
    }
  }
}
