// The recurrent network of a few series: exact gradients and Jacobians, nothing of the future, what it refuses.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// A network at stated sizes with disturbed weights, on a short walk of two series.
private enum Trial {
  static func matrix(_ periods: Int, seed: UInt64 = 3) -> [[Double]] {
    var stream = RandomStream(seed: seed, purpose: .example)
    return (0..<periods).map { _ in (0..<2).map { _ in stream.normal() } }
  }

  static func network<Scalar: NetworkScalar>(
    _ design: SequenceFactorDesign, _ matrix: [[Double]], _: Scalar.Type = Scalar.self
  ) -> SequenceFactorNetwork<Scalar> {
    let network = SequenceFactorNetwork<Scalar>(design, matrix)
    var stream = RandomStream(seed: 5, purpose: .initialise)
    network.initialize(&stream)
    for tensor in network.parameters.tensors where tensor.rows == 1 {
      // Gates are padded one by one; units that are not there stay zero.
      let gates = tensor.columns % 16 == 0 && tensor.columns > design.factors
      for j in 0..<tensor.columns where !gates || j % 16 < design.hidden {
        network.parameters.weights[tensor.offset + j] = Scalar(0.3 * stream.normal())
      }
    }
    return network
  }

  static let designs: [SequenceFactorDesign] = GatedForm.allCases.flatMap { form in
    DecoderState.allCases.flatMap { state in
      SequenceLoss.allCases.map { loss in
        SequenceFactorDesign(
          series: 2, factors: 2, hidden: 3, form: form, state: state, loss: loss, anneal: 4)
      }
    }
  }
}

@Suite struct SequenceFactorNetworkTests {
  @Test(arguments: Trial.designs)
  func gradientsAgreeForEveryForm(design: SequenceFactorDesign) {
    let network = Trial.network(design, Trial.matrix(7), Double.self)
    let run = SequenceFactorNetwork<Double>.Run(periods: 6)
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { _ in
      var draws = RandomStream(seed: 9, purpose: .posterior)
      let loss = network.gradient(run, weight: 0.7) { draws.normal() }
      return loss.reconstruction + 0.7 * loss.divergence
    }
    #expect(result.error < GradientCheck.tolerance, "\(design): \(result)")
  }

  @Test(arguments: Trial.designs)
  func paddingStaysZero(design: SequenceFactorDesign) {
    let network = Trial.network(design, Trial.matrix(5), Float.self)
    var draws = RandomStream(seed: 9, purpose: .posterior)
    _ = network.gradient(.init(periods: 5), weight: 1) { draws.normal() }
    let units = [2: 2, 3: 3]
    for tensor in network.parameters.tensors {
      let gates = tensor.columns % 16 == 0
      let kept = gates ? design.hidden : units[tensor.columns] ?? tensor.columns
      let wrong = (0..<tensor.extent).filter { place in
        place % 16 >= kept && network.parameters.gradients[tensor.offset + place] != 0
      }
      #expect(wrong.isEmpty, "\(tensor.name)")
    }
  }

  // Spec 5.A: 912 + 2 x 34 + 2 x 34 + 912 + 34; the other form has one more bias a cell.
  @Test func parametersAreCounted() {
    var design = SequenceFactorDesign(series: 2, factors: 2, hidden: 16)
    #expect(design.parameterCount == 1994)
    design.form = .torch
    #expect(design.parameterCount == 1994 + 32)
    for design in Trial.designs {
      // What is not padding can move; the padding is what is left.
      let network = SequenceFactorNetwork<Double>(blank: design)
      let cells = network.parameters.tensors.reduce(0) { sum, tensor in
        let gates = tensor.columns % 16 == 0 ? tensor.columns / 16 * design.hidden : tensor.columns
        return sum + tensor.rows * gates
      }
      #expect(cells == design.parameterCount)
    }
  }

  @Test func theDivergenceRisesOverTheAnnealedEpochs() {
    var design = SequenceFactorDesign(series: 2, factors: 2, hidden: 3, anneal: 4)
    #expect((1...7).map(design.divergenceWeight) == [0, 0.25, 0.5, 0.75, 1, 1, 1])
    design.anneal = 0
    #expect((1...3).map(design.divergenceWeight) == [1, 1, 1])
  }

  @Test(arguments: Trial.designs)
  func jacobiansAreThoseOfTheDecoder(design: SequenceFactorDesign) {
    let network = Trial.network(design, Trial.matrix(6), Double.self)
    let run = SequenceFactorNetwork<Double>.Run(periods: 6)
    let path = network.path(run)
    let (t, step) = (4, 1e-4)
    for (means, jacobians, values) in [
      (path.posteriorMean, path.jacobians, path.fits),
      (path.priorMean, path.priorJacobians, path.forecasts),
    ] {
      // The factors of t move its own fit only, so the state before is that of the path.
      func fit(_ k: Int, _ change: Double) -> [Double] {
        network.encode(run)
        for j in 0..<2 {
          network.rows.q.mean[t * network.factorWidth + j] = means[t][j] + (j == k ? change : 0)
        }
        network.decode(run, z: network.rows.q.mean)
        return (0..<2).map { network.rows.fit[t * network.seriesWidth + $0] }
      }
      expectClose(fit(0, 0), values[t], absolute: 1e-12)
      for k in 0..<2 {
        let slopes = zip(fit(k, step), fit(k, -step)).map { ($0 - $1) / (2 * step) }
        expectClose(jacobians[t].column(k), slopes, absolute: 1e-7, "\(design) factor \(k)")
      }
    }
  }

