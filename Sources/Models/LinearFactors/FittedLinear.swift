// A fitted linear factor model: loadings and factors turned into fits, forecasts and variances.
//
// For row i of month t, with loadings b from what was known before the month:
//   total     b'f(t), with the factors of the month itself
//   mean      b'lambda(t-1), lambda(t-1) the mean of the factors of all months before t
//   variance  b'V b + d, V the covariance of the factors and d the residual variance over the months
//             the model was fitted on
// An intercept's factor is one in every month, in the first one too. Months run side by side; means
// over past months are taken in their order, so the thread count cannot change a bit.

import FactorRuntime

struct FittedLinear: FittedModel {
  var summary: FitSummary
  let structure: LinearStructure
  /// Columns x columns.
  var factorCovariance: [Double]
  var residualVariance: Double

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try check(task)
    return try predict(LinearMonths(structure, task, budget: budget), budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try check(task)
    let months = try LinearMonths(structure, task, waiting: waiting, budget: budget)
    return try predict(months, budget).preferredForecast
  }

  private func predict(_ months: LinearMonths, _ budget: Budget) throws -> Predictions {
    let task = months.task
    let parts = try LinearMonth.all(of: months, 0..<task.monthCount, budget)
    var (total, mean, variance): ([Double], [Double], [Double]) = ([], [], [])
    total.reserveCapacity(task.returns.count)
    mean.reserveCapacity(task.returns.count)
    variance.reserveCapacity(task.returns.count)
    var past = RunningFactors(count: structure.columns)
    var factors: [[Double]] = []
    let columns = structure.columns
    for (month, part) in parts.enumerated() {
      var expected = past.mean
      if structure.hasIntercept { expected[expected.count - 1] = 1 }
      let realised = part.factors ?? [Double](repeating: .nan, count: columns)
      for (i, row) in task.rows(month).enumerated() {
        let b = part.loadings[(i * columns)..<((i + 1) * columns)]
        total.append(Self.product(b, realised))
        mean.append(Self.product(b, expected))
        variance.append(spread(b) + (months.variance(row: row) ?? residualVariance))
      }
      factors.append(Array(realised.prefix(structure.factors)))
      if let found = part.factors, month >= task.firstMeanMonth { past.add(found) }
    }
    return Predictions(
      total: total, forecasts: [(.mean, mean)], preferred: .mean, variance: variance,
      factors: factors)
  }

  /// Latent factors that are weights on portfolios have no other source.
  var readsManagedPortfolios: Bool { structure.rule == .portfolios && structure.latent > 0 }

  /// Rows x factors, in the units of the factors.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try check(task)
    let months = try LinearMonths(structure, task, budget: budget)
    let (columns, count) = (structure.columns, structure.factors)
    var result = Matrix(rows: task.returns.count, columns: count)
    for month in 0..<task.monthCount {
      try budget.check()
      let loadings = months.loadings(month)
      for (place, row) in task.rows(month).enumerated() {
        for k in 0..<count { result[row, k] = loadings[place * columns + k] }
      }
    }
    return result
  }

  /// The same under the names of the factors that have some.
  func shownLoadings(_ task: FactorTask, budget: Budget) throws -> ShownLoadings? {
    let names =
      (0..<structure.latent).map { "f\($0 + 1)" } + structure.observed.map(\.rawValue)
      + structure.given
    return try loadings(task, budget: budget).map {
      ShownLoadings(names: names, values: $0, knowledge: .before)
    }
  }

  private static func product(_ b: ArraySlice<Double>, _ f: [Double]) -> Double {
    var (sum, place) = (0.0, b.startIndex)
    for value in f {
      sum += b[place] * value
      place += 1
    }
    return sum
  }

  // b'V b.
  private func spread(_ b: ArraySlice<Double>) -> Double {
    let columns = structure.columns
    var sum = 0.0
    for k in 0..<columns {
      for l in 0..<columns {
        sum += b[b.startIndex + k] * factorCovariance[k * columns + l] * b[b.startIndex + l]
      }
    }
    return sum
  }
}

/// Loadings and factors of one month.
struct LinearMonth: Sendable {
  let loadings: [Double]
  /// Nil where no row has a return.
  let factors: [Double]?

  /// Some months, side by side.
  static func all(
    of months: LinearMonths, _ range: Range<Int>, _ budget: Budget
  ) throws -> [LinearMonth] {
    try Ensemble.map(members: range.count, budget: budget) { place in
      try budget.check()
      let month = range.lowerBound + place
      let loadings = months.loadings(month)
      return LinearMonth(loadings: loadings, factors: months.factors(month, loadings: loadings))
    }
  }
}

