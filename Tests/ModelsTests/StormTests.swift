// The dual codebook network: exact gradients of every part, codes, windows, and what a fit says of itself.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

private enum Trial {
  static func design(_ change: (inout StormDesign) -> Void = { _ in }) -> StormDesign {
    var design = StormDesign(inputs: 4, assets: 5)
    (design.months, design.patch, design.width, design.heads) = (4, 2, 8, 1)
    (design.layers, design.decoderLayers, design.ratio) = (1, 1, 1)
    (design.codes, design.stem, design.rebuilt) = (6, 3, 2)
    // Weights of one size, so that no part hides behind another.
    design.weights = StormWeights(
      returns: 1, divergence: 0.7, reconstruction: 0.5, commitment: 0.6, orthogonality: 0.8,
      diversity: 0.9, alignment: 0.4, priceOrder: 0.3)
    change(&design)
    return design
  }

  static let designs: [StormDesign] = [
    design(),
    design { $0.modules = .spatial },
    design { ($0.modules, $0.prices, $0.rebuilt) = (.temporal, [1, 0, 3, 2], 4) },
    design { ($0.fuses, $0.alpha, $0.width, $0.heads) = (false, .factors, 16, 2) },
    design { ($0.universe, $0.assets) = (.dynamic, 10) },
    design { ($0.universe, $0.assets, $0.alpha) = (.dynamic, 10, .factors) },
    design { $0.rule = .ema },
    design { ($0.weights.reconstruction, $0.weights.alignment) = (0, 0) },
  ]

  /// A task with gaps.
  static func task() throws -> FactorTask {
    let full = try SimulatedPanel.task(firms: 10, months: 20, characteristics: 4)
    var stream = RandomStream(seed: 3, purpose: .example)
    return full.keeping(full.returns.indices.filter { _ in stream.uniform() > 0.2 })
  }

  static func network<Scalar: NetworkScalar>(
    _ design: StormDesign, _: Scalar.Type, threads: Int = 1
  ) throws -> (StormNetwork<Scalar>, StormWindows) {
    let task = try task()
    let universe = StormWindows.mostComplete(task, 0..<10, count: 5)
    let data = StormWindows(
      task, scale: 0.2, universe: design.isDynamic ? nil : universe)
    let network = StormNetwork<Scalar>(design, windows: 3, threads: threads)
    var stream = RandomStream(seed: 5, purpose: .initialise)
    network.initialize(&stream)
    network.parameters.disturb(0.1)
    return (network, data)
  }

  static let months = [5, 9, 1]
}

@Suite struct StormNetworkTests {
  // AT-7: the way through a codebook is the identity, and what a stop holds does not move.
  @Test(arguments: Trial.designs)
  func gradientsAgreeForEveryPart(design: StormDesign) throws {
    let (network, data) = try Trial.network(design, Double.self)
    let windows = (FullRun.isAsked ? Trial.months : [5, 9]).map { data[$0] }
    _ = network.gradient(windows, data)
    for worker in network.busy {
      worker.books.firms?.hold(rows: worker.firmRows, worker.firmTokens)
      worker.books.dates?.hold(rows: worker.dateRows, worker.dateTokens)
    }
    let counted = ["counts", "sums", "idle"]
    // With moving means nothing but the tokens' own way has a gradient.
    let still = design.rule == .ema ? counted + ["codes"] : counted
    let names = network.parameters.tensors.map(\.name).filter { name in
      !still.contains { name.hasSuffix(".\($0)") }
    }
    let entries = FullRun.isAsked ? 2 : 1
    let result = BlockCheck.worst(network.parameters, tensors: names, entries: entries) {
      network.loss(windows, data, addsGradient: $0)
    }
    #expect(result.error < GradientCheck.tolerance, "\(design): \(result)")
  }

