// What a fitted model says of time: states, factors, regimes of them, and paths ahead.

import FactorLang
import FactorRuntime
import Models

let regimePrimitives: [Primitive] = [
  Primitive(
    "states", topic: .models,
    "Gives the latent state of each month as the first seed sees it, from that month and the past.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    Parameter<String>.word(
      "posterior", among: [Choice("filtered", "from the month and those before it")],
      default: "filtered", "what a state may read"
    ).labelled,
    returns: "a table of month, s1, s2, …; sign and rotation are the fit's own",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit cvra, k: 2, seeds: 2, epochs: 3 | states"
    ]
  ) { context, model, task, _ in
    let data = try model.requireTask(task).cut
    let predictions = try model.model.predict(data, budget: context.budget)
    return try MonthTable.of(
      predictions.latent.isEmpty ? predictions.factors : predictions.latent, "s", data, model)
  },
  Primitive(
    "factors", topic: .models,
    "Gives the factor returns of each month, as the first seed sees them.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    returns: "a table of month, f1, f2, …; sign and rotation are the fit's own",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 2, seeds: 2, epochs: 3 | factors"
    ]
  ) { context, model, task in
    let task = try model.requireTask(task)
    if task.window == nil { model.recipe.seen(task.cut.index).map(context.note) }
    return try MonthTable.of(
      model.model.predict(task.cut, budget: context.budget).factors, "f", task.cut, model)
  },
  Primitive(
    "regimes", topic: .models,
    "Finds regimes of lasting mean and volatility in the columns of a table, month by month.",
    Parameter<TableFlow>.flow("series", "a table with one row a month"),
    Parameter<Int>.value("count", default: 2, in: 2...8, "the number of regimes"),
    Parameter<String>.word(
      "method", among: [Choice("hmm", "a Gaussian hidden Markov model, fitted by EM")],
      default: "hmm", "how they are found"
    ).labelled,
    Parameter<Int>.value("seeds", default: 10, in: 1...1000, "random starts; the best one counts")
      .labelled,
    Parameter<Value>.value(
      "until", default: .missing, shown: "all months",
      "the last month that parameters are fitted on"
    ).labelled,
    returns: "a table of month, regime (1 the calmest) and filtered probabilities prob1, prob2, …; "
      + "`.transition` and `.moments` are tables",
    examples: [
      "r = toy | summarise average = mean(ret), by: month | regimes 2, seeds: 5\nr\nr.transition"
    ]
  ) { context, flow, count, _, seeds, until in
    try RegimeTable(flow.table).regimes(count, seeds: seeds, until: until, context)
  },
  Primitive(
    "simulate", topic: .models,
    "Draws paths of the equal-weighted portfolio from a VAR(1) of the model's factors.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    Parameter<Value>.value(
      "from", default: .missing, shown: "the last period",
      "the month or day after which paths begin"
    ).labelled,
    Parameter<Periods?>.optional("horizon", "how far paths go; 12 periods if left out")
      .labelled,
    Parameter<Int>.value("paths", default: 500, in: 20...1_000_000, "how many paths").labelled,
    Parameter<Bool>.value(
      "compound", default: false,
      "what one unit has gained so far instead of the return of each period"
    ).labelled,
    returns:
      "a table of periods and quantiles p5, p25, p50, p75, p95 over the paths; nothing after "
      + "`from` is read",
    examples: [
      "m = toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 2, epochs: 3\nsimulate m, from: 2001-06, horizon: 6m, paths: 100"
    ]
  ) { context, model, task, from, horizon, paths, compound in
    try Simulation(model, model.requireTask(task).cut, context).table(
      from: from, horizon: horizon, paths: paths, compound: compound)
  },
  Primitive(
    "plot.ribbon", topic: .plots, "Draws probabilities over the months, from zero to one.",
    Parameter<Frame>.flow("rows", "a table or panel with one row a month"),
    Parameter<[ColumnExpression]>.expressions("values", "the probabilities, such as prob1")
      .timed(.marked).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true,
    examples: [
      "toy | summarise average = mean(ret), by: month | regimes 2, seeds: 5 | plot.ribbon prob2"
    ]
  ) { context, frame, values, title, canvas in
    var scene = try LineScene(values: values, across: nil, by: nil, title: title).scene(
      frame, context)
    // One probability fills the space below it; several are lines.
    if scene.series.count == 1 { scene.mark = .histogram }
    scene.limits = 0...1
    return PlotValue(scene: scene, canvas: canvas)
  },
  Primitive(
    "plot.fan", topic: .plots, "Draws the median of simulated paths and bands around it.",
    Parameter<TableFlow>.flow("paths", "what `simulate` gives"),
    Parameter<[Double]>.value(
      "bands", default: [0.5, 0.9], shown: "[50%, 90%]", "shares of the paths between two lines"
    ).labelled,
    Parameter<String>.value("title", default: "", "the title").labelled,
    Parameter<PlotCanvas>.choice("canvas", default: .braille, "how it is drawn").labelled,
    returns: "the plot", isEffect: true,
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 2, epochs: 3 | simulate horizon: 12m, paths: 100 | plot.fan bands: [50%, 90%]"
    ]
  ) { _, flow, bands, title, canvas in
    PlotValue(scene: try Fan.scene(flow.table, bands, title), canvas: canvas)
  },
]

