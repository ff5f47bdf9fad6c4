// Numbers are read to the nearest value that can be held, on the fast path and beside it.

import Testing

@testable import FactorLang

@Suite struct LiteralReaderTests {
  private func read(_ text: String) -> Literal? {
    let source = Source(name: "t", text: text)
    let kind = Lexer.tokenize(source).tokens[0].kind
    return source.bytes.withUnsafeBufferPointer { LiteralReader.read(kind, $0) }
  }

  @Test func decimalsAreRoundedOnce() {
    var random = Seeded(state: 11)
    for _ in 0..<3_000 {
      let digits = (0...random.below(20)).map { _ in String(random.below(10)) }.joined()
      let fraction = (0...random.below(9)).map { _ in String(random.below(10)) }.joined()
      let power = random.below(30)
      let text = "\(digits).\(fraction)"
      #expect(read(text) == Double(text).map(Literal.number), "\(text)")
      let small = "\(text)e-\(power)"
      #expect(read(small) == Double(small).map(Literal.number), "\(small)")
      #expect(read(text + "%") == Double(text + "e-2").map { .ratio($0, .percent) }, "\(text)")
    }
  }

  @Test(arguments: [
    ("1_000", Literal.integer(1_000)), ("2bn", .integer(2_000_000_000)), ("1.5mn", .number(1.5e6)),
    ("0.1k", .number(100)), ("1e400", nil), ("9223372036854775807", .integer(Int.max)),
    ("9223372036854775808", nil), ("9223372036854775807k", nil), ("1e-400", .number(0)),
    ("90min", .duration(90, .minute)), ("5ms", .duration(5, .millisecond)),
    ("99999999999999999999m", nil), ("12.5bps", .ratio(0.00125, .basisPoints)), ("2004Q5", nil),
    ("1_2.5_0", .number(12.5)),
  ])
  func unitsScale(_ text: String, _ value: Literal?) {
    #expect(read(text) == value)
  }
}
