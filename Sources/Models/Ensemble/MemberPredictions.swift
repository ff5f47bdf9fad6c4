// What one member of an ensemble says, and how members are averaged: at the level of r-hat.

/// What `predict` gathers of one member, in units of standardised returns.
struct MemberPredictions: Sendable {
  var total: [Double]
  var mean: [Double]
  var prior: [Double]
  var spread: [Double]
  var factors: [[Double]]
  var latent: [[Double]] = []
  /// The variance beyond the factors, where a model has one by stock.
  var residual: [Double] = []
}

extension MemberPredictions {
  /// Adds another member's numbers; factors stay those of the first.
  mutating func add(_ other: MemberPredictions) {
    func add(_ values: inout [Double], _ more: [Double]) {
      for i in values.indices { values[i] += more[i] }
    }
    add(&total, other.total)
    add(&mean, other.mean)
    add(&prior, other.prior)
    add(&spread, other.spread)
    add(&residual, other.residual)
  }

  /// Turns sums over members into means in the units of returns.
  mutating func average(over members: Int, returns: Double, variance: Double) {
    let share = 1 / Double(members)
    func scale(_ values: inout [Double], _ unit: Double) {
      if members > 1 { for i in values.indices { values[i] *= share } }
      for i in values.indices { values[i] *= unit }
    }
    scale(&total, returns)
    scale(&mean, returns)
    scale(&prior, returns)
    scale(&spread, variance)
    scale(&residual, variance)
  }
}
