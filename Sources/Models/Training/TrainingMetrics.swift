// Named figures of each epoch beside its losses: gradient norm, rate, seconds, what a model adds.

/// One figure of an epoch.
public struct Metric: Sendable, Equatable {
  public let name: String
  public let value: Double

  /// Names a figure.
  public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
}

/// The figures of all epochs, by name; an epoch without a figure has a missing one.
public struct TrainingMetrics: Sendable {
  public private(set) var names: [String] = []
  public private(set) var series: [[Double]] = []
  /// How long each epoch took: no two runs agree, so this is no part of equality or of a digest.
  public private(set) var seconds: [Double] = []

  /// Creates a record of no epoch.
  public init() {}

  /// The number of epochs.
  public var epochs: Int { seconds.count }

  /// The figure of each epoch.
  public subscript(name: String) -> [Double]? {
    names.firstIndex(of: name).map { series[$0] }
  }

  /// Adds an epoch.
  public mutating func append(_ metrics: [Metric], seconds took: Double) {
    for metric in metrics where !names.contains(metric.name) {
      names.append(metric.name)
      series.append([Double](repeating: .nan, count: epochs))
    }
    for (i, name) in names.enumerated() {
      series[i].append(metrics.last { $0.name == name }?.value ?? .nan)
    }
    seconds.append(took)
  }
}

extension TrainingMetrics: Equatable {
  public static func == (a: TrainingMetrics, b: TrainingMetrics) -> Bool {
    a.names == b.names && a.epochs == b.epochs
      && zip(a.series, b.series).allSatisfy { left, right in
        // Bits, so that missing figures are equal.
        zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern }
      }
  }
}

/// A mean that grows by one value at a time.
struct RunningMean: Sendable, Equatable {
  private var sum = 0.0
  private var count = 0

  /// The mean; missing before the first value.
  var mean: Double { count > 0 ? sum / Double(count) : .nan }

  mutating func add(_ value: Double) {
    sum += value
    count += 1
  }
}
