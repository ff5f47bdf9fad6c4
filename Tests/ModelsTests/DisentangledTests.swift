// The autoencoder of cross-sections and its judge: exact gradients and Jacobians, known total correlations.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

private enum Trial {
  static let designs = ErrorCount.allCases.map { loss in
    DisentangledDesign(
      series: 5, factors: 3, hidden: [6, 4], judgeWidth: 5, judgeLayers: 2, gamma: 1.5, loss: loss)
  }

  static func matrix(_ periods: Int, series: Int = 5) -> [[Double]] {
    var stream = RandomStream(seed: 3, purpose: .example)
    return (0..<periods).map { _ in (0..<series).map { _ in stream.normal() } }
  }

  static func players<Scalar: NetworkScalar>(
    _ design: DisentangledDesign, _: Scalar.Type
  ) -> (DisentangledNetwork<Scalar>, LatentJudge<Scalar>) {
    let network = DisentangledNetwork<Scalar>(design, rows: 16)
    let judge = LatentJudge<Scalar>(design, rows: 32)
    var stream = RandomStream(seed: 5, purpose: .initialise)
    network.initialize(&stream)
    judge.initialize(&stream)
    network.parameters.disturb(0.1)
    judge.parameters.disturb(0.1)
    return (network, judge)
  }
}

@Suite struct DisentangledNetworkTests {
  // Encoder, decoder, and the way of the penalty through a judge that is taken as it is.
  @Test(arguments: Trial.designs)
  func gradientsAgree(design: DisentangledDesign) {
    let (network, judge) = Trial.players(design, Double.self)
    network.load(Trial.matrix(9))
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { _ in
      var draws = RandomStream(seed: 9, purpose: .posterior)
      return network.gradient(rows: 9, judge: judge) { draws.normal() }.total(design.gamma)
    }
    #expect(result.error < GradientCheck.tolerance, "\(design): \(result)")
    // The judge was left alone.
    let slopes = UnsafeBufferPointer(
      start: judge.parameters.gradients, count: judge.parameters.count)
    #expect(slopes.allSatisfy { $0 == 0 })
  }

  // Returns that are not there are read as zero, have no error, and may be told apart by the encoder.
  @Test(arguments: [AbsentReturns.mean, .mask], ErrorCount.allCases)
  func gradientsAgreeWithGaps(absent: AbsentReturns, loss: ErrorCount) {
    var design = Trial.designs[0]
    (design.absent, design.loss) = (absent, loss)
    let (network, judge) = Trial.players(design, Double.self)
    var matrix = Trial.matrix(9)
    for (t, i) in [(0, 1), (3, 4), (3, 0), (8, 2)] { matrix[t][i] = .nan }
    network.load(matrix)
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { _ in
      var draws = RandomStream(seed: 9, purpose: .posterior)
      return network.gradient(rows: 9, judge: judge) { draws.normal() }.total(design.gamma)
    }
    #expect(result.error < GradientCheck.tolerance, "\(design): \(result)")
    let path = network.path([matrix[3]])
    let seen = [1, 2, 3].map { matrix[3][$0] - path.fits[0][$0] }
    let sum = seen.reduce(0) { $0 + $1 * $1 }
    expectClose(path.reconstruction[0], loss == .gaussSum ? sum / 2 : sum / 3, relative: 1e-12)
    var filled = matrix[3]
    for i in [0, 4] { filled[i] = 0 }
    #expect((network.path([filled]).means == path.means) == (absent == .mean))
  }

