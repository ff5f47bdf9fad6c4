// What a fitted linear factor model consists of: loadings, and where its factors come from.
//
// Every model here reads r = B f + e, with the columns of B in three groups: latent factors, found
// from the month's returns; observed factors, made from the panel or given with it; and an intercept, whose factor is
// always one. Loadings are linear in characteristics, B = Z G (IPCA, PCA of managed portfolios), or
// fixed by firm (PCA of returns, observable factors).

import FactorRuntime

/// Loadings and the origin of factors.
struct LinearStructure: Sendable {
  /// Where loadings come from.
  enum Loadings: Sendable {
    /// G, (characteristics + 1) x columns, row after row, the constant last.
    case characteristics([Double])
    case firms(FirmLoadings)
  }

  /// How latent factors are found.
  enum LatentRule: String, Sendable {
    /// The month's returns regressed on the loadings.
    case regression
    /// The loadings' weights on the month's managed portfolios: f = G' x.
    case portfolios
  }

  var loadings: Loadings
  var latent: Int
  var rule = LatentRule.regression
  var observed: [PanelFactor] = []
  /// Factors observed beside the panel, by name.
  var given: [String] = []
  var hasIntercept = false

  /// The number of factors, without the constant one of an intercept.
  var factors: Int { latent + observed.count + given.count }
  /// The number of columns of the loadings.
  var columns: Int { factors + (hasIntercept ? 1 : 0) }
}

/// Loadings that belong to firms.
struct FirmLoadings: Sendable {
  /// Firms by name, in the order of their rows.
  let firms: [String]
  /// Firms x columns, row after row.
  let values: [Double]
  /// Residual variances by firm; empty where one number serves all.
  var variances: [Double] = []
  /// The loadings and the variance of a firm that was not there; missing ones give no forecast.
  let newcomer: [Double]
  var newcomerVariance = Double.nan
}

/// A fitted structure on the rows of a task, month by month.
struct LinearMonths: Sendable {
  let structure: LinearStructure
  let task: FactorTask
  /// Rows whose return is not there; nil where all are.
  private let waiting: [Bool]?
  private let panelFactors: PanelFactors
  /// Managed portfolio returns by month, where the structure asks for them.
  private var portfolios: [[Double]] = []
  /// The row of each firm of the task in the firm loadings; -1 for newcomers.
  private var places: [Int] = []

  init(
    _ structure: LinearStructure, _ task: FactorTask, waiting: [Bool]? = nil,
    portfolios known: [[Double]]? = nil, budget: Budget
  ) throws {
    (self.structure, self.task, self.waiting) = (structure, task, waiting)
    panelFactors = try PanelFactors(structure.observed, in: task.characteristicNames)
    guard structure.given.isEmpty || structure.given == task.observed.names else {
      throw ModelError.otherFactors(expected: structure.given, found: task.observed.names)
    }
    if case .firms(let loadings) = structure.loadings {
      let rows = Dictionary(uniqueKeysWithValues: zip(loadings.firms, loadings.firms.indices))
      places = task.index.assetNames.map { rows[$0] ?? -1 }
    }
    guard structure.rule == .portfolios else { return }
    if let known {
      portfolios = known
    } else if let waiting {
      // Portfolios of a month use the rows with a return, as if the others did not exist.
      let rows = waiting.indices.filter { !waiting[$0] }
      portfolios = try ManagedInputs.returns(of: task.keeping(rows), budget)
    } else {
      portfolios = try ManagedInputs.returns(of: task, budget)
    }
  }

  /// The rows of a month that have a return.
  private func known(_ month: Int) -> [Int] {
    let rows = task.rows(month)
    return waiting.map { waiting in rows.filter { !waiting[$0] } } ?? Array(rows)
  }

  /// The loadings of a month's rows, row after row.
  func loadings(_ month: Int) -> [Double] {
    let rows = task.rows(month)
    switch structure.loadings {
    case .characteristics(let gamma): return instrumented(rows, gamma)
    case .firms(let firms):
      let columns = structure.columns
      return rows.flatMap { row -> ArraySlice<Double> in
        let place = places[Int(task.index.assets[row])]
        return place < 0
          ? firms.newcomer[...] : firms.values[(place * columns)..<((place + 1) * columns)]
      }
    }
  }

