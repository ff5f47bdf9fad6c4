// Loadings that walk, as a filter with what was estimated in the training periods.
//
// A task that begins no later than the training periods did is filtered from the first loadings on; one that
// begins later goes on from the loadings at the end of training. Variance of a return before its period, with
// x = (1, f), M = E[xx'] and V = Cov f over the training periods: b'Vb + sum(P * M) + R, P the covariance of the
// predicted loadings.

import FactorRuntime

struct WalkFilter: LoadingFilter {
  var settings: WalkingLoadings
  let beta: BetaKnowledge
  let assets: [String]
  /// The numbers of the first and the last training period.
  let training: ClosedRange<Int>
  /// Each asset before its filter begins; periods count from the first training period.
  let starts: [WalkingLoadings.Estimate]
  /// The number of the period in which each filter begins.
  let begins: [Int]
  /// Loadings and covariances at the end of training, row by row.
  let ends: [(loadings: [Double], covariance: [Double])]

  var hasConstant: Bool { true }
  var knowledge: LoadingKnowledge { beta.knowledge }
  func assets(of task: FactorTask) -> [String] { assets }

  /// Takes estimates on a sample of the training periods.
  init(
    _ settings: WalkingLoadings, _ beta: BetaKnowledge, _ sample: SeriesSample,
    _ estimates: [WalkingLoadings.Estimate], _ budget: Budget
  ) throws {
    (self.settings, self.beta, assets, starts) = (settings, beta, sample.assets, estimates)
    let (task, periods) = (sample.task, sample.periods)
    training = task.stamp(periods.lowerBound)...task.stamp(periods.upperBound - 1)
    begins = estimates.map { $0.begin.map { task.stamp(periods.lowerBound + $0) } ?? 0 }
    let filtered = try settings.filtered(sample.panel, estimates, budget: budget)
    let (last, n) = (sample.panel.periods - 1, sample.panel.regressorCount)
    ends = estimates.indices.map { i in
      (
        (0..<n).map { filtered.updated[last, i, $0] },
        (0..<(n * n)).map { filtered.covariance(last, i, $0 / n, $0 % n) }
      )
    }
  }

  // Each asset where its filter begins in a sample.
  private func estimates(_ sample: SeriesSample) -> [WalkingLoadings.Estimate] {
    let (task, first) = (sample.task, sample.periods.lowerBound)
    let isWhole = task.stamp(first) <= training.lowerBound
    return starts.indices.map { i in
      let start = starts[i]
      guard start.begin != nil else { return start }
      let stamp = isWhole ? begins[i] : training.upperBound + 1
      return WalkingLoadings.Estimate(
        begin: max(0, task.position(ofStamp: stamp) - first),
        loadings: isWhole ? start.loadings : ends[i].loadings,
        covariance: isWhole ? start.covariance : ends[i].covariance, residual: start.residual,
        walk: start.walk)
    }
  }

  func track(
    _ sample: SeriesSample, _ moments: TrainingMoments, _ budget: Budget
  ) throws -> LoadingTrack {
    let estimates = estimates(sample)
    let filtered = try settings.filtered(sample.panel, estimates, budget: budget)
    var track = LoadingTrack(sample, factors: moments.mean.count)
    track.take(filtered.predicted)
    switch beta {
    case .predicted: break
    case .filtered: track.informed = filtered.updated.values
    case .smoothed: track.informed = try filtered.smoothed(estimates, budget: budget).values
    }
    for (series, estimate) in estimates.enumerated() {
      try budget.check()
      guard let begin = estimate.begin else { continue }
      for period in begin..<max(begin, sample.panel.periods) {
        let cell = period * sample.panel.series + series
        guard let row = track.row(period, series, of: sample) else { continue }
        track.residuals[cell] = estimate.residual
        track.variances[cell] =
          estimate.residual + moments.spread(row)
          + doubt(filtered, estimate, period, series, moments)
      }
    }
    return track
  }