  @Test func theJudgesGradientsAgree() {
    let (network, judge) = Trial.players(Trial.designs[0], Double.self)
    network.load(Trial.matrix(12))
    var draws = RandomStream(seed: 9, purpose: .posterior)
    network.encode(rows: 12, isTraining: true, into: network.z) { draws.normal() }
    let result = BlockCheck.worst(
      judge.parameters, tensors: judge.parameters.tensors.map(\.name)
    ) { _ in judge.judge(rows: 12, network.z, stride: network.factorWidth).crossEntropy }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  // Spec 5.A, without the biases of hidden layers, which batch norm cancels.
  @Test func parametersAreCounted() {
    let paper = DisentangledDesign(
      series: 100, factors: 10, hidden: [64, 32], judgeWidth: 64, judgeLayers: 3, gamma: 6)
    #expect(paper.parameterCount == 18_552 - 2 * (64 + 32))
    #expect(paper.judgeParameterCount == 9154)
    for design in [paper] + Trial.designs {
      func count(_ block: ParameterBlock<Double>) -> Int {
        block.tensors.reduce(0) { $0 + $1.rows * $1.columns }
      }
      #expect(
        count(DisentangledNetwork<Double>(design, rows: 1).parameters) == design.parameterCount)
      #expect(
        count(LatentJudge<Double>(design, rows: 1).parameters) == design.judgeParameterCount)
    }
  }

  @Test func jacobiansAreThoseOfTheDecoder() {
    let (network, judge) = Trial.players(Trial.designs[0], Double.self)
    network.load(Trial.matrix(16))
    // Running moments that are not those of the start.
    for _ in 0..<5 { _ = network.gradient(rows: 16, judge: judge) { 0.1 } }
    let latent = [0.3, -0.7, 0.4]
    func fit(_ k: Int, _ change: Double) -> [Double] {
      for j in 0..<3 { network.z[j] = latent[j] + (j == k ? change : 0) }
      network.decoder.forward(rows: 1, network.z, isTraining: false)
      return network.fit(0)
    }
    let found = network.jacobians([latent])[0]
    for k in 0..<3 {
      let slopes = zip(fit(k, 1e-5), fit(k, -1e-5)).map { ($0 - $1) / 2e-5 }
      expectClose(found.column(k), slopes, absolute: 1e-8, "latent \(k)")
    }
  }

  // A period is said the same whatever stands beside it, to the bit.
  @Test func aPeriodStandsAlone() {
    let (network, _) = Trial.players(Trial.designs[0], Float.self)
    let matrix = Trial.matrix(40)
    let whole = network.path(matrix)
    for t in [0, 15, 16, 39] {
      let single = network.path([matrix[t]])
      #expect(single.means[0] == whole.means[t] && single.fits[0] == whole.fits[t])
      #expect(single.variances[0] == whole.variances[t])
    }
  }
}

@Suite struct TotalCorrelationTests {
  @Test func ofTwoNormalLatentsItIsKnown() {
    let matrix = Matrix(rows: 2, columns: 2, storage: [4, 1.6, 1.6, 1])
    expectClose(TotalCorrelation.normal(matrix), 0.51082562, absolute: 5e-9)
    expectClose(
      TotalCorrelation.normal(Matrix(rows: 2, columns: 2, storage: [4, 0, 0, 1])), 0, absolute: 0)
    // A latent that does not vary tells nothing; two that are one tell everything.
    let still = Matrix(rows: 2, columns: 2, storage: [1, 0, 0, 0])
    #expect(TotalCorrelation.normal(still) == 0)
    #expect(TotalCorrelation.normal([[1, 2], [2, 4], [3, 6]]) == .infinity)
    #expect(
      TotalCorrelation.normal(
        means: [[1, 2], [2, 4], [3, 6]], variances: [[1, 1], [1, 1], [1, 1]]
      ).isFinite)
  }

  @Test func aPermutationKeepsMarginals() {
    var stream = RandomStream(seed: 2, purpose: .posterior)
    var z = (0..<320).map { Double($0) }
    z.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      TotalCorrelation.permute(rows: 20, columns: 3, stride: 16, base, &stream)
    }
    func column(_ k: Int) -> [Double] { (0..<20).map { z[$0 * 16 + k] } }
    for k in 0..<16 {
      let before = (0..<20).map { Double($0 * 16 + k) }
      #expect(column(k).sorted() == before)
      #expect((column(k) == before) == (k >= 3))
    }
    #expect(column(0) != column(1).map { $0 - 1 } && column(1) != column(2).map { $0 - 1 })
  }

  /// Trains a judge on pairs with a correlation; gives its cross entropy and what it sees, on fresh pairs.
  private func judged(_ rho: Double) -> (LatentJudge<Float>.Verdict, total: Double) {
    let rows = 512
    let judge = LatentJudge<Float>(latents: 2, width: 16, layers: 2, rows: rows)
    var stream = RandomStream(seed: 4, purpose: .example)
    judge.initialize(&stream)
    let player = Player<Float>(
      large: judge.parameters, optimizer: Optimizer(rate: 3e-3, clip: nil))
    player.optimizer.betas = (0.5, 0.9)
    player.optimizer.schedule = .cosine(warmUp: 20, steps: 800, floor: 0.02)
    let z = UnsafeMutablePointer<Float>.allocate(capacity: rows * 16)
    z.initialize(repeating: 0, count: rows * 16)
    defer { z.deallocate() }
    func draw() {
      for i in 0..<rows {
        let r = i < rows / 2 ? rho : 0
        let x = stream.normal()
        let y = r * x + (1 - r * r).squareRoot() * stream.normal()
        (z[i * 16], z[i * 16 + 1]) = (Float(x), Float(y))
      }
    }
    for _ in 0..<800 {
      draw()
      _ = player.update { judge.judge(rows: rows, z, stride: 16).crossEntropy }
    }
    var (sum, total) = (LatentJudge<Float>.Verdict(), 0.0)
    for _ in 0..<40 {
      draw()
      let verdict = judge.judge(rows: rows, z, stride: 16, adds: false)
      sum.crossEntropy += verdict.crossEntropy / 40
      sum.accuracy += verdict.accuracy / 40
      total += judge.totalCorrelation(rows: rows / 2, z, stride: 16, into: nil) / 40
    }
    return (sum, total)
  }

  // AT-14.
  @Test func independentLatentsLeaveTheJudgeAtChance() {
    let (verdict, total) = judged(0)
    expectClose(verdict.crossEntropy, Elementary.log(2), absolute: 0.01)
    expectClose(verdict.accuracy, 0.5, absolute: 0.03)
    expectClose(total, 0, absolute: 0.03)
  }

  @Test func dependentLatentsAreSeen() {
    let (verdict, total) = judged(0.8)
    #expect(verdict.crossEntropy < Elementary.log(2) - 0.08 && verdict.accuracy > 0.6)
    expectClose(total, 0.511, absolute: 0.15)
  }
}