  private func instrumented(_ rows: Range<Int>, _ gamma: [Double]) -> [Double] {
    let (columns, width) = (structure.columns, task.width)
    var result = [Double](repeating: 0, count: rows.count * columns)
    result.withUnsafeMutableBufferPointer { result in
      gamma.withUnsafeBufferPointer { gamma in
        task.characteristics.withUnsafeBufferPointer { z in
          for (i, row) in rows.enumerated() {
            for c in 0..<columns { result[i * columns + c] = gamma[width * columns + c] }
            for j in 0..<width {
              let value = Double(z[row * width + j])
              for c in 0..<columns { result[i * columns + c] += value * gamma[j * columns + c] }
            }
          }
        }
      }
    }
    return result
  }

  /// The residual variance of a row's firm; nil where one number serves all.
  func variance(row: Int) -> Double? {
    guard case .firms(let firms) = structure.loadings, !firms.variances.isEmpty else { return nil }
    let place = places[Int(task.index.assets[row])]
    return place < 0 ? firms.newcomerVariance : firms.variances[place]
  }

  /// All columns' factors in a month, given its loadings; nil where no row has a return.
  func factors(_ month: Int, loadings: [Double]) -> [Double]? {
    let rows = known(month)
    guard !rows.isEmpty else { return nil }
    var given = panelFactors.values(task, rows: rows)
    if !structure.given.isEmpty { given += task.observed.row(month) }
    if structure.hasIntercept { given.append(1) }
    switch structure.rule {
    case .regression:
      let first = task.rows(month).lowerBound
      return CrossSectionalFactors.regressed(
        rows.map { ($0 - first, task.returns[$0]) }, loadings, latent: structure.latent,
        given: given) + given
    case .portfolios:
      guard case .characteristics(let gamma) = structure.loadings else { return given }
      let x = portfolios[month]
      return (0..<structure.latent).map { k in
        x.indices.reduce(0) { $0 + gamma[$1 * structure.columns + k] * x[$1] }
      } + given
    }
  }
}

/// Latent factors of one month by regression on loadings.
enum CrossSectionalFactors {
  /// Solves (B'B) f = B'(r - C g), B the first `latent` columns of the loadings and C the others,
  /// whose factors are given; rows are places within the month.
  static func regressed(
    _ rows: [(place: Int, value: Double)], _ loadings: [Double], latent: Int, given: [Double]
  ) -> [Double] {
    let columns = latent + given.count
    var gram = [Double](repeating: 0, count: latent * latent)
    var cross = [Double](repeating: 0, count: latent)
    for (place, value) in rows {
      let b = place * columns
      var rest = value
      for (m, g) in given.enumerated() { rest -= loadings[b + latent + m] * g }
      for k in 0..<latent {
        cross[k] += loadings[b + k] * rest
        for l in 0...k { gram[k * latent + l] += loadings[b + k] * loadings[b + l] }
      }
    }
    return solved(gram, cross)
  }

  /// Solves a small symmetric system given by its lower triangle. Where factors cannot be told apart
  /// (fewer firms than factors, loadings of zero) a ridge of 1e-8 of the mean diagonal decides.
  static func solved(_ gram: [Double], _ cross: [Double]) -> [Double] {
    let size = cross.count
    let trace = (0..<size).reduce(0) { $0 + gram[$1 * (size + 1)] }
    guard trace > 0 else { return [Double](repeating: 0, count: size) }
    var (factor, solution) = ([Double](repeating: 0, count: size * size), cross)
    for ridge in [0, 1e-8 * trace / Double(size)] {
      var matrix = gram
      for k in 0..<size { matrix[k * (size + 1)] += ridge }
      Small.cholesky(matrix, size: size, into: &factor)
      let pivots = (0..<size).map { factor[$0 * (size + 1)] }
      // A pivot is a square root, so this is 1e-12 of the largest.
      if let least = pivots.min(), let most = pivots.max(), least > 1e-6 * most { break }
    }
    Small.solve(factor: factor, size: size, &solution)
    return solution
  }
}
