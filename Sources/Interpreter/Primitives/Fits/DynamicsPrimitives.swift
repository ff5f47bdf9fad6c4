// How the factors of a fitted model move, and what portfolio of a few assets their risk asks for.

import FactorLang
import FactorRuntime
import Models

let dynamicsPrimitives: [Primitive] = [
  Primitive(
    "dynamics", topic: .models,
    "Tells how the latent path of a model moves: velocity, acceleration, sudden shifts, regimes.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    Parameter<MovingPart>.choice("of", default: .factors, "what is followed").labelled,
    Parameter<Double>.value(
      "shift", default: 2, in: 0...20,
      "deviations above the mean velocity from which a move is a shift; 2 is strong, 1.5 mild"
    ).labelled,
    Parameter<ShiftSample>.choice(
      "sample", default: .whole, "which velocities a period is compared with"
    ).labelled,
    Parameter<Int>.value(
      "count", default: 0, in: 0...8,
      "the number of regimes; 0 for the one of 2 to 4 that are told apart best"
    ).labelled,
    returns:
      "a table of periods, z1, z2, …, velocity, acceleration, shift and regime (1 the slowest)"
      + "; `.transition`, `.regimes` and `.memory` are tables",
    examples: [
      "m = toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 2, seeds: 1, epochs: 3\nd = m | dynamics count: 2\nd\nd.transition"
    ]
  ) { context, model, task, part, threshold, sample, count in
    let data = try model.requireTask(task).cut
    let path = try part.path(model, data, context)
    return try DynamicsTable(
      path: path, base: MonthTable.of(path, "z", data, model)
    ).table(threshold: threshold, sample: sample, count: count, context)
  },
  Primitive(
    "path_weights", topic: .models,
    "Weighs the assets of a model of series by the risk that its factors carry into each period.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    Parameter<TrackedRisk.Form>.choice(
      "risk", default: .tracked, "where the factors' covariance comes from"
    ).labelled,
    Parameter<Bool>.value("long_only", default: true, "whether no weight is below zero").labelled,
    Parameter<Bool>.value(
      "timing", default: false, "whether exposure is cut while the factors move fast"
    ).labelled,
    Parameter<PathTilt>.choice(
      "tilt", default: .none, "what the factors' movement adds to the weights"
    ).labelled,
    Parameter<Double>.value(
      "strength", default: 0.2, in: 0...10, "the sum of what a tilt moves, by absolute value"
    ).labelled,
    Parameter<Double>.value(
      "costs", default: 0.003, in: 0...1, shown: "30bps", "cost of a unit traded"
    ).labelled.share,
    returns:
      "a table of periods, the weight of each asset, `gross` and `net` of costs, and two benchmarks before "
      + "costs: `equal` weights, and least variance by the `sample` covariance of the past; `.risk` has the shares "
      + "of risk. Nothing of a period is read before it is over",
    examples: [
      "synth world: two_asset_regime, months: 60 | setup target: ret, features: [] | split thirds | fit rvrae233, seeds: 1, epochs: 20 | path_weights"
    ]
  ) { context, model, task, form, isLongOnly, isTimed, tilt, strength, cost in
    let data = try model.requireTask(task).cut
    guard let path = try model.model.latentPath(data, budget: context.budget) else {
      throw Fault(
        .wrongType, "`\(model.model.summary.model)` is no model of a few series",
        helps: ["fit rvrae233"], parameter: "model")
    }
    return try PathPortfolio(
      path: path, data: data, form: form, isLongOnly: isLongOnly, isTimed: isTimed, tilt: tilt,
      strength: strength, cost: cost
    ).table(model.model.summary.model)
  },
  Primitive(
    "leave_one_out", topic: .models,
    "Scores how a model rebuilds each asset's returns, with the asset's own return and without it.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    SharedParameters.block,
    returns: "a table of asset, `mse_reconstruction` and `mse_leave_one_out`, both of standardised "
      + "returns; without its own return an asset is read at its mean over the training periods",
    examples: [
      "synth world: two_asset_regime, months: 60 | setup target: ret, features: [] | split thirds | fit factorvae_tc, seeds: 1, epochs: 3 | leave_one_out"
    ]
  ) { context, model, task, block in
    try LeaveOneOutTable.make(model, model.requireTask(task), block, context)
  }.costing(.forecast),
]

extension TrackedRisk.Form: ChoiceWord {}

/// What the movement of factors adds to weights.
enum PathTilt: String, ChoiceWord {
  case none, momentum, reversion

  var sentence: String {
    switch self {
    case .none: "nothing"
    case .momentum: "towards where factors have been going: their last 5 periods less the 5 before"
    case .reversion: "against factors further than two deviations from their mean of 60 periods"
    }
  }

  /// The signal of a period, known at its end.
  func signal(_ path: [[Double]], at t: Int) -> [Double]? {
    switch self {
    case .none: nil
    case .momentum: Strategies.momentum(path, at: t)
    case .reversion: Strategies.reversion(path, at: t)
    }
  }
}

/// Which path of a model is followed.
enum MovingPart: String, ChoiceWord {
  case factors, spread