  // sum(P * M), what not knowing the loadings adds.
  private func doubt(
    _ filtered: WalkingLoadings.Filtered, _ estimate: WalkingLoadings.Estimate, _ period: Int,
    _ series: Int, _ moments: TrainingMoments
  ) -> Double {
    let (x, count) = ([1] + moments.mean, moments.mean.count)
    var sum = 0.0
    for a in x.indices {
      for b in x.indices {
        let before =
          period == estimate.begin
          ? estimate.covariance[a * x.count + b] : filtered.covariance(period - 1, series, a, b)
        let spread = a > 0 && b > 0 ? moments.covariance[(a - 1) * count + b - 1] : 0
        sum += (before + (a == b ? estimate.walk[a] : 0)) * (x[a] * x[b] + spread)
      }
    }
    return max(0, sum)
  }

  static func bytes(_ periods: Int, _ series: Int, _ n: Int) -> Int {
    8 * periods * series * (6 * n + n * (n + 1) + 6)
  }

  func bytes(periods: Int, series: Int, factors: Int) -> Int {
    Self.bytes(periods, series, factors + 1)
  }
}

// MARK: In a container

extension WalkFilter {
  func encode(into container: inout Container) {
    container.facts.append(
      .init(
        "walk",
        .fields(
          ("init", .number(Double(settings.initial))), ("skip", .number(Double(settings.skipped))),
          ("constant_walks", .bool(settings.constantWalks)), ("beta", .text(beta.rawValue)),
          ("first", .number(Double(training.lowerBound))),
          ("last", .number(Double(training.upperBound))))))
    container.add("walk.assets", PackedText.packed(assets))
    container.add(
      "walk.begins", zip(starts, begins).map { $0.begin == nil ? .nan : Double($1) })
    container.add("walk.loadings", starts.flatMap(\.loadings))
    container.add("walk.covariance", starts.flatMap(\.covariance))
    container.add("walk.residual", starts.map(\.residual))
    container.add("walk.steps", starts.flatMap(\.walk))
    container.add("walk.end_loadings", ends.flatMap(\.loadings))
    container.add("walk.end_covariance", ends.flatMap(\.covariance))
  }

  /// Reads what `encode` wrote.
  init(_ container: Container, factors: Int) throws {
    let facts = StoredFacts(container.facts.first { $0.name == "walk" }?.value)
    var settings = WalkingLoadings()
    settings.initial = try facts.integer("init")
    settings.skipped = try facts.integer("skip")
    settings.constantWalks = try facts.flag("constant_walks")
    let (first, last) = (try facts.integer("first"), try facts.integer("last"))
    guard first <= last else { throw facts.fault("last") }
    self.settings = settings
    beta = try facts.word("beta")
    training = first...last
    let names = try container.assets("walk.assets")
    let (count, n) = (names.count, factors + 1)
    guard count > 0 else { throw facts.fault("assets") }
    func rows(_ name: String, _ width: Int) throws -> [[Double]] {
      let numbers = try container.doubles("walk." + name, count: count * width)
      return (0..<count).map { Array(numbers[($0 * width)..<(($0 + 1) * width)]) }
    }
    assets = names
    let periods = try rows("begins", 1).map { $0[0] }
    guard periods.allSatisfy({ $0.isNaN || abs($0) < 1e9 }) else { throw facts.fault("begins") }
    begins = periods.map { $0.isNaN ? 0 : Int($0) }
    let (loadings, covariance) = (try rows("loadings", n), try rows("covariance", n * n))
    let (residual, steps) = (try rows("residual", 1), try rows("steps", n))
    starts = periods.indices.map { i in
      WalkingLoadings.Estimate(
        begin: periods[i].isNaN ? nil : 0, loadings: loadings[i], covariance: covariance[i],
        residual: residual[i][0], walk: steps[i])
    }
    ends = zip(try rows("end_loadings", n), try rows("end_covariance", n * n)).map { ($0, $1) }
  }
}
