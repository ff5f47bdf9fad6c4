// Survival and decency on any input: chance bytes, chance words, and programs with damage.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct FuzzTests {
  private static let words =
    TokenKind.spellings.values.sorted() + TokenKind.softKeywords + [
      "x", "p", "$k", "\"a{", "}b\"", "\"", "\"\"\"", "1", "2.5e-4", "2004-12", "2004Q4", "5%",
      "30bps", "3m", "#%% t\n", "## p\n", "#> o\n", "#! d\n", "# c\n", "\n", "\r\n", " ", "\t",
      "`odd`", "r\"", "|>", "\u{FEFF}", "é", "\u{0}", "{x:.2}", "load \"a\", ", "fn f(a) = ",
    ]

  @Test func chanceBytesAreRead() {
    var numbers = SeededNumbers(seed: 42)
    for _ in 0..<FuzzInputs.count(1_500) {
      let size = numbers.below(200)
      ReaderCheck.inspect((0..<size).map { _ in UInt8(truncatingIfNeeded: numbers.bits()) })
    }
  }

  @Test func chanceWordsAreRead() {
    var numbers = SeededNumbers(seed: 3)
    for _ in 0..<FuzzInputs.count(3_000) {
      let glue = numbers.pick(["", " "])
      let text = (0..<numbers.below(30)).map { _ in numbers.pick(Self.words) }
      ReaderCheck.inspect(Array(text.joined(separator: glue).utf8))
    }
  }

  @Test func damagedProgramsAreRead() {
    var numbers = SeededNumbers(seed: 7)
    let seeds = SamplePrograms.all.map { Array($0.utf8) } + FuzzInputs.programs().map(\.bytes)
    for _ in 0..<FuzzInputs.count(600) {
      var bytes = numbers.pick(seeds)
      for _ in 0...numbers.below(4) { Self.damage(&bytes, &numbers, seeds) }
      ReaderCheck.inspect(bytes)
    }
  }

  private static func damage(
    _ bytes: inout [UInt8], _ numbers: inout SeededNumbers, _ seeds: [[UInt8]]
  ) {
    let place = numbers.below(bytes.count + 1)
    let end = min(bytes.count, place + numbers.below(20))
    switch numbers.below(6) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: numbers.pick(words).utf8, at: place)
    case 2 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: numbers.bits())
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: numbers.below(bytes.count + 1))
    case 4: bytes.removeSubrange(place...)
    default:
      let other = numbers.pick(seeds)
      let start = numbers.below(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 60)], at: place)
    }
  }

  @Test(arguments: SamplePrograms.all)
  func aSlipInACheckedScriptGivesFewDiagnostics(_ text: String) {
    for bytes in TokenMutations(of: Array(text.utf8)) {
      let source = Source(name: "fuzz", bytes: bytes)
      let checked = Checker.check(Parser.parse(source), catalog: FakeCatalog())
      let diagnostics = checked.program.diagnostics
      #expect(diagnostics.count <= 3, "\(source.text(Span(0, bytes.count)))")
      for diagnostic in diagnostics { #expect(!Renderer().render(diagnostic).isEmpty) }
    }
  }
}