@Suite struct FactorVAETCTests {
  private func task(firms: Int = 22, months: Int = 400, seed: UInt64 = 1) throws -> FactorTask {
    let world = try DriftingBetaWorld(WorldSize(firms: firms, months: months, seed: seed))
    return try SimulatedPanel.task(world, SplitDesign.shares.split(months: months))
  }

  private func model(_ own: [String: HyperparameterValue] = [:]) throws -> any FactorModel {
    let card = try #require(Registry.card("factorvae_tc"))
    return try card.model(
      [
        "epochs": .integer(6), "seeds": .integer(1), "k": .integer(4),
        "hidden": .integers([12, 8]),
        "judge": .integer(16), "judge_layers": .integer(2),
      ].merging(own) { $1 })
  }

  @Test func whatIsSaidFollowsFromThePath() throws {
    let task = try task(months: 120)
    let fitted = try model().fit(task, FitContext(seed: 1))
    let said = try fitted.predict(task, budget: Budget())
    let path = try #require(try fitted.latentPath(task, budget: Budget()))
    #expect(path.count == 120 && path.factors == 4 && said.latent == path.posteriorMean)
    let total = try #require(said.total)
    let errors = (0..<72).map { task.returns[22 * $0] - total[22 * $0] }
    expectClose(path.residualVariance[0], errors.reduce(0) { $0 + $1 * $1 } / 72, relative: 1e-5)
    // The forecast is the mean of what was seen, and nothing of the network's.
    let past = (0..<50).map { task.returns[22 * $0 + 3] }
    expectClose(said.preferredForecast[22 * 50 + 3], past.reduce(0, +) / 50, relative: 1e-12)
    #expect(said.preferred == .mean && said.preferredForecast.prefix(22).allSatisfy { $0 == 0 })
    #expect(fitted.summary.notes.contains { $0.contains("nothing is forecast") })
    let shown = try #require(try fitted.shownLoadings(task, budget: Budget()))
    #expect(shown.values.rows == 22 * 120 && shown.values.row(23) == path.jacobians[1].row(1))
  }

