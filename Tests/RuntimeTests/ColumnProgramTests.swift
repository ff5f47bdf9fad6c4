// Fused expressions against the definition, element by element.

import Testing

@testable import FactorRuntime

@Suite struct ColumnProgramTests {
  private let a: [Double] = (0..<70_001).map { $0 % 7 == 0 ? .nan : Double($0 % 13) - 6 }
  private let b: [Double] = (0..<70_001).map { Double($0 % 5) - 2 }

  private func isSame(_ x: [Double], _ y: [Double]) -> Bool {
    x.count == y.count && zip(x, y).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test(arguments: [1, 2, 3]) func expressionEqualsItsDefinition(threads: Int) {
    var program = ColumnProgram()
    let product = program.append(.multiply, [.input(0), .input(1)])
    let quotient = program.append(.divide, [.step(product), .input(1)])
    _ = program.append(.add, [.step(quotient), .input(2)])
    let result = program.run(
      [.column(a), .column(b), .scalar(1)], rows: a.count, threads: threads)
    let expected = zip(a, b).map { x, y in y == 0 ? Double.nan : x * y / y + 1 }
    #expect(isSame(result.values, expected))
    // 0 / 0 is undefined where nothing was missing.
    #expect(result.undefined == zip(a, b).count { !$0.isNaN && $1 == 0 })
  }

  @Test func logicIsThreeValued() {
    let truths: [Double] = [0, 1, .nan]
    let left = truths.flatMap { x in truths.map { _ in x } }
    let right = truths.flatMap { _ in truths }
    func run(_ operation: ColumnProgram.Operation) -> [Double] {
      var program = ColumnProgram()
      _ = program.append(operation, [.input(0), .input(1)])
      return program.run([.column(left), .column(right)], rows: 9).values
    }
    #expect(isSame(run(.and), [0, 0, 0, 0, 1, .nan, 0, .nan, .nan]))
    #expect(isSame(run(.or), [0, 1, .nan, 1, 1, 1, .nan, 1, .nan]))
  }

  @Test func severalOutputsComeFromOnePass() {
    var program = ColumnProgram()
    let sum = program.append(.add, [.input(0), .input(1)])
    let isSmall = program.append(.less, [.step(sum), .input(2)])
    let chosen = program.append(.choose, [.step(isSmall), .input(1), .input(0)])
    let results = program.run(
      [.column(a), .column(b), .scalar(0)],
      outputs: [.init(step: sum, inputs: [0, 1]), .init(step: chosen, inputs: [0, 1, 2])],
      rows: a.count)
    #expect(isSame(results[0].values, zip(a, b).map { $0 + $1 }))
    let expected = zip(a, b).map { x, y in x.isNaN ? Double.nan : x + y < 0 ? y : x }
    #expect(isSame(results[1].values, expected))
    #expect(results.allSatisfy { $0.undefined == 0 })
  }

  @Test func nothingInGivesNothingOut() {
    var program = ColumnProgram()
    _ = program.append(.negate, [.input(0)])
    #expect(program.run([.column([])], rows: 0).values.isEmpty)
  }

  @Test func whatOverflowsIsMissingToTheNextStep() {
    var program = ColumnProgram()
    let huge = program.append(.multiply, [.input(0), .input(0)])
    _ = program.append(.divide, [.input(1), .step(huge)])
    let result = program.run([.column([1e200, 2]), .scalar(1)], rows: 2)
    #expect(isSame(result.values, [.nan, 0.25]) && result.undefined == 1)
  }
}
