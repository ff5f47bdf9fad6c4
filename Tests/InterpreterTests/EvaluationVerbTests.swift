// Verbs that judge fits: what they compute is what the definitions say, on the months they name.

import FactorLang
import FactorRuntime
import Models
import Testing

@testable import Interpreter

@Suite struct EvaluationVerbTests {
  static let task =
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\n"
  static let fits =
    task
    + "a = t | fit ca0, k: 1, seeds: 2, epochs: 3\nb = t | fit ca1, k: 2, seeds: 2, epochs: 3\n"

  /// Fits that describe returns well enough to lose something.
  static let learned =
    task
    + "a = t | fit ca0, k: 1, seeds: 2, epochs: 40, rate: 0.02\nb = t | fit ca1, k: 2, seeds: 2, epochs: 40, rate: 0.02\n"

  private func numbers(_ result: RunResult) throws -> [Double] {
    guard case .list(let items)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no list")
    }
    return items.map { Double($0) ?? .nan }
  }

  private func table(_ result: RunResult) throws -> Table {
    guard case .table(let table)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no table")
    }
    return table
  }

  // MARK: evaluate

  @Test func blocksAreTheScoresOfTheBlocks() throws {
    let result = run(
      Self.fits + """
        e = b | evaluate on: test
        tr = b | evaluate on: train
        va = b | evaluate on: valid
        [e.r2_total_train - tr.r2_total, e.r2_pred_valid - va.r2_pred, e.r2_total_valid - va.r2_total]
        """)
    #expect(try numbers(result) == [0, 0, 0])
  }

  @Test func levelsAreStocksOrTheirPortfolios() throws {
    let result = run(
      Self.fits + """
        e = b | evaluate on: train, at: portfolios
        s = b | evaluate on: train
        [e.r2_total_train - e.r2_total_managed, e.r2_pred_train - e.r2_pred_managed, e.r2_total - s.r2_total, e.r2_total_train - s.r2_total_train]
        """)
    let found = try numbers(result)
    #expect(found.prefix(3).allSatisfy { $0 == 0 } && found[3] != 0)
  }

  @Test func standardErrorsNeedTwoBlocksOfMonths() throws {
    let result = run(
      Self.task + """
        m = t | fit ca0, k: 1, seeds: 2, epochs: 3
        e = m | evaluate on: test
        w = synth world: r_dyn, firms: 20, months: 60, chars: 4
        l = w | setup target: ret, features: $w.chars | split thirds | fit ca0, k: 1, seeds: 2, epochs: 2
        f = l | evaluate on: test
        [e.r2_total_se is na, f.r2_total_se > 0, f.r2_pred_se > 0, f.crps > 0, f.coverage > 0.5]
        """)
    #expect(result.shown == "[true, true, true, true, true]", "\(result.diagnostics)")
  }

  @Test func meansFromTheTestOnForgetTheTrainingMonths() throws {
    let result = run(
      Self.fits + """
        e = b | evaluate on: test
        o = b | evaluate on: test, lambda_from: oos
        [e.r2_total - o.r2_total, e.r2_pred - o.r2_pred]
        """)
    let found = try numbers(result)
    #expect(found[0] == 0 && found[1] != 0)
    // Nothing is known before the first test month, which therefore has no forecast, and no trade.
    let none = run(
      Self.fits + """
        e = b | evaluate on: test
        o = b | evaluate on: test, lambda_from: oos
        [o.r2_pred_train is na, o.r2_pred_valid is na, o.rank_ic is not na, o.log_score is not na]
        """)
    #expect(none.shown == "[true, true, true, true]", "\(none.shown)")
    guard case .evaluation(let own)? = none.session.environment["o"],
      case .evaluation(let all)? = none.session.environment["e"]
    else {
      Issue.record("no evaluation")
      return
    }
    #expect(own.unforecast > 0 && own.notes.contains { $0.contains("have no forecast") })
    #expect(own.longShort?.months.first == all.longShort?.months.dropFirst().first)
  }

  @Test func scoresOfDifferentRowsDoNotCompare() throws {
    let result = run(Self.fits + "e = b | evaluate on: test")
    guard case .evaluation(let score)? = result.session.environment["e"] else { return }
    func remark(_ scores: EvaluationValue...) -> String? {
      Comparison.remarks(on: scores, of: []).first
    }
    #expect(remark(score, score) == nil)
    var other = score
    other.unforecast += 5
    let counts = "(\(score.rows), \(score.rows - 5))"
    #expect(remark(score, other)?.contains("different rows \(counts)") == true)
    other.rows -= 1
    #expect(remark(score, other)?.contains("tasks of different rows") == true)
  }

  @Test func densitiesAreThoseOfTheForecastAndItsVariance() throws {
    let result = run(Self.fits + "e = b | evaluate on: test\n[e.log_score, e.crps, e.coverage]")
    guard case .model(let model)? = result.session.environment["b"] else { return }
    let data = try model.requireTask(nil).cut
    let predictions = try model.model.predict(data, budget: Budget())
    let rows = data.rows(try data.requireSplit().test)
    let score = DensityScore(
      Array(data.returns[rows]), means: Array(predictions.preferredForecast[rows]),
      variances: Array(try #require(predictions.variance)[rows]))
    #expect(try numbers(result) == [score.logScore, score.crps, score.coverage])
  }

  @Test func theR2OfAPanelIsThatOfItsForecasts() throws {
    let result = run(
      Self.fits + """
        e = b | evaluate on: test
        s = b | predict on: test | r2 predicted, fitted, against: realised
        [e.r2_pred, e.r2_total]
        """)
    guard case .table(let table)? = result.session.environment["s"] else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(try numbers(result) == table.column("r2")?.numbers)
    let made = try #require(table.column("made"))
    #expect(
      (0..<2).map { String(made.value(at: $0)) } == ["before the month", "with the month"])
    #expect(run("toy | r2 ret > 0, against: id").codes.first != nil)
  }

  // MARK: importance

  @Test func importanceIsTheLossOfR2WithoutEachCharacteristic() throws {
    let result = run(Self.learned + "b | importance on: train, by: total")
    let found = try table(result)
    guard case .model(let model)? = result.session.environment["b"] else { return }
    let data = try model.requireTask(nil).cut
    let rows = data.rows(try data.requireSplit().train)
    func score(_ task: FactorTask) throws -> Double {
      let total = try #require(try model.model.predict(task, budget: Budget()).total)
      return RSquared(data.returns[rows], fits: total[rows]).value
    }
    let all = try score(data)
    let names = try #require(found.column("characteristic"))
    for row in 0..<found.count {
      let name = try #require(String(names.value(at: row)))
      let column = try #require(data.characteristicNames.firstIndex(of: name))
      let loss = try all - score(data.silencing([column]))
      #expect(found.column("loss")?.numbers?[row] == loss)
    }
    let shares = try #require(found.column("importance")?.numbers)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12 && shares == shares.sorted(by: >))
  }

  @Test func ticksMarkTheTopOfEveryModel() throws {
    let found = try table(run(Self.learned + "[a, b] | importance top: 1"))
    #expect(found.columnNames == ["characteristic", "ca0", "ca1", "ticks"])
    for name in ["ca0", "ca1"] {
      let column = try #require(found.column(name))
      let ticks = (0..<found.count).count { String(column.value(at: $0)) == "✓" }
      #expect(ticks == 1)
    }
    #expect(found.column("ticks")?.numbers?.reduce(0, +) == 2)
  }

  @Test func portfoliosAreSilentAloneWhereFactorsReadThem() {
    let text = "b | importance silent: factors\nb | importance silent: betas"
    #expect(run(Self.fits + text).codes.isEmpty)
    let cvra =
      Self.task + "m = t | fit cvra, k: 1, seeds: 2, epochs: 2\nm | importance silent: factors"
    #expect(run(cvra).codes == ["F0201"])
  }

  // MARK: comparisons

  @Test func dieboldMarianoComparesEveryPair() throws {
    let found = try table(
      run(Self.fits + "c = t | fit cvra, k: 1, seeds: 2, epochs: 2\n[a, b, c] | diebold_mariano"))
    #expect(found.count == 3)
    let same = try table(run(Self.fits + "[a, a] | diebold_mariano lags: 2"))
    #expect(same.column("difference")?.numbers == [0])
    #expect(same.column("dm")?.numbers?[0].isNaN == true)
  }

  @Test func fitsOfOneModelAreToldApartByTheirOptions() throws {
    let fits =
      Self.fits + """
        p = t | fit pca, k: 1
        q = t | fit pca, k: 1, on: returns, min_obs: 4
        u = t | fit cvra, k: 1, seeds: 2, epochs: 2, idio: net
        v = t | fit cvra, k: 1, seeds: 2, epochs: 2

        """
    let found = try table(run(fits + "[p, q, u, v] | compare on: test"))
    let names = try #require(found.column("model"))
    #expect(
      (0..<4).map { String(names.value(at: $0)) } == [
        "pca, k 1, on managed, min_obs 36", "pca, k 1, on returns, min_obs 4",
        "cvra, k 1, idio net", "cvra, k 1",
      ])
    let managed = try #require(found.column("managed pred")?.numbers)
    let score = run(fits + "(p | evaluate on: test).r2_pred_managed")
    #expect(
      ValueText.short(try #require(score.values.last)) == ValueText.short(.number(managed[0])))
  }

  @Test func theWeightOfABlendIsAMember() throws {
    let result = run(
      Self.fits + "v = t | fit cvra, k: 1, seeds: 2, epochs: 2\n[v.blend_weight, a.blend_weight]")
    guard case .list(let weights)? = result.values.last, case .number(let weight) = weights[0]
    else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect([0, 0.25, 0.5, 0.75, 1].contains(weight) && weights[1].isMissing)
  }

  @Test func forecastsOfOtherReturnsAreNotCompared() {
    let other = """
      u = toy | where month <= 2001-10 | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds
      c = u | fit ca0, k: 1, seeds: 2, epochs: 2
      [a, c] | diebold_mariano
      """
    #expect(run(Self.fits + other).codes == ["F0201"])
    #expect(run(Self.fits + "[a] | diebold_mariano").codes == ["F0201"])
  }

  @Test func pricingErrorsAreOfThePortfoliosOfTheCharacteristics() throws {
    let found = try table(run(Self.fits + "b | pricing_errors lags: 2"))
    let names = try #require(found.column("portfolio"))
    #expect((0..<3).map { String(names.value(at: $0)) } == ["size", "mom", "constant"])
    #expect(found.notes[0].contains("of 3 alphas"))
  }

  @Test func tangencyAveragesTheSeedsOwnPortfolios() throws {
    let setup = """
      w = synth world: r_dyn, firms: 20, months: 60, chars: 4
      m = w | setup target: ret, features: $w.chars | split thirds | fit ca0, k: 2, seeds: 2, epochs: 2

      """
    let result = run(setup + "m | tangency on: test")
    let found = try #require(try table(result).column("ret")?.numbers)
    guard case .model(let model)? = result.session.environment["m"] else { return }
    let data = try model.requireTask(nil).cut
    let paths = try (0..<2).map { seed in
      let member = try #require(model.model.member(seed))
      return try TangencyPortfolio(
        factors: member.predict(data, budget: Budget()).factors,
        months: data.requireSplit().test
      ).returns
    }
    for month in found.indices {
      #expect(abs(found[month] - (paths[0][month] + paths[1][month]) / 2) < 1e-15)
    }
    #expect(run(Self.fits + "b | tangency on: train").codes == ["F0405"])
  }

  @Test func factorsOfTheSameFitAreTheSame() throws {
    let found = try table(run(Self.fits + "[b, b] | align on: test"))
    let correlations = try #require(found.column("correlation")?.numbers)
    #expect(correlations.count == 2 && correlations.allSatisfy { abs($0 - 1) < 1e-9 })
    let sizes = try table(run(Self.fits + "[a, b] | align"))
    #expect(sizes.column("r2")?.numbers?.allSatisfy(\.isNaN) == true)
    #expect(run(Self.fits + "[a] | align").codes == ["F0201"])
  }
}
