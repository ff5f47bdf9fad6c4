// What must hold of lexer, parser and formatter for any bytes at all.

import Testing

@testable import FactorLang

enum ReaderCheck {
  /// Reads the bytes, formats them if they are a program, and checks every promise.
  static func inspect(_ bytes: [UInt8], diagnosticLimit: Int = Parser.diagnosticLimit) {
    let source = Source(name: "fuzz", bytes: bytes)
    var words: Comment { "\(String(decoding: bytes.prefix(2_000), as: UTF8.self))" }
    let clock = ContinuousClock()
    let start = clock.now
    let program = Parser.parse(source)
    #expect(isLossless(program.tokens, bytes), words)
    #expect(program.diagnostics.count <= diagnosticLimit, words)
    for diagnostic in program.diagnostics {
      #expect(diagnostic.span.end <= bytes.count && !diagnostic.message.isEmpty, words)
    }
    #expect((program.verdict == .complete) == program.diagnostics.isEmpty, words)
    if program.diagnostics.isEmpty { roundTrip(program) }
    #expect(clock.now - start < .seconds(1), words)
  }

  /// Formats a program and checks that nothing but the layout changed, and that it is final.
  static func roundTrip(_ program: Program) {
    let text = Formatter.format(program)
    let again = Parser.parse(text)
    var words: Comment { "\(program.source.text(Span(0, 2_000)))\n--- became ---\n\(text)" }
    #expect(again.diagnostics.isEmpty, words)
    #expect(TreePrinter.print(again) == TreePrinter.print(program), words)
    #expect(comments(again) == comments(program), words)
    #expect(Formatter.format(again) == text, words)
  }

  private static func isLossless(_ tokens: [Token], _ bytes: [UInt8]) -> Bool {
    var place = 0
    for token in tokens {
      guard token.triviaSpan.start == place, token.end >= token.start else { return false }
      place = token.end
    }
    return place == bytes.count && tokens.last?.kind == .endOfInput
  }

  /// Every line or line end that begins with `#`, with its kind.
  private static func comments(_ program: Program) -> [String] {
    let source = program.source
    return program.tokens.filter(\.followsComment).flatMap { token in
      source.pieces(before: token).compactMap { piece -> String? in
        guard piece.kind != .space, piece.kind != .newline else { return nil }
        var text = source.text(piece.span)[...]
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
          text.unicodeScalars.removeLast()
        }
        return "\(piece.kind) \(text)"
      }
    }
  }
}

extension TreePrinter {
  /// Writes everything that the formatter must keep, cell by cell.
  static func print(_ program: Program) -> String {
    let cells = program.cells.map { cell in
      let prose = cell.prose.map { "## \($0.text)" }
      let statements = cell.statements.map { statement in
        print(statement) + (statement.documentation.map { " ## \($0)" } ?? "")
      }
      return (["#%% \(cell.title ?? "-")"] + prose + statements).joined(separator: "\n")
    }
    return "fq \(program.edition ?? 0)\n" + cells.joined(separator: "\n")
  }
}
