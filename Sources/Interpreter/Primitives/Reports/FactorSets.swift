// The factor models that a table of factors has the columns for, and what they leave of a series.

import FactorLang
import FactorRuntime

/// Factors by period, and the usual models among them.
struct FactorSets {
  /// Factors that explain returns together.
  struct Model {
    let name: String
    let factors: [String]
    fileprivate let values: [[Double]]
  }

  let models: [Model]
  let market: (name: String, values: [Double])?
  /// The riskless rate, where the table has one.
  let riskless: [Double]?
  /// Every factor but the rate, for correlations.
  let columns: [(name: String, values: [Double])]
  private let periods: [Period]
  private let places: [Period: Int]

  private static let usual: [(name: String, words: [String])] = [
    ("CAPM", ["mkt"]), ("FF3", ["mkt", "smb", "hml"]), ("Carhart", ["mkt", "smb", "hml", "mom"]),
    ("FF5", ["mkt", "smb", "hml", "rmw", "cma"]),
    ("FF6", ["mkt", "smb", "hml", "rmw", "cma", "mom"]),
  ]

  init(_ value: Value) throws {
    guard TableFlow(value) != nil else {
      throw Fault(
        .wrongType, "`factors` is a table with a row a period, not \(value.type.phrase)",
        helps: ["factors: french \"F-F_Research_Data_Factors.csv\""], parameter: "factors")
    }
    let set = try SeriesSet(value, [], "factors")
    var found: [String: Int] = [:]
    for (word, names) in ReturnAliases.byFactor {
      found[word] = set.names.firstIndex { names.contains($0.lowercased()) }
    }
    periods = set.periods
    places = Dictionary(
      set.periods.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    riskless = found["rf"].map { set.values[$0] }
    columns = set.names.indices.filter { $0 != found["rf"] }.map { (set.names[$0], set.values[$0]) }
    market = found["mkt"].map { (set.names[$0], set.values[$0]) }
    var models = Self.usual.compactMap { name, words -> Model? in
      let places = words.compactMap { found[$0] }
      guard places.count == words.count else { return nil }
      return Model(
        name: name, factors: places.map { set.names[$0] }, values: places.map { set.values[$0] })
    }
    let known = Set(found.values)
    if models.isEmpty || set.names.indices.contains(where: { !known.contains($0) }) {
      guard !columns.isEmpty else {
        throw Fault(.wrongType, "the table has no factor", parameter: "factors")
      }
      models.append(
        Model(
          name: models.isEmpty ? "factors" : "all", factors: columns.map(\.name),
          values: columns.map(\.values)))
    }
    self.models = models
  }

  /// A series of the table at other periods.
  func at(_ wanted: [Period], _ values: [Double]) -> [Double] {
    wanted.map { places[$0].map { values[$0] } ?? .nan }
  }

  /// Returns that are said to be raw, less the riskless rate on what is invested: all of it unless told, nothing for
  /// portfolios that finance themselves. Others as they are.
  func excess(
    _ returns: [Double], _ months: [Period], isExcess: Bool?, invested: [Double]? = nil
  ) -> [Double] {
    guard isExcess == false, let riskless else { return returns }
    let rates = at(months, riskless)
    return returns.indices.map { returns[$0] - rates[$0] * (invested?[$0] ?? 1) }
  }

  /// What a model leaves of a series.
  struct Alpha {
    let alpha, t, beta, rSquared: Double
    let periods: Int
    static let none = Alpha(alpha: .nan, t: .nan, beta: .nan, rSquared: .nan, periods: 0)
  }

  /// The intercept on a model's factors; none where too few periods are shared.
  func alpha(_ returns: [Double], _ months: [Period], _ model: Model, lags: Int) -> Alpha {
    guard let (y, x) = shared([returns], months, model),
      let found = try? GRSTest(y, x, .nw, lags: lags).regressions[0], !found.isExact
    else { return .none }
    return Alpha(
      alpha: found.coefficients[0], t: found.tStatistics[0], beta: found.coefficients[1],
      rSquared: found.fit.rSquared, periods: y[0].count)
  }

  /// The joint test of several series; nil where too few periods are shared.
  func test(_ set: [[Double]], _ months: [Period], _ model: Model, lags: Int) -> GRSTest? {
    guard let (y, x) = shared(set, months, model) else { return nil }
    return try? GRSTest(y, x, .nw, lags: lags)
  }

  private func shared(
    _ set: [[Double]], _ months: [Period], _ model: Model
  ) -> (y: [[Double]], x: [[Double]])? {
    let factors = model.values.map { at(months, $0) }
    let whole = months.indices.filter { t in
      set.allSatisfy { $0[t].isFinite } && factors.allSatisfy { $0[t].isFinite }
    }
    guard whole.count > model.factors.count + 2 else { return nil }
    return (set.map { s in whole.map { s[$0] } }, factors.map { s in whole.map { s[$0] } })
  }

  /// The periods that a series shares with the factors.
  func sharedPeriods(_ months: [Period]) -> Int { months.count { places[$0] != nil } }
}
