// Tests of the matrix type and the factorisations.

import FactorRuntime
import TestSupport
import Testing

@Suite struct LinearAlgebraTests {
  // A library built for one thread mixes up calls made at the same time, if it is let to.
  @Test func callsMadeAtTheSameTimeDoNotMix() throws {
    let orders = (0..<400).map { 3 + $0 % 18 }
    @Sendable func solution(_ order: Int) throws -> [Double] {
      var matrix = Matrix(rows: order, columns: order)
      for i in 0..<order {
        for j in 0..<order {
          matrix[i, j] = (i == j ? Double(order) : 0) + 0.1 * Double((i * 7 + j * 7) % 5)
        }
      }
      let right = (0..<order).map(Double.init)
      var product = [Double](repeating: 0, count: 40 * order)
      try DenseProduct.transposed(
        [Double](repeating: 0.5, count: 60 * 40), [Double](repeating: 2, count: 60 * order),
        rows: 40, inner: 60, columns: order, into: &product)
      return try Cholesky(matrix).solve(right) + product
    }
    let alone = try orders.map(solution)
    let found = Slots(count: orders.count)
    for _ in 0..<20 {
      Parallel.blocks(orders.count, threads: 8) { place in
        found.set(place, (try? solution(orders[place])) ?? [])
      }
      #expect(zip(found.values, alone).count { $0 != $1 } == 0)
    }
  }

  @Test func productAndTransposeFollowTheDefinition() {
    let a = Matrix([[1, 2, 3], [4, 5, 6]])
    #expect(a * a.transposed == Matrix([[14, 32], [32, 77]]))
    #expect(a * [1, 0, -1] == [-2, -2])
  }

  @Test func choleskySolvesAndReportsPivots() throws {
    let a = Matrix([[4, 2, 0], [2, 5, 1], [0, 1, 3]])
    let factor = try Cholesky(a)
    expectClose(a * factor.solve([1, 2, 3]), [1, 2, 3], absolute: 1e-14)
    expectClose((factor.lower * factor.lower.transposed).storage, a.storage, absolute: 1e-14)
    #expect(factor.largestPivot == 4)
    expectClose(factor.smallestPivot, 2.75, absolute: 1e-14)
    #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: 1)) {
      try Cholesky(Matrix([[1, 2], [2, 1]]))
    }
  }

  @Test func leastSquaresMatchesHandComputation() throws {
    let x = Matrix([[1, 1], [1, 2], [1, 3], [1, 4]])
    let fit = try LeastSquares(x, [6, 5, 7, 10])
    expectClose(fit.coefficients, [3.5, 1.4], absolute: 1e-13)
    expectClose(fit.residualSumOfSquares, 4.2, absolute: 1e-13)
    expectClose(fit.rSquared, 0.7, absolute: 1e-13)
    expectClose(fit.standardErrors, [1.774823934929885, 0.648074069840786], absolute: 1e-12)
    #expect(fit.rank == 2 && fit.dropped.isEmpty && fit.degreesOfFreedom == 2)
  }

  @Test func leastSquaresNamesDependentColumns() throws {
    let x = Matrix((0..<6).map { [1, Double($0), 2 * Double($0) + 1] })
    let fit = try LeastSquares(x, [0, 1, 2, 3, 4, 5])
    #expect(fit.rank == 2)
    #expect(fit.dropped.count == 1)
    expectClose(fit.residualSumOfSquares, 0, absolute: 1e-24)
  }

  @Test func unitsDoNotDecideTheRank() throws {
    let x = Matrix((0..<6).map { [1, Double($0 * $0) * 1e-18] })
    #expect(try LeastSquares(x, [0, 1, 4, 9, 16, 25]).rank == 2)
  }

  @Test func eigenvaluesDescendAndSignsAreFixed() throws {
    let eigen = try SymmetricEigen(Matrix([[2, -1], [-1, 2]]))
    expectClose(eigen.values, [3, 1], absolute: 1e-14)
    #expect(eigen.vectors[0, 0] > 0 && eigen.vectors[0, 1] > 0)
  }

  @Test(arguments: [(3, 2), (2, 3), (4, 4)])
  func singularValuesRebuildTheMatrix(shape: (Int, Int)) throws {
    var stream = RandomStream(seed: 3, purpose: .example)
    let count = shape.0 * shape.1
    let storage = (0..<count).map { _ in stream.normal() }
    let matrix = Matrix(rows: shape.0, columns: shape.1, storage: storage)
    let svd = try SingularValues(matrix)
    var middle = Matrix(rows: svd.values.count, columns: svd.values.count)
    for k in svd.values.indices { middle[k, k] = svd.values[k] }
    expectClose((svd.left * middle * svd.right.transposed).storage, storage, absolute: 1e-13)
  }

  @Test func missingElementsAreRefused() {
    #expect(throws: LinearAlgebraError.notFinite(argument: "the matrix")) {
      try SymmetricEigen(Matrix([[1, .nan], [.nan, 1]]))
    }
  }
}

/// Results that threads put in places of their own.
private final class Slots: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<[Double]>

  init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: [])
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  func set(_ place: Int, _ value: [Double]) { storage[place] = value }
  var values: [[Double]] { Array(storage) }
}
