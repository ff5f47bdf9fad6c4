// Programs with one slip: a token left out, doubled, or changed with its neighbour.

@testable import FactorLang

/// Every program that differs from a text by one slip; each is written when it is asked for.
struct TokenMutations: RandomAccessCollection {
  private let bytes: [UInt8]
  private let tokens: [Token]

  init(of bytes: [UInt8]) {
    self.bytes = bytes
    tokens = Lexer.tokenize(Source(name: "t", bytes: bytes)).tokens
  }

  var startIndex: Int { 0 }
  var endIndex: Int { 3 * Swift.max(0, tokens.count - 1) }

  subscript(index: Int) -> [UInt8] {
    let (first, second) = (piece(index / 3), piece(index / 3 + 1))
    let (before, after) = (bytes[..<first.startIndex], bytes[second.endIndex...])
    switch index % 3 {
    case 0: return Array(before) + second + after
    case 1: return Array(before) + first + first + second + after
    default: return Array(before) + second + first + after
    }
  }

  /// A token with what stands before it.
  private func piece(_ index: Int) -> ArraySlice<UInt8> {
    bytes[tokens[index].triviaSpan.start..<tokens[index].end]
  }
}
