// Rows in the order of columns: missing values go last, equal rows keep their order.

import FactorRuntime

/// The order of rows by some columns, the first of them before the next.
struct RowOrder {
  /// Of each column a number a row that rises with its values; NaN where the value is missing.
  private let keys: [[Double]]
  private let count: Int
  private let budget: Budget

  init(_ columns: [Column], _ budget: Budget) {
    keys = columns.map(\.sortKeys)
    count = columns.first?.count ?? 0
    self.budget = budget
  }

  /// The places of the rows in that order; missing values are last in either direction.
  func places(descending: Bool = false) throws -> [Int] {
    try (0..<count).sorted { a, b in
      try budget.check()
      for key in keys {
        let (x, y) = (key[a], key[b])
        if x == y || x.isNaN && y.isNaN { continue }
        if x.isNaN || y.isNaN { return y.isNaN }
        return (x < y) != descending
      }
      return a < b
    }
  }
}

extension Column {
  /// Numbers that rise with the values; NaN where one is missing.
  fileprivate var sortKeys: [Double] {
    switch values {
    case .numbers(let numbers): return numbers
    case .months(let months): return months.map { $0.isMissing ? .nan : Double($0.index) }
    case .dates(let dates): return dates.map { $0.isMissing ? .nan : Double($0.days) }
    case .text(let codes, let dictionary):
      var ranks = [Double](repeating: 0, count: dictionary.count)
      let order = dictionary.indices.sorted { dictionary[$0] < dictionary[$1] }
      for (rank, code) in order.enumerated() { ranks[code] = Double(rank) }
      return codes.map { $0 < 0 ? .nan : ranks[Int($0)] }
    }
  }
}
