// Rows in order: numbers, texts, months and days, both ways, with ties and missing values.

import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct RowOrderTests {
  private static let number = Column(numbers: [3, .nan, -0.0, 1e308, 0.0, 3])
  private static let text = Column(text: ["b", nil, "a", "B", "é", "b"])
  private static let month = Column(
    .months([5, 5, 1, 12, 2, 5].map { Period(year: 2001, month: $0) ?? .missing }))

  private func places(_ columns: Column..., descending: Bool = false) throws -> [Int] {
    try RowOrder(columns, Budget()).places(descending: descending)
  }

  @Test func missingIsLastEitherWayAndEqualRowsKeepTheirOrder() throws {
    #expect(try places(Self.number) == [2, 4, 0, 5, 3, 1])
    #expect(try places(Self.number, descending: true) == [3, 0, 5, 2, 4, 1])
    #expect(try places(Self.text) == [3, 2, 0, 5, 4, 1])
    #expect(try places(Self.text, descending: true) == [4, 0, 5, 2, 3, 1])
    #expect(try places(Self.month, Self.number) == [2, 4, 0, 5, 1, 3])
    #expect(try places(Self.month.gathered([0, -1, 2])) == [2, 0, 1])
  }

  @Test func askedToStopItStops() {
    let budget = Budget()
    budget.cancel()
    #expect(throws: BudgetError.cancelled) {
      try RowOrder([Column(numbers: [2, 1])], budget).places()
    }
  }

  @Test func verbsSayTheSame() {
    let ordered = run(
      "q = toy | order_by ret, descending: true\n[max(toy.ret) - max((q | top 1, by: ret).ret), min(first(q.ret)) - max(toy.ret)]"
    )
    #expect(ordered.shown == "[0, 0]")
    let flags = "a = [{k: true, v: 1}, {k: false, v: 2}, {k: true, v: 3}]\n(a | order_by k).v"
    #expect(run(flags).shown == "[2, 1, 3]")
  }

  /// Writing a long file gives up too, and leaves none.
  @Test func longWorkGivesUp() throws {
    let budget = Budget()
    budget.cancel()
    let folder = try TemporaryFolder()
    let path = folder.path + "/never.csv"
    #expect(throws: BudgetError.cancelled) {
      try CSVWriter.write([("x", Self.number)], to: path, budget: budget)
    }
    #expect(!FileSystem.exists(path))
  }
}
