// Filling what is missing and taking out what others explain, within each period.

/// What stands for a missing value.
public enum FillRule: String, Sendable, CaseIterable {
  case median, mean, zero, last
}

extension CrossSection {
  /// Fills missing values of each period by the middle or mean of its values, of the same group where there are any.
  ///
  /// Groups are numbered; a negative one is none, and is filled by all of the period. Nothing is filled where the period
  /// has no value.
  public static func filled(
    _ values: [Double], by rule: FillRule, groups: [Int32]?, offsets: [Int]
  ) -> [Double] {
    func center(_ numbers: [Double]) -> Double {
      rule == .zero
        ? 0
        : numbers.isEmpty ? .nan : rule == .mean ? Moments(numbers).mean : Quantile.median(numbers)
    }
    var result = values
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let missing = (start..<end).filter { values[$0].isNaN }
      guard !missing.isEmpty else { continue }
      let all = center(values[start..<end].filter { !$0.isNaN })
      var members: [Int32: [Double]] = [:]
      if let groups {
        for row in start..<end where groups[row] >= 0 && !values[row].isNaN {
          members[groups[row], default: []].append(values[row])
        }
      }
      let centers = members.mapValues(center)
      for row in missing { result[row] = groups.flatMap { centers[$0[row]] } ?? all }
    }
    return result
  }

  /// The residuals of each period's least squares of values on regressors, with a constant or one for each group.
  ///
  /// Missing values: a row that lacks the value, a regressor or its group has a missing residual. Degrees of freedom: a
  /// period needs more rows than coefficients; others have no residuals and are counted. Groups are taken out as means,
  /// which is least squares on their indicators (Frisch, Waugh and Lovell).
  public static func residuals(
    _ values: [Double], on regressors: [[Double]], groups: [Int32]?, offsets: [Int]
  ) throws(LinearAlgebraError) -> (values: [Double], thin: Int) {
    var result = [Double](repeating: .nan, count: values.count)
    var thin = 0
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let rows = (start..<end).filter { row in
        !values[row].isNaN && regressors.allSatisfy { !$0[row].isNaN }
          && groups.map { $0[row] >= 0 } ?? true
      }
      let codes = rows.map { groups?[$0] ?? 0 }
      let constants = Set(codes).count
      guard rows.count > constants + regressors.count else {
        if !rows.isEmpty { thin += 1 }
        continue
      }
      let y = centered(rows.map { values[$0] }, codes)
      let x = regressors.map { column in centered(rows.map { column[$0] }, codes) }
      guard !x.isEmpty else {
        for (row, value) in zip(rows, y) { result[row] = value }
        continue
      }
      var matrix = Matrix(rows: rows.count, columns: x.count)
      for (j, column) in x.enumerated() {
        for (i, value) in column.enumerated() { matrix[i, j] = value }
      }
      for (row, value) in zip(rows, try LeastSquares(matrix, y).residuals) { result[row] = value }
    }
    return (result, thin)
  }

  /// Values less the mean of their group.
  private static func centered(_ values: [Double], _ codes: [Int32]) -> [Double] {
    var sums: [Int32: (sum: CompensatedSum, count: Int)] = [:]
    for (value, code) in zip(values, codes) {
      sums[code, default: (CompensatedSum(), 0)].sum.add(value)
      sums[code, default: (CompensatedSum(), 0)].count += 1
    }
    let means = sums.mapValues { $0.sum.value / Double($0.count) }
    return zip(values, codes).map { $0 - (means[$1] ?? 0) }
  }
}
