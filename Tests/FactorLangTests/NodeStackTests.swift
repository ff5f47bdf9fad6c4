// Lists that are gathered while others wait below them.

import Testing

@testable import FactorLang

@Suite struct NodeStackTests {
  @Test func listsAreTakenFromTheTop() {
    var stack = NodeStack<String>()
    for index in 0..<200 { stack.append("outer \(index)") }
    let inner = stack.count
    for index in 0..<3 { stack.append("inner \(index)") }
    #expect(stack.take(from: inner) == ["inner 0", "inner 1", "inner 2"])
    #expect(stack.take(from: inner).isEmpty && stack.count == 200)
    stack.drop(from: 199)
    #expect(stack.take(from: 198) == ["outer 198"])
  }
}