// MARK: In a container

extension FittedLinear {
  func encode(into container: inout Container) {
    container.facts.append(
      .init(
        "linear",
        .fields(
          ("latent", .number(Double(structure.latent))), ("rule", .text(structure.rule.rawValue)),
          ("observed", .list(structure.observed.map { .text($0.rawValue) })),
          ("given", .list(structure.given.map(JSON.text))),
          ("intercept", .bool(structure.hasIntercept)),
          ("by_firm", .bool(isByFirm)))))
    container.add("linear.covariance", factorCovariance)
    container.add("linear.residual", [residualVariance])
    switch structure.loadings {
    case .characteristics(let gamma): container.add("linear.gamma", gamma)
    case .firms(let firms):
      container.add("linear.firms", PackedText.packed(firms.firms))
      container.add("linear.loadings", firms.values)
      container.add("linear.variances", firms.variances)
      container.add("linear.newcomer", firms.newcomer + [firms.newcomerVariance])
    }
  }

  private var isByFirm: Bool {
    if case .firms = structure.loadings { return true }
    return false
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    let facts = StoredFacts(container.facts.first { $0.name == "linear" }?.value)
    let (latent, words) = (try facts.integer("latent"), try facts.texts("observed"))
    let observed = words.compactMap(PanelFactor.init)
    guard (0...1000).contains(latent), observed.count == words.count else {
      throw facts.fault("latent")
    }
    var structure = LinearStructure(
      loadings: .characteristics([]), latent: latent, rule: try facts.word("rule"),
      observed: observed,
      // Older files know of none.
      given: facts.value?["given"] == nil ? [] : try facts.texts("given"),
      hasIntercept: try facts.flag("intercept"))
    let columns = structure.columns
    func numbers(_ name: String, _ count: Int) throws -> [Double] {
      let numbers = try container.doubles(name)
      guard numbers.count == count else {
        throw ContainerError.malformed(section: name, reason: "\(count) numbers are needed")
      }
      return numbers
    }
    if try facts.flag("by_firm") {
      let firms = try PackedText.texts(container.wholes("linear.firms"))
      guard Set(firms).count == firms.count else {
        throw ContainerError.malformed(section: "linear.firms", reason: "a firm is there twice")
      }
      let newcomer = try numbers("linear.newcomer", columns + 1)
      let variances = try container.doubles("linear.variances")
      structure.loadings = .firms(
        FirmLoadings(
          firms: firms, values: try numbers("linear.loadings", firms.count * columns),
          variances: variances.isEmpty ? [] : try numbers("linear.variances", firms.count),
          newcomer: Array(newcomer.prefix(columns)), newcomerVariance: newcomer[columns]))
    } else {
      let width = summary.characteristicNames.count + 1
      structure.loadings = .characteristics(try numbers("linear.gamma", width * columns))
    }
    self.init(
      summary: summary, structure: structure,
      factorCovariance: try numbers("linear.covariance", columns * columns),
      residualVariance: try numbers("linear.residual", 1)[0])
  }
}

/// Texts as whole numbers of eight bytes each, for sections of a container.
enum PackedText {
  /// The texts' bytes, one newline after each; names of firms hold none.
  static func packed(_ texts: [String]) -> [UInt64] {
    let bytes = texts.flatMap { text -> [UInt8] in Array(text.utf8) + [10] }
    var numbers = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
    for (place, byte) in bytes.enumerated() {
      let shift = 8 * (place % 8)
      numbers[place / 8] |= UInt64(byte) << shift
    }
    return numbers
  }

  /// Reads what `packed` gave.
  static func texts(_ numbers: [UInt64]) throws -> [String] {
    var bytes: [UInt8] = []
    for number in numbers {
      var rest = number
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
      }
    }
    guard let end = bytes.lastIndex(of: 10) else { return [] }
    let padding = bytes.suffix(from: end + 1)
    guard padding.count < 8, padding.allSatisfy({ $0 == 0 }) else {
      throw ContainerError.malformed(section: "linear.firms", reason: "names end with a newline")
    }
    let names: [ArraySlice<UInt8>] = bytes.prefix(end).split(
      separator: 10, omittingEmptySubsequences: false)
    return names.map { String(decoding: $0, as: UTF8.self) }
  }
}
