// Optimisers against PyTorch, step by step; Tests/Parity/optimizers says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// One setting of the optimiser and how close it comes.
private struct OptimizerCase: Sendable, CustomStringConvertible {
  let name: String
  var tolerance = 1e-12
  var steps = 40
  var strength = 0.0
  let adjust: @Sendable (inout Optimizer) -> Void

  var description: String { name }

  static let all = [
    OptimizerCase(name: "adam") { _ in },
    OptimizerCase(name: "norm", tolerance: 1e-5) { $0.clip = 1 },
    OptimizerCase(name: "value") { $0.valueClip = 0.7 },
    OptimizerCase(name: "betas") { $0.betas = (0.5, 0.9) },
    OptimizerCase(name: "adamw") { $0.rule = .adamW(decay: 0.1) },
    OptimizerCase(name: "cosine", tolerance: 1e-10, steps: 30) {
      $0.rule = .adamW(decay: 0.1)
      $0.schedule = .cosine(warmUp: 5, steps: 30, floor: 0.1)
    },
    OptimizerCase(name: "proximal", strength: 0.2) { $0.penalty = .proximal },
  ]

  /// The weights after each step, in one block of a number type.
  func path<Scalar: NetworkScalar>(_ gradients: [[Double]], _: Scalar.Type) -> [[Double]] {
    let block = ParameterBlock<Scalar>(padded: false)
    block.add("weights", rows: 1, columns: 2, penalised: true)
    block.add("biases", rows: 1, columns: 2)
    for (i, w) in [0.5, -0.02, 1, 0].enumerated() { block.weights[i] = Scalar(w) }
    block.penalise(strength)
    let nothing = ParameterBlock<Double>(padded: false)
    var optimizer = Optimizer(rate: 0.05, clip: nil)
    adjust(&optimizer)
    return gradients.prefix(steps).map { row in
      for (i, g) in row.enumerated() { block.gradients[i] = Scalar(g) }
      optimizer.addPenalty(to: block)
      optimizer.step(block, nothing)
      return (0..<4).map { Double(block.weights[$0]) }
    }
  }
}

@Suite struct OptimizerParityTests {
  private static func columns(_ name: String, _ wanted: [String]) throws -> [[Double]] {
    let table = try CSVReader.read(path: ParityFolder.path("optimizers/" + name))
    let columns = try wanted.map { wish in
      let position = try #require(table.position(wish))
      return try #require(table.columns[position].numbers)
    }
    return (0..<table.rowCount).map { row in columns.map { $0[row] } }
  }

  @Test(arguments: OptimizerCase.all)
  private func stepsAgree(_ c: OptimizerCase) throws {
    let gradients = try Self.columns("data.csv", (1...4).map { "g\($0)" })
    let expected = try Self.columns("expected.csv", (1...4).map { "\(c.name)\($0)" })
    for (step, row) in c.path(gradients, Double.self).enumerated() {
      expectClose(row, expected[step], absolute: c.tolerance, "\(c) step \(step + 1)")
    }
    for (step, row) in c.path(gradients, Float.self).enumerated() {
      expectClose(row, expected[step], absolute: 2e-5, "\(c) in Float, step \(step + 1)")
    }
  }

  // A subgradient leaves small weights near zero, the threshold puts them there.
  @Test func theThresholdReachesZero() throws {
    let gradients = try Self.columns("data.csv", (1...4).map { "g\($0)" })
    let proximal = try #require(OptimizerCase.all.last)
    #expect(proximal.path(gradients, Double.self).contains { $0[1] == 0 })
    let pulled = OptimizerCase(name: "subgradient", strength: 0.2) { _ in }
    #expect(!pulled.path(gradients, Double.self).contains { $0[1] == 0 })
  }
}