  @Test func codesGoThroughTheirWholeGradient() throws {
    // Without the parts that go straight through, the codes' gradient is that of a function as it stands.
    let design = Trial.design {
      $0.weights = StormWeights(
        returns: 0, divergence: 0, reconstruction: 0, commitment: 0, orthogonality: 0.8,
        diversity: 0.9, alignment: 0)
    }
    let (network, data) = try Trial.network(design, Double.self)
    let windows = Trial.months.map { data[$0] }
    let result = BlockCheck.worst(
      network.parameters, tensors: ["firms.codes", "dates.codes"], entries: 20
    ) { network.loss(windows, data, addsGradient: $0) }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func threadsChangeNoBit() throws {
    let (one, data) = try Trial.network(Trial.design(), Float.self)
    let (two, _) = try Trial.network(Trial.design(), Float.self, threads: 2)
    let windows = Trial.months.map { data[$0] }
    #expect(one.gradient(windows, data) == two.gradient(windows, data))
    #expect(one.parameters.gradientValues == two.parameters.gradientValues)
  }

  @Test(arguments: [StormUniverse.fixed, .dynamic])
  func aWindowStandsAlone(universe: StormUniverse) throws {
    let design = Trial.design { ($0.universe, $0.assets) = (universe, universe == .fixed ? 5 : 10) }
    let (network, data) = try Trial.network(design, Float.self)
    func prior(_ months: [Int], _ number: Int) -> [Double] {
      network.encode(months.map { data[$0] }, data)
      network.describe()
      var found: [Double] = []
      network.eachWindow { window, worker, place in
        if window == number { found = worker.heads.windows[place].prior.mean }
      }
      return found
    }
    for (number, month) in Trial.months.enumerated() {
      #expect(prior(Trial.months, number) == prior([month], 0))
    }
  }

  // The prior reads no return; the posterior does.
  @Test func onlyThePosteriorReadsReturns() throws {
    let task = try Trial.task()
    let (network, data) = try Trial.network(Trial.design(), Float.self)
    let universe = StormWindows.mostComplete(task, 0..<10, count: 5)
    let blind = StormWindows(
      task, scale: 0.2, universe: universe, waiting: task.returns.map { _ in true })
    func found(_ data: StormWindows) -> StormReturns? {
      network.encode([data[6]], data)
      network.describe()
      return network.workers[0].heads.windows.first
    }
    let (seen, unseen) = (try #require(found(data)), try #require(found(blind)))
    #expect(seen.prior.mean == unseen.prior.mean && seen.alpha.mean == unseen.alpha.mean)
    #expect(seen.posterior.mean != unseen.posterior.mean)
    #expect(unseen.portfolios.allSatisfy { $0 == 0 } && unseen.loss == 0)
  }

  @Test func memoryIsTold() throws {
    for design in Trial.designs + [StormDesign(inputs: 20, assets: 50)] {
      let network = StormNetwork<Float>(design, windows: 8)
      let taken = network.workers.reduce(0) { $0 + $1.builder.taken }
      let told = design.room(windows: 8) + 4 * network.parameters.count
      #expect(taken <= told, "\(design)")
      #expect(Double(told) < 1.6 * Double(taken), "\(told) for \(taken), \(design)")
      let tensors = network.parameters.tensors.reduce(0) { $0 + $1.rows * $1.columns }
      #expect(design.leastParameters < tensors && design.parameterCount < tensors)
    }
  }
}

@Suite struct StormCodebookTests {
  @Test func deadCodesAreDrawnAnew() throws {
    let (network, data) = try Trial.network(Trial.design(), Float.self)
    let windows = Trial.months.map { data[$0] }
    var draws = RandomStream(seed: 1, purpose: .posterior)
    network.encode(windows, data)
    network.drawCodes(&draws)
    network.describe()
    let book = try #require(network.workers[0].books.firms).tensors
    let idle = network.parameters.weights(book.idle)
    let width = Padding.padded(8)
    // A code far from everything has never been used; after its patience it is a token.
    for j in 0..<8 { network.parameters.weights(book.codes)[3 * width + j] = 1000 }
    for step in 1...StormDesign.patience {
      network.encode(windows, data)
      network.describe()
      network.keepCodes(&draws)
      if step < StormDesign.patience { #expect(idle[3] == Float(step)) }
    }
    #expect(idle[3] == 0 && network.parameters.weights(book.codes)[3 * width] < 100)
    network.encode(windows, data)
    network.describe()
    network.keepCodes(&draws)
    #expect(idle[3] == 0)
  }

  // With one token and decay d the mean moves by 1 - d of the way, whatever Laplace's rule does to the counts.
  @Test func movingMeansFollowTheirTokens() throws {
    let design = Trial.design { $0.rule = .ema }
    let (network, data) = try Trial.network(design, Double.self)
    let windows = Trial.months.map { data[$0] }
    var draws = RandomStream(seed: 1, purpose: .posterior)
    network.encode(windows, data)
    network.drawCodes(&draws)
    let before = network.describe().commitment
    for _ in 0..<60 {
      network.encode(windows, data)
      network.describe()
      network.keepCodes(&draws)
    }
    network.encode(windows, data)
    #expect(network.describe().commitment < before)
  }

  @Test func orthogonalCodesPayNothing() {
    let block = ParameterBlock<Double>(padded: true)
    let codes = block.add("codes", rows: 4, columns: 4)
    block.fill(codes) { $0 == $1 ? 3 : 0 }
    func penalty() -> Double {
      OrthogonalCodes.penalty(block, codes, weight: 1, addsGradient: false)
    }
    expectClose(penalty(), 0, absolute: 1e-12)
    block.fill(codes) { _, _ in 2 }
    expectClose(penalty(), 0.75, absolute: 1e-12)
  }

  // Two pairs of equal unit vectors, orthogonal to each other: rows exp(e) and 1.
  @Test func alignmentIsTheStatedOne() {
    let rows = [[2.0, 0], [0, 5]]
    let wanted = Elementary.log1p(Elementary.exp(-Elementary.exp(1)))
    expectClose(ClassAlignment(rows, rows).loss, wanted, absolute: 1e-12)
    #expect(ClassAlignment([[1, 2]], [[3, 4]]).loss == 0)
    #expect(ClassAlignment([[1, 2]], [[3, 4]]).first == [[0, 0]])
  }

  @Test func useIsCounted() {
    let even = CodebookUse(counts: [3, 3, 0, 3])
    #expect(even.used == 3 && even.size == 4 && !even.isCollapsed)
    expectClose(even.perplexity, 3, absolute: 1e-12)
    #expect(CodebookUse(counts: [9, 0, 0]).isCollapsed)
    let notes = StormUse.notes([StormUse((firms: CodebookUse(counts: [9, 0, 0]), dates: even))])
    #expect(notes.count == 3 && notes[1].contains("collapsed in 1 of 1"))
  }
}

@Suite struct StormWindowTests {
  @Test func datesFollowTheCalendar() throws {
    let task = try Trial.task()
    let data = StormWindows(task, scale: 1, universe: nil)
    let firm = task.index.assets[task.rows(6).lowerBound]
    var rows: [Int] = []
    data.dates(of: firm, until: 6, months: 9) { _, row in rows.append(row) }
    #expect(rows.prefix(2).allSatisfy { $0 == -1 } && rows[8] == task.rows(6).lowerBound)
    for (date, row) in rows.enumerated() where row >= 0 {
      #expect(task.rows(date - 2).contains(row) && task.index.assets[row] == firm)
    }
  }

  @Test func theUniverseIsOfTrainingMonthsAlone() throws {
    let task = try Trial.task()
    let names = StormWindows.mostComplete(task, 0..<10, count: 5)
    var counts: [String: Int] = [:]
    for row in task.rows(0..<10) {
      counts[task.index.assetNames[Int(task.index.assets[row])], default: 0] += 1
    }
    let least = try #require(names.map { counts[$0] ?? 0 }.min())
    #expect(names == names.sorted() && names.count == 5)
    #expect(counts.values.count { $0 > least } <= 5)
  }

  @Test func tooFewMonthsAreNamed() throws {
    let task = try SimulatedPanel.task(firms: 10, months: 20, characteristics: 4)
    let model = try #require(Registry.card("storm")).model(["seeds": .integer(1)])
    let error = #expect(throws: ModelError.self) { try model.fit(task, FitContext(seed: 1)) }
    #expect(error == .shortWindows(months: 16, patch: 4, found: 12))
    #expect(error?.help == "ask for shorter windows:  months: 4")
  }

  @Test(arguments: NewcomerRule.allCases)
  func firmsOutsideTheUniverse(rule: NewcomerRule) throws {
    let task = try SimulatedPanel.task(firms: 12, months: 36, characteristics: 4)
    let model = try #require(Registry.card("storm")).model([
      "seeds": .integer(1), "epochs": .integer(1), "firms": .integer(5), "months": .integer(4),
      "patch": .integer(2), "dim": .integer(8), "heads": .integer(1),
      "new_firm": .word(rule.rawValue),
    ])
    let fitted = try #require(try model.fit(task, FitContext(seed: 1)) as? FittedStorm)
    let found = try fitted.predict(task, budget: Budget()).preferredForecast
    let rows = task.rows(20)
    let outside = rows.filter {
      !fitted.universe.contains(task.index.assetNames[Int(task.index.assets[$0])])
    }
    #expect(outside.count == 7)
    let inside = rows.filter { !outside.contains($0) }.map { found[$0] }
    #expect(inside.allSatisfy(\.isFinite) && Set(inside).count == 5)
    switch rule {
    case .drop: #expect(outside.allSatisfy { found[$0].isNaN })
    case .zero: #expect(outside.allSatisfy { found[$0] == 0 })
    case .mean:
      for row in outside {
        expectClose(found[row], inside.reduce(0, +) / 5, absolute: 1e-9)
      }
    }
    #expect(fitted.summary.notes.contains { $0.contains(rule.stormConsequence) })
    #expect(fitted.summary.notes.contains { $0.contains("perplexity") })
  }
}

extension StormNetwork {
  /// The whole loss, with its gradient where it is asked for.
  func loss(_ windows: [StormWindow], _ data: StormWindows, addsGradient: Bool) -> Double {
    if addsGradient { return gradient(windows, data).total(design) }
    encode(windows, data)
    describe()
    penaliseCodes(addsGradient: false)
    return loss.total(design)
  }
}

extension ParameterBlock {
  var gradientValues: [Scalar] { Array(UnsafeBufferPointer(start: gradients, count: count)) }
}
