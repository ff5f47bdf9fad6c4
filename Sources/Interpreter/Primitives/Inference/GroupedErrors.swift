// Effects, clusters and weights of a regression: as they are asked for, row by row, and in words.

import FactorLang
import FactorRuntime

struct GroupedErrors {
  var effects: [String]
  var cluster: [String]
  var weight: String?

  var isEmpty: Bool { effects.isEmpty && cluster.isEmpty && weight == nil }

  /// Codes of what each row is alike in, and what it weighs; a negative code is missing.
  struct Rows {
    fileprivate var effectCodes: [[Int32]]
    fileprivate var clusterCodes: [[Int32]]
    private(set) var weights: [Double]?

    fileprivate init(effects: [[Int32]], clusters: [[Int32]], weights: [Double]?) {
      (effectCodes, clusterCodes, self.weights) = (effects, clusters, weights)
    }

    var effects: [RowGroups] { effectCodes.map { RowGroups($0) } }
    var clusters: [RowGroups] { clusterCodes.map { RowGroups($0) } }

    /// Whether nothing is missing in a row.
    func isWhole(_ row: Int) -> Bool {
      (effectCodes + clusterCodes).allSatisfy { $0[row] >= 0 }
        && weights.map { $0[row] > 0 } ?? true
    }

    func choosing(_ rows: [Int]) -> Rows {
      func chosen(_ codes: [Int32]) -> [Int32] { rows.map { codes[$0] } }
      return Rows(
        effects: effectCodes.map(chosen), clusters: clusterCodes.map(chosen),
        weights: weights.map { weights in rows.map { weights[$0] } })
    }
  }

  func rows(of table: Table, _ budget: Budget) throws -> Rows {
    guard cluster.count <= 2 else {
      throw Fault(
        .tooManyArguments, "errors are clustered by one column or two, not \(cluster.count)",
        parameter: "cluster")
    }
    let weights = try weight.map { name -> [Double] in
      guard let numbers = try table.required(name).numbers else {
        throw Fault(.wrongType, "`\(name)` holds no numbers", parameter: "weight")
      }
      if numbers.contains(where: { $0 < 0 }) {
        throw Fault(.outOfRange, "`\(name)` has weights below zero", parameter: "weight")
      }
      return numbers
    }
    func codes(_ name: String) throws -> [Int32] {
      try table.required(name).groupCodes(budget)
    }
    return Rows(
      effects: try effects.map(codes), clusters: try cluster.map(codes), weights: weights)
  }

  func errors(_ kind: ErrorKind?, lags: Int?, _ rows: Rows) throws -> PanelRegression.Errors {
    if let kind, !cluster.isEmpty {
      throw Fault(
        .unknownOption, "`cluster` is a kind of errors, and so is `se: \(kind.rawValue)`",
        parameter: "se")
    }
    if lags != nil || kind == .nw || kind == .auto || kind == .r {
      throw Fault(
        .badValue, "with effects, clusters or weights errors are ols, white or clustered",
        helps: ["cluster: id", "se: white"], parameter: kind == nil ? "lags" : "se")
    }
    if !cluster.isEmpty { return .cluster(rows.clusters) }
    return kind == .ols ? .ols : .white
  }

  /// Lines below the table: what was taken out, what errors allow for, degrees of freedom.
  func words(_ found: PanelRegression, _ rows: Rows, isPlain: Bool) -> [String] {
    var lines: [String] = []
    if !effects.isEmpty {
      let parts = zip(effects, rows.effects).map { "\($0) \(NumberFormat.count($1.count))" }
      lines.append("  effects taken out: " + parts.joined(separator: " · "))
    }
    if let weight { lines.append("  weighted by \(weight)") }
    let kind =
      cluster.isEmpty
      ? (isPlain ? "ols, equal variance" : "white, HC1")
      : "clustered by "
        + zip(cluster, rows.clusters).map { "\($0) (\(NumberFormat.count($1.count)))" }
        .joined(separator: " and ") + ", small-sample factor G/(G-1) (n-1)/(n-k)"
    lines.append(
      "  errors: \(kind) · p of Student's law, \(NumberFormat.count(found.degrees)) degrees of freedom"
    )
    return lines
  }
}
