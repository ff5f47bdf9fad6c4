// Numbers written for people are recognised, and nothing else.

import Testing

@testable import FactorRuntime

@Suite struct WrittenNumberTests {
  @Test func percentWithAndWithoutItsSign() {
    #expect(WrittenNumber.percent("1.5%") == 1.5 && WrittenNumber.percent("-2.25 %") == -2.25)
    #expect(WrittenNumber.percent("3") == 3 && WrittenNumber.percent("n/a") == nil)
    #expect(WrittenNumber.percent("%") == nil && WrittenNumber.percent("1,5%") == nil)
  }

  @Test func whatAPersonReadsAsNumbers() {
    #expect(WrittenNumber.example(in: ["12", "1,234.5"]) == "1,234.5")
    #expect(WrittenNumber.example(in: ["$12.50"]) == "$12.50")
    #expect(WrittenNumber.example(in: ["(3.2)", "4"]) == "(3.2)")
    #expect(WrittenNumber.example(in: ["0,05"]) == "0,05")
    #expect(WrittenNumber.example(in: ["1.5%", "AAPL"]) == nil)
    #expect(WrittenNumber.example(in: ["2015-01", "01/02/2015", "10-20"]) == nil)
    #expect(WrittenNumber.example(in: ["00169", "1.2.3", "%", ""]) == nil)
    #expect(WrittenNumber.example(in: [String]()) == nil)
  }
}