enum MonthTable {
  /// Months x values as a table; a month's values are known when the month is over.
  static func of(
    _ rows: [[Double]], _ prefix: String, _ data: FactorTask, _ model: ModelValue
  ) throws -> Table {
    guard let width = rows.first?.count, width > 0, rows.count == data.monthCount else {
      throw Fault.withoutFactors(model.model.summary.model)
    }
    return Table(
      title:
        "\(model.model.summary.model) · \(data.index.months[0])..\(data.index.months[rows.count - 1])",
      columns: [Column.time(data.index.months)]
        + (0..<width).map { k in ("\(prefix)\(k + 1)", Column(numbers: rows.map { $0[k] })) })
  }
}

/// A table as a series of numbers over months.
struct RegimeTable {
  private let table: Table

  init(_ table: Table) { self.table = table }

  func regimes(_ count: Int, seeds: Int, until: Value, _ context: Context) throws -> Table {
    guard let all = table.periods, Set(all).count == all.count
    else {
      throw Fault(
        .wrongType, "`regimes` needs a table with a column `month` or `date`, one row each")
    }
    let order = all.indices.sorted { all[$0] < all[$1] }
    let named = table.columns.filter { $0.column.numbers != nil }
    let numbers = named.compactMap(\.column.numbers)
    guard !numbers.isEmpty else { throw Fault(.wrongType, "the table has no column of numbers") }
    let rows = order.filter { row in numbers.allSatisfy { $0[row].isFinite } }
    let series = rows.map { row in numbers.map { $0[row] } }
    let months = rows.map { all[$0] }
    var (fitted, known) = (series, Availability.wholeSample)
    if !until.isMissing {
      let last = try PanelKeys.period(until, "until", Clock(months))
      fitted = zip(months, series).filter { $0.0 <= last }.map(\.1)
      // From then on nothing later is in the probabilities than what the series themselves know.
      let counted = table.counted(from: all)
      known = named.compactMap { counted.column($0.name)?.known }.reduce(0, max)
    }
    let noun = months.first?.noun ?? "month"
    guard fitted.count >= 10 * count else {
      throw Fault(
        .outsideData,
        "\(count) regimes need \(10 * count) \(noun)s or more; there are \(fitted.count)",
        parameter: "count")
    }
    let model = HiddenMarkov(fitted, regimes: count, starts: seeds, seed: context.seed)
    context.ledger(
      LedgerLine(
        stage: "regimes", rowsIn: all.count, rowsOut: rows.count,
        reasons: [.init("\(noun)s with a missing value", all.count - rows.count)]),
      detail: "\(count) regimes of \(named.map(\.name).joined(separator: ", ")), best of "
        + "\(Counted.text(seeds, "start")), parameters from \(fitted.count) \(noun)s")
    return result(model, model.filtered(series), months, named.map(\.name), known)
  }

  private func result(
    _ model: HiddenMarkov, _ filtered: [[Double]], _ months: [Period], _ names: [String],
    _ known: Int
  ) -> Table {
    let regimes = filtered.map { p in p.indices.max { (p[$0], -$0) < (p[$1], -$1) } ?? 0 }
    func numbers(_ part: (Int) -> Double, _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: months.indices.map(part), unit: unit, known: known)
    }
    var result = Table(
      title: table.title,
      columns: [
        Column.time(months),
        ("regime", numbers({ Double(regimes[$0] + 1) }, .count)),
      ]
        + (0..<model.count).map { k in ("prob\(k + 1)", numbers { filtered[$0][k] }) })
    let labels = (1...model.count).map { "from \($0)" }
    let transition = Table(
      title: "probability of the next \(months.first?.noun ?? "month")'s regime",
      columns: [("regime", Column(text: labels))]
        + (0..<model.count).map { k in
          ("to \(k + 1)", Column(numbers: model.transition.map { $0[k] }))
        })
    let moments = Table(
      title: "means and standard deviations",
      columns: [("regime", Column(numbers: (1...model.count).map(Double.init), unit: .count))]
        + names.enumerated().flatMap { j, name in
          [
            ("mean \(name)", Column(numbers: model.means.map { $0[j] })),
            ("sd \(name)", Column(numbers: model.variances.map { $0[j].squareRoot() })),
          ]
        })
    result.parts = [
      .init(name: "transition", table: transition.ofWholeSample),
      .init(name: "moments", table: moments.ofWholeSample),
    ]
    return result
  }
}
