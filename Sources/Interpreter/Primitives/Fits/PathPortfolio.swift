// Weights from the risk and the movement of a path, period by period, and what they earn.

import FactorLang
import FactorRuntime
import Models

/// A portfolio of the assets of a model of series.
struct PathPortfolio {
  let path: LatentPath
  let data: FactorTask
  let form: TrackedRisk.Form
  let isLongOnly: Bool
  let isTimed: Bool
  let tilt: PathTilt
  let strength: Double
  let cost: Double

  /// What is held in a period, decided at the end of the one before.
  private struct Holding {
    let period: Int
    let weights: [Double]
    /// Shares of the variance of the weights before timing and tilt.
    let shares: [Double]
  }

  func table(_ name: String) throws -> Table {
    let held = try holdings()
    guard let first = held.first?.period, let last = held.last?.period else {
      throw Fault(.outsideData, "the task has too few \(data.index.clock.noun)s", parameter: "task")
    }
    let returns = held.map { Array(data.returns[data.rows($0.period)]) }
    let gross = zip(held, returns).map { Self.earned($0.weights, $1) }
    let trades = turnover(held.map(\.weights), returns)
    let equal = returns.map { $0.reduce(0, +) / Double(path.assets.count) }
    let sample = try benchmark(held.map(\.period))
    func ratio(_ numbers: [Double], known: Int = 0) -> Column {
      Column(numbers: numbers, unit: .ratio, known: known)
    }
    let time = Column.time(held.map { data.index.months[$0.period] })
    var table = Table(
      title: "\(name) · \(words) · \(data.index.months[first])..\(data.index.months[last])",
      columns: [time]
        + path.assets.indices.map { i in
          // Weights are made before the period.
          (path.assets[i], ratio(held.map { $0.weights[i] }, known: -1))
        } + [
          ("gross", ratio(gross)), ("net", ratio(zip(gross, trades).map { $0 - cost * $1 })),
          ("equal", ratio(equal)), ("sample", ratio(sample)),
        ])
    table.notes = [
      "  net of \(NumberFormat.basisPoints(cost)) on buys plus sells against drifted weights; benchmarks before "
        + "costs · first seed"
    ]
    let names = (1...max(1, path.factors)).map { "z\($0)" } + ["residual"]
    let shares = names.enumerated().map { k, name in
      (name, ratio(held.map { $0.shares[k] }, known: -1))
    }
    table.parts = [
      .init(
        name: "risk",
        table: Table(
          title: "shares of the variance of the weights before tilts", columns: [time] + shares))
    ]
    return table
  }

  private var words: String {
    "\(isLongOnly ? "long-only " : "")minimum variance · \(form.rawValue) risk"
      + (isTimed ? " · timed" : "") + (tilt == .none ? "" : " · \(tilt.rawValue) tilt")
  }

  private func holdings() throws -> [Holding] {
    let exposure = Strategies.timing(FactorDynamics.velocity(path.posteriorMean))
    return try TrackedRisk.held(path, form: form).enumerated().compactMap { t, risk in
      guard let risk else { return nil }
      let least =
        isLongOnly
        ? try Strategies.longOnly(risk.covariance)
        : try Strategies.minimumVariance(risk.covariance)
      var weights = least
      if t > 0, let signal = tilt.signal(path.posteriorMean, at: t - 1) {
        weights = Strategies.tilted(
          least, jacobian: risk.jacobian, signal: signal, strength: strength)
      }
      // The exposure that the period before allows.
      let size = isTimed && t > 0 ? exposure[t - 1] : 1
      return Holding(
        period: t, weights: weights.map { size * $0 }, shares: risk.attribution(least))
    }
  }

  private static func earned(_ weights: [Double], _ returns: [Double]) -> Double {
    zip(weights, returns).reduce(0) { $0 + $1.0 * $1.1 }
  }

  // Buys plus sells of each period: from nothing first, then from weights that drifted with their returns.
  private func turnover(_ weights: [[Double]], _ returns: [[Double]]) -> [Double] {
    weights.indices.map { k in
      guard k > 0 else { return weights[0].reduce(0) { $0 + abs($1) } }
      let whole = 1 + Self.earned(weights[k - 1], returns[k - 1])
      return weights[k].indices.reduce(0) { sum, i in
        let drifted = whole > 0 ? weights[k - 1][i] * (1 + returns[k - 1][i]) / whole : 0
        return sum + abs(weights[k][i] - drifted)
      }
    }
  }

  // Least variance by the covariance of all returns before the period; missing while they are fewer than
  // twice the assets and two.
  private func benchmark(_ periods: [Int]) throws -> [Double] {
    let count = path.assets.count
    var moving = MovingCovariance(count: count, halfLife: .infinity)
    var seen = 0
    return try periods.map { t in
      while seen < t {
        moving.add(Array(data.returns[data.rows(seen)]))
        seen += 1
      }
      guard seen >= 2 * count + 2 else { return .nan }
      let covariance = moving.covariance
      guard
        let weights = isLongOnly
          ? try? Strategies.longOnly(covariance) : try? Strategies.minimumVariance(covariance)
      else { return .nan }
      return Self.earned(weights, Array(data.returns[data.rows(t)]))
    }
  }
}