  var sentence: String {
    switch self {
    case .factors: "the latent path itself, as the month has shown it"
    case .spread:
      "log variances that the learned prior states before the month: what a model of series knows of "
        + "regimes"
    }
  }

  func path(_ model: ModelValue, _ data: FactorTask, _ context: Context) throws -> [[Double]] {
    if self == .factors {
      let predictions = try model.model.predict(data, budget: context.budget)
      return predictions.latent.isEmpty ? predictions.factors : predictions.latent
    }
    guard let path = try model.model.latentPath(data, budget: context.budget) else {
      throw Fault(
        .wrongType, "`\(model.model.summary.model)` states no spread of its factors before a month",
        helps: ["use of: factors"], parameter: "of")
    }
    return path.priorVariance.map { $0.map(Elementary.log) }
  }
}

/// Which velocities a period is compared with.
enum ShiftSample: String, ChoiceWord {
  case whole, online

  var sentence: String {
    switch self {
    case .whole: "all of them: looks ahead"
    case .online: "the hundred before it, once there are twenty"
    }
  }

  var sample: FactorDynamics.Sample { self == .whole ? .whole : .online }
}

/// A path with everything that is told of its movement.
struct DynamicsTable {
  let path: [[Double]]
  /// The months and the path itself.
  let base: Table

  func table(
    threshold: Double, sample: ShiftSample, count: Int, _ context: Context
  ) throws -> Table {
    let noun = base.periods?.first?.noun ?? "month"
    let velocity = FactorDynamics.velocity(path)
    let shifts = FactorDynamics.shifts(velocity, threshold: threshold, sample: sample.sample)
    let groups = try clusters(count, context)
    let known = sample == .whole ? Availability.wholeSample : 0
    var table = base
    table.columns += [
      ("velocity", Column(numbers: velocity)),
      ("acceleration", Column(numbers: FactorDynamics.acceleration(path))),
      ("shift", Column(numbers: shifts.map { $0 ? 1 : 0 }, unit: .boolean, known: known)),
      (
        "regime",
        Column(
          numbers: groups.labels.map { Double($0 + 1) }, unit: .count,
          known: Availability.wholeSample)
      ),
    ]
    let trend = FactorDynamics.trend(velocity).map {
      " · the last \(noun)'s move is \($0.rawValue)"
    }
    table.notes = [
      "  \(Counted.text(shifts.count { $0 }, "shift")) beyond \(ValueText.number(threshold)) "
        + "deviations\(trend ?? "")",
      "  regimes are groups of the whole path, and its parameters were fitted on the training \(noun)s: "
        + "labels are in-sample · first seed",
    ]
    table.parts = [
      .init(name: "transition", table: Self.transition(groups).ofWholeSample),
      .init(name: "regimes", table: Self.regimes(groups).ofWholeSample),
      .init(name: "memory", table: memory().ofWholeSample),
    ]
    return table
  }

  private func clusters(_ count: Int, _ context: Context) throws -> PathClusters {
    let found =
      count == 0
      ? PathClusters.bySilhouette(path, seed: context.seed)
      : PathClusters(path, count: count, seed: context.seed)
    guard let found else {
      throw Fault(
        .outsideData,
        "the path has too few different periods for \(count == 0 ? "two" : String(count)) regimes",
        parameter: "count")
    }
    return found
  }

  private static func transition(_ groups: PathClusters) -> Table {
    Table(
      title: "share of the next period's regime",
      columns: [("regime", Column(text: (1...groups.count).map { "from \($0)" }))]
        + (0..<groups.count).map { k in
          ("to \(k + 1)", Column(numbers: groups.transition.map { $0[k] }))
        })
  }

  private static func regimes(_ groups: PathClusters) -> Table {
    func numbers(_ part: (Int) -> Double, _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: (0..<groups.count).map(part), unit: unit)
    }
    return Table(
      title: "regimes, the slowest first",
      columns: [
        ("regime", numbers({ Double($0 + 1) }, .count)),
        ("periods", numbers({ group in Double(groups.labels.count { $0 == group }) }, .count)),
        ("dwell", numbers { groups.dwell[$0] }), ("velocity", numbers { groups.velocity[$0] }),
      ]
        + (0..<(groups.centroids.first?.count ?? 0)).map { k in
          ("z\(k + 1)", numbers { groups.centroids[$0][k] })
        },
      notes: [
        "  mean silhouette \(NumberFormat.fixed(groups.silhouette, decimals: 2)) · "
          + "\(Counted.text(groups.turns.count { $0 }, "clear turn"))"
      ])
  }

  private func memory() -> Table {
    let lags = Array(1...max(1, min(12, path.count - 1)))
    return Table(
      title: "autocorrelation of the path",
      columns: [("lag", Column(numbers: lags.map(Double.init), unit: .count))]
        + (0..<(path.first?.count ?? 0)).map { k in
          let series = path.map { $0[k] }
          return (
            "z\(k + 1)",
            Column(numbers: lags.map { FactorDynamics.autocorrelation(series, lag: $0) })
          )
        })
  }
}
