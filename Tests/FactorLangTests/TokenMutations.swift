// Programs with one slip: a token left out, doubled, or changed with its neighbour.

@testable import FactorLang

enum TokenMutations {
  /// Gives every program that differs from the text by one slip.
  static func all(of bytes: [UInt8]) -> [[UInt8]] {
    let tokens = Lexer.tokenize(Source(name: "t", bytes: bytes)).tokens
    let pieces = tokens.map { Array(bytes[$0.triviaSpan.start..<$0.end]) }
    return pieces.indices.dropLast().flatMap { index -> [[UInt8]] in
      var (dropped, doubled, swapped) = (pieces, pieces, pieces)
      dropped.remove(at: index)
      doubled.insert(pieces[index], at: index)
      swapped.swapAt(index, index + 1)
      return [dropped, doubled, swapped].map { $0.flatMap { $0 } }
    }
  }
}
