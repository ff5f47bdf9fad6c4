// Columns of a panel that hold one value a month: factors observed beside it.

import FactorLang
import FactorRuntime
import Models

/// Some columns by month instead of by row.
struct FactorColumns {
  let names: [String]
  /// Months of the panel x names, NaN where no row has a value.
  private let values: [Double]
  private let index: PanelIndex
  /// The place of each row's month.
  private let months: [Int]

  /// Reads the columns; throws where two rows of a month differ.
  init(_ names: [String], of panel: Panel) throws {
    (self.names, index) = (names, panel.index)
    let index = panel.index
    months = names.isEmpty ? [] : Self.places(index)
    var values = [Double](repeating: .nan, count: index.months.count * names.count)
    for (j, name) in names.enumerated() {
      let column = try panel.numbers(name)
      for month in index.months.indices {
        var first: Int?
        for row in index.rows(ofMonthAt: month) where !column[row].isNaN {
          if let first, column[first] != column[row] {
            throw Self.difference(name, index, month, (first, column[first]), (row, column[row]))
          }
          first = first ?? row
        }
        if let first { values[month * names.count + j] = column[first] }
      }
    }
    self.values = values
  }

  private static func places(_ index: PanelIndex) -> [Int] {
    index.months.indices.flatMap { [Int](repeating: $0, count: index.rows(ofMonthAt: $0).count) }
  }

  private static func difference(
    _ name: String, _ index: PanelIndex, _ month: Int, _ a: (row: Int, value: Double),
    _ b: (row: Int, value: Double)
  ) -> Fault {
    func words(_ item: (row: Int, value: Double)) -> String {
      "\(ValueText.number(item.value)) for `\(index.assetNames[Int(index.assets[item.row])])`"
    }
    var fault = Fault(
      .badValue, "`\(name)` is no factor: in \(index.months[month]) it is not the same for all",
      helps: [
        "make it one value a month:  derive g = xs.mean(\(name)) | setup …, factors: [g]",
        "or explain by it, known before:  setup …, features: [\(name)]",
      ], parameter: "factors")
    fault.reason = "it is \(words(a)) and \(words(b))"
    return fault
  }

  /// The names as words, the first of many.
  var words: String {
    names.count > 8
      ? names.prefix(3).joined(separator: ", ") + ", …" : names.joined(separator: ", ")
  }

  /// The rows whose month has a value of every factor.
  func complete(_ rows: [Int]) -> [Int] {
    names.isEmpty ? rows : rows.filter { row(months[$0]).allSatisfy { !$0.isNaN } }
  }

  /// The factors that some month of these rows lacks.
  func missing(_ rows: [Int]) -> (name: String, month: Int)? {
    for row in rows where !names.isEmpty {
      if let gap = self.row(months[row]).firstIndex(where: \.isNaN) {
        return (names[gap % names.count], months[row])
      }
    }
    return nil
  }

  /// The values of the months of some rows, ascending.
  func observed(_ rows: [Int]) -> ObservedFactors {
    guard !names.isEmpty else { return .none }
    var (found, last) = ([Double](), -1)
    for row in rows where months[row] != last {
      last = months[row]
      found += self.row(last)
    }
    return ObservedFactors(names, found)
  }

  /// Why no row is left.
  func nothingLeft(beside target: String) -> Fault {
    Fault(
      .allMissing, "in no month there is a value of `\(target)` and of \(words)",
      helps: ["leave a factor out, or join one that covers these months"], parameter: "factors")
  }

  private func row(_ month: Int) -> ArraySlice<Double> {
    values[(month * names.count)..<((month + 1) * names.count)]
  }
}