  @Test func anAssetIsFitWorseWithoutItself() throws {
    let task = try task()
    let fitted = try #require(
      try model(["gamma": .real(0), "epochs": .integer(25), "rate": .real(0.005)])
        .fit(task, FitContext(seed: 1)) as? FittedDisentangled)
    let scores = try #require(try fitted.leaveOneOut(task, 0..<240, budget: Budget()))
    #expect(scores.count == 22 && scores[3].asset == "10003")
    let (fit, without) = (
      scores.reduce(0) { $0 + $1.reconstruction } / 22, scores.reduce(0) { $0 + $1.without } / 22
    )
    #expect(fit < without && fit < 0.9, "\(fit) and \(without)")
    expectClose(fit, fitted.members[0].figures.errors.train, relative: 1e-9)
  }

  @Test func theEpochsSayWhatTheLossIsMadeOf() throws {
    let report = try model().fit(task(), FitContext(seed: 1)).summary.members[0]
    let (rec, div, tc) = (
      try #require(report.metrics["reconstruction"]), try #require(report.metrics["divergence"]),
      try #require(report.metrics["total_correlation"])
    )
    for e in report.trainingLoss.indices {
      expectClose(report.trainingLoss[e], rec[e] + div[e] + 6 * tc[e], relative: 1e-9)
    }
    let accuracy = try #require(report.metrics["judge_accuracy"])
    #expect(accuracy.allSatisfy { (0.2...1).contains($0) })
    #expect(report.metrics["judge_entropy"] != nil)
  }

  // Stopped between two epochs and continued, the fit is the same to the bit, the judge and its moments included.
  @Test func aStoppedFitGoesOnBitByBit() throws {
    let (task, model) = (try task(months: 150), try model(["seeds": .integer(2)]))
    let whole = try model.fit(task, FitContext(seed: 5))
    let budget = Budget()
    let stopped = try model.fit(
      task, FitContext(seed: 5, budget: budget) { if $0.epoch == 3 { budget.cancel() } })
    let pause = try #require(stopped.pause)
    #expect(pause.epoch < 6 && pause.cause == nil)
    var context = FitContext(seed: 5)
    context.earlier = try Container(decoding: pause.checkpoint().encoded)
    let again = try model.fit(task, context)
    #expect(try ModelFile.container(of: again).encoded == ModelFile.container(of: whole).encoded)
  }

  @Test func aMissingReturnIsNamed() throws {
    let full = try task(months: 60)
    let gap = full.rows(20).lowerBound + 4
    let task = full.selecting((0..<full.returns.count).filter { $0 != gap })
    let error = ModelError.absentReturn(asset: "10004", month: full.index.months[20], assets: 22)
    let model = try model()
    #expect(throws: error) { try model.fit(task, FitContext(seed: 1)) }
  }

  // A panel with gaps has fits, forecasts and loadings of the rows that it has; without gaps nothing changes.
  @Test(arguments: ["mean", "mask"]) func absentReturnsMayBeReadAtTheirMean(absent: String) throws {
    let full = try task(months: 200)
    let gone = Set([full.rows(20).lowerBound + 4, full.rows(150).lowerBound + 7])
    let task = full.selecting((0..<full.returns.count).filter { !gone.contains($0) })
    let model = try model(["absent": .word(absent)])
    let fitted = try model.fit(task, FitContext(seed: 1))
    let said = try fitted.predict(task, budget: Budget())
    #expect(said.total?.count == task.returns.count && said.variance?.count == task.returns.count)
    #expect(said.total?.allSatisfy(\.isFinite) == true)
    let shown = try #require(try fitted.shownLoadings(task, budget: Budget()))
    #expect(shown.values.rows == task.returns.count)
    #expect(fitted.summary.notes.contains { $0.contains("2 returns of 3,520") })
    #expect(throws: ModelError.self) { try fitted.latentPath(task, budget: Budget()) }
    let again = try ModelFile.model(
      in: Container(decoding: ModelFile.container(of: fitted).encoded))
    #expect(try again.predict(task, budget: Budget()).total == said.total)
    if absent == "mean" {
      let whole = try model.fit(full, FitContext(seed: 1)).predict(full, budget: Budget())
      let strict = try self.model().fit(full, FitContext(seed: 1)).predict(full, budget: Budget())
      #expect(whole.total == strict.total)
    }
  }

  @Test func anAssetThatIsHardlyThereHasNoScale() throws {
    let full = try task(months: 200)
    let late = (0..<full.returns.count).filter {
      full.index.assets[$0] != 3 || $0 >= full.rows(110).lowerBound
    }
    let error = ModelError.tooFewReturns(asset: "10003", found: 10, needed: 20)
    let model = try model(["absent": .word("mask")])
    #expect(throws: error) { try model.fit(full.selecting(late), FitContext(seed: 1)) }
  }

  @Test func figuresOfABlockAreThoseOfItsPeriods() throws {
    let task = try task(months: 200)
    let fitted = try model(["seeds": .integer(2)]).fit(task, FitContext(seed: 1))
    let found = try #require(try fitted.latentFigures(task, 0..<120, budget: Budget()))
    let own = try #require(fitted as? FittedDisentangled).members.map(\.figures)
    expectClose(found.error, (own[0].errors.train + own[1].errors.train) / 2, relative: 1e-9)
    expectClose(
      found.rawError, (own[0].errors.rawTrain + own[1].errors.rawTrain) / 2, relative: 1e-9)
    expectClose(found.active, (own[0].active + own[1].active) / 2, relative: 1e-12)
    #expect(found.divergence > 0 && found.factors == 4)
    let variance = Moments(
      try #require(fitted as? FittedDisentangled).scale.deviations.map { $0 * $0 })
    expectClose(found.rawMean, variance.mean, relative: 1e-9)
  }

  // The check of the spec: the latents' dependence falls as its weight rises; means over several worlds.
  @Test func aHigherPenaltyLeavesLessDependence() throws {
    func dependence(_ gamma: Double) throws -> Double {
      try (1...3).reduce(0.0) { sum, seed in
        let fitted = try #require(
          try model([
            "gamma": .real(gamma), "epochs": .integer(30), "patience": .integer(30),
            "rate": .real(0.005), "judge_rate": .real(0.002),
          ]).fit(try task(seed: UInt64(seed)), FitContext(seed: 1)) as? FittedDisentangled)
        return sum + fitted.members[0].figures.normal.train / 3
      }
    }
    let (none, much) = (try dependence(0), try dependence(10))
    #expect(much < none, "\(none) to \(much)")
    print("total correlation of normal latents: gamma 0 \(none), gamma 10 \(much)")
  }
}