  // Without its last periods the path is the same, to the bit: it can be followed online.
  @Test(arguments: Trial.designs)
  func thePathOfAPeriodReadsNothingLater(design: SequenceFactorDesign) {
    let matrix = Trial.matrix(150)
    let whole = Trial.network(design, matrix, Float.self).path(.init(periods: 150))
    for count in [1, 2, 37, 149] {
      let part = Trial.network(design, Array(matrix.prefix(count)), Float.self)
        .path(.init(periods: count))
      #expect(part.posteriorMean == Array(whole.posteriorMean.prefix(count)))
      #expect(part.posteriorVariance == Array(whole.posteriorVariance.prefix(count)))
      #expect(part.priorMean == Array(whole.priorMean.prefix(count)))
      #expect(part.priorVariance == Array(whole.priorVariance.prefix(count)))
      #expect(part.fits == Array(whole.fits.prefix(count)))
      #expect(part.forecasts == Array(whole.forecasts.prefix(count)))
      #expect(part.jacobians == Array(whole.jacobians.prefix(count)))
      #expect(part.priorJacobians == Array(whole.priorJacobians.prefix(count)))
    }
    // The prior has not seen the period itself.
    var moved = matrix
    moved[80] = [9, -9]
    let other = Trial.network(design, moved, Float.self).path(.init(periods: 150))
    #expect(other.priorMean[80] == whole.priorMean[80])
    #expect(other.forecasts[80] == whole.forecasts[80])
    #expect(other.posteriorMean[80] != whole.posteriorMean[80])
    #expect(other.priorMean[81] != whole.priorMean[81])
  }
}

@Suite struct SequenceVAETests {
  private func task(_ months: Int = 60) throws -> FactorTask {
    let world = try TwoAssetRegimeWorld(
      WorldSize(firms: 2, months: months, characteristics: 3, seed: 4))
    return try SimulatedPanel.task(world, SplitDesign.shares.split(months: months))
  }

  private func model(_ own: [String: HyperparameterValue] = [:]) throws -> any FactorModel {
    let card = try #require(Registry.card("rvrae233"))
    return try card.model(
      ["epochs": .integer(30), "seeds": .integer(1)].merging(own) { $1 })
  }

  private func expectError(_ error: ModelError, _ task: FactorTask) throws {
    let model = try model()
    #expect(throws: error) { try model.fit(task, FitContext(seed: 1)) }
    #expect(!error.message.isEmpty && error.help != nil)
  }

  @Test func aMissingReturnIsNamed() throws {
    let full = try task()
    for month in [0, 20, 47] {
      let gap = full.rows(month).upperBound - 1
      let task = full.selecting((0..<full.returns.count).filter { $0 != gap })
      try expectError(
        .missingReturn(asset: "10001", month: full.index.months[month], assets: 2), task)
    }
    // A gap in the test months is nothing to the fit, and something to the forecast.
    let gap = full.returns.count - 1
    let task = full.selecting((0..<full.returns.count).filter { $0 != gap })
    let fitted = try model().fit(task, FitContext(seed: 1))
    let error = ModelError.missingReturn(
      asset: "10001", month: full.index.months[59], assets: 2)
    #expect(throws: error) { try fitted.predict(task, budget: Budget()) }
  }

  @Test func aSeriesThatDoesNotVaryIsRefused() throws {
    let full = try task()
    let flat = full.replacing(
      returns: full.returns.indices.map { $0 % 2 == 0 ? 0.1 : full.returns[$0] })
    try expectError(.constantSeries(asset: "10000"), flat)
  }

  @Test func otherAssetsAreRefused() throws {
    let fitted = try model().fit(task(), FitContext(seed: 1))
    let world = try TwoAssetRegimeWorld(
      WorldSize(firms: 3, months: 60, characteristics: 3, seed: 4))
    let other = try SimulatedPanel.task(world, SplitDesign.shares.split(months: 60))
    let error = ModelError.otherAssets(
      expected: ["10000", "10001"], found: ["10000", "10001", "10002"])
    #expect(throws: error) { try fitted.predict(other, budget: Budget()) }
    #expect(error.message.contains("10002"))
  }

