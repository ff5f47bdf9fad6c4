// Panel regressions against Stata's printed results on a simulated panel with gaps, where both are at hand.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct StataResultsTests {
  /// What Stata printed of one regression.
  private struct Printed {
    var coefficients: [String: Double] = [:]
    var covariance: [String: [Double]] = [:]
    var order: [String] = []
  }

  private func printed(_ lines: [Substring], _ title: String) -> Printed? {
    guard let start = lines.firstIndex(where: { $0.contains("!\(title)!") }) else { return nil }
    var result = Printed()
    var isCovariance = false
    for line in lines[(start + 1)...] {
      if line.hasPrefix("####") { break }
      let fields = line.split(separator: "\t").map(String.init)
      if line.contains("Variance") { isCovariance = true }
      guard let name = fields.first, fields.count > 1 else { continue }
      if isCovariance {
        let numbers = fields.dropFirst().compactMap { Double($0) }
        if numbers.isEmpty { result.order = fields } else { result.covariance[name] = numbers }
      } else if let value = Double(fields[1]), result.coefficients[name] == nil {
        result.coefficients[name] = value
      }
    }
    return result
  }

  @Test(arguments: ["pooled", "fixed_effect"], ["", "_light", "_heavy"])
  func regressionsAreThoseOfStata(kind: String, missing: String) throws {
    guard let folder = SharedData.folder("corpora/linearmodels-stata") else { return }
    guard let table = try StataPanel.read(folder + "/simulated-panel.dta") else { return }
    let text = String(
      decoding: try FileSystem.read(folder + "/stata-panel-simulated-results.txt"), as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let names = (1...5).map { "x\($0)\(missing)" }
    let (y, xs) = (try table.numbers("y" + missing), try names.map { try table.numbers($0) })
    let (weight, firm) = (try table.numbers("w"), table.firms)
    let whole = y.indices.filter { i in !y[i].isNaN && xs.allSatisfy { !$0[i].isNaN } }
    let x = Matrix(whole.map { i in xs.map { $0[i] } + [1] })
    let firms = RowGroups(whole.map { firm[$0] })
    for errors in ["conventional", "robust", "cluster"] {
      for weighted in ["", "weighted"] {
        let title = "\(kind)-\(errors)-\(weighted)-\(missing)"
        guard let stata = printed(lines, title) else { continue }
        let found = try PanelRegression(
          x, whole.map { y[$0] }, effects: kind == "pooled" ? [] : [firms],
          weights: weighted.isEmpty ? nil : whole.map { weight[$0] },
          errors: errors == "conventional"
            ? .ols : errors == "robust" && kind == "pooled" ? .white : .cluster([firms]))
        let terms = names + ["_cons"]
        for (j, term) in terms.enumerated() {
          let wanted = try #require(stata.coefficients[term], "\(title): \(term)")
          expectClose(found.fit.coefficients[j], wanted, relative: 1e-8, "\(title) \(term)")
          let place = try #require(stata.order.firstIndex(of: term))
          let variance = try #require(stata.covariance[term])[place]
          expectClose(
            found.standardErrors[j], variance.squareRoot(), relative: 1e-6,
            "\(title) error of \(term)")
        }
      }
    }
  }
}

/// The columns of a Stata file.
private struct StataPanel {
  let columns: [String: [Double]]
  let firms: [Int32]

  /// Nil, after a plain word, where the library that reads such files is not installed.
  static func read(_ path: String) throws -> StataPanel? {
    do {
      let table = try TableFile(path, CSVOptions()).read(CSVOptions(), Budget())
      var columns: [String: [Double]] = [:]
      for (name, column) in zip(table.names, table.columns) { columns[name] = column.numbers }
      guard let place = table.position("firm"),
        case .text(let codes, _) = table.columns[place].values
      else { return nil }
      return StataPanel(columns: columns, firms: codes)
    } catch let error as FileError {
      print("skipped: \(error)")
      return nil
    }
  }

  func numbers(_ name: String) throws -> [Double] { try #require(columns[name], "\(name)") }
}