  // Returns enter standardised by the training periods, so that their unit changes no factor.
  @Test func theUnitOfReturnsChangesNoFactor() throws {
    let full = try task()
    let percent = full.replacing(returns: full.returns.map { 64 * $0 })
    let (a, b) = (
      try model().fit(full, FitContext(seed: 1)), try model().fit(percent, FitContext(seed: 1))
    )
    let (one, many) = (
      try a.predict(full, budget: Budget()), try b.predict(percent, budget: Budget())
    )
    #expect(one.latent == many.latent)
    expectClose(
      many.preferredForecast, one.preferredForecast.map { 64 * $0 }, relative: 1e-12)
    expectClose(
      try #require(many.variance), try #require(one.variance).map { 4096 * $0 }, relative: 1e-12)
  }

  @Test func whatIsSaidFollowsFromThePath() throws {
    let task = try task()
    let fitted = try model().fit(task, FitContext(seed: 1))
    let said = try fitted.predict(task, budget: Budget())
    let path = try #require(try fitted.latentPath(task, budget: Budget()))
    #expect(path.assets == ["10000", "10001"] && path.count == 60 && path.factors == 2)
    #expect(said.latent == path.posteriorMean && said.factors == path.posteriorMean)
    let variance = try #require(said.variance)
    for t in [0, 30, 59] {
      for i in 0..<2 {
        let moved = (0..<2).reduce(path.residualVariance[i]) {
          $0 + path.priorJacobians[t][i, $1] * path.priorJacobians[t][i, $1]
            * path.priorVariance[t][$1]
        }
        expectClose(variance[2 * t + i], moved, relative: 1e-12)
      }
    }
    let loadings = try #require(try fitted.loadings(task, budget: Budget()))
    #expect(loadings.rows == 120 && loadings.row(61) == path.priorJacobians[30].row(1))
    // The variance left over is that of the fits on the training periods.
    let total = try #require(said.total)
    let errors = (0..<36).map { task.returns[2 * $0] - total[2 * $0] }
    expectClose(
      path.residualVariance[0], errors.reduce(0) { $0 + $1 * $1 } / 36, relative: 1e-5)
  }

  @Test func theEpochsSayWhatTheLossIsMadeOf() throws {
    let report = try model(["anneal": .integer(10)]).fit(task(), FitContext(seed: 1))
      .summary.members[0]
    let (rec, div) = (
      try #require(report.metrics["reconstruction"]), try #require(report.metrics["divergence"])
    )
    let weights = try #require(report.metrics["divergence_weight"])
    for e in report.trainingLoss.indices {
      expectClose(report.trainingLoss[e], rec[e] + weights[e] * div[e], relative: 1e-12)
    }
    #expect(weights[0] == 0 && weights[5] == 0.5 && div.allSatisfy { $0 >= 0 })
  }

  // A period that waits is read at its forecast: later periods learn nothing from what its return will be.
  @Test func waitingPeriodsTeachNothing() throws {
    let task = try task()
    let fitted = try model().fit(task, FitContext(seed: 1))
    let waiting = (0..<120).map { (100..<104).contains($0) || $0 >= 118 }
    let first = try fitted.forecast(task, waiting: waiting, budget: Budget())
    let moved = task.replacing(
      returns: task.returns.indices.map { waiting[$0] ? 5 : task.returns[$0] })
    #expect(try fitted.forecast(moved, waiting: waiting, budget: Budget()) == first)
    let plain = try fitted.predict(task, budget: Budget()).preferredForecast
    #expect(Array(first.prefix(102)) == Array(plain.prefix(102)))
    #expect(first[104] != plain[104] && first.allSatisfy(\.isFinite))
  }

  // Stopped between two epochs and continued, the fit is the same to the bit, draws included.
  @Test func aStoppedFitGoesOnBitByBit() throws {
    let (task, model) = (try task(), try model(["seeds": .integer(2)]))
    let whole = try model.fit(task, FitContext(seed: 5))
    let budget = Budget()
    let stopped = try model.fit(
      task,
      FitContext(seed: 5, budget: budget) { if $0.epoch == 12 { budget.cancel() } })
    let pause = try #require(stopped.pause)
    #expect(pause.epoch < 30 && pause.cause == nil)
    var context = FitContext(seed: 5)
    context.earlier = try Container(decoding: pause.checkpoint().encoded)
    let again = try model.fit(task, context)
    #expect(try ModelFile.container(of: again).encoded == ModelFile.container(of: whole).encoded)
  }

  @Test func aLossThatFailsNamesThePeriod() throws {
    let network = Trial.network(
      SequenceFactorDesign(series: 2, factors: 2, hidden: 3), Trial.matrix(8), Float.self)
    network.set(5, [.infinity, 0])
    let months = (0..<8).map { Period(index: 24_000 + $0) }
    let trainer = SequenceFactorTrainer(
      network, train: 4, valid: 4..<8, months: months, optimizer: Adam(rate: 0.01, clip: 1),
      draws: RandomStream(seed: 1, purpose: .posterior))
    var stream = RandomStream(seed: 1, purpose: .shuffle)
    trainer.begin(epoch: 1, &stream)
    #expect(trainer.step(batch: 0).isFinite && trainer.troubled == nil)
    #expect(!trainer.validationLoss().isFinite)
    #expect(trainer.troubled == months[5])
  }
}
