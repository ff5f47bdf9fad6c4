// Tokens to style classes; colours are chosen elsewhere. Works on any text, however incomplete.

/// Names how a stretch of program text should look.
public enum StyleClass: String, Sendable, CaseIterable {
  case keyword, verb, option, name, variable, quotedName
  case number, date, string, format, operatorSign, punctuation
  case comment, prose, cell, output, diagnostic, invalid
}

/// A stretch of text and its class.
public struct StyledSpan: Sendable, Equatable {
  /// The bytes.
  public let span: Span
  /// How they should look.
  public let style: StyleClass
}

/// Classifies program text.
public enum Highlighter {
  /// Gives styled stretches in the order of the text; what lies between them is plain.
  public static func highlight(_ source: Source) -> [StyledSpan] {
    let tokens = Lexer.tokenize(source).tokens
    var result: [StyledSpan] = []
    for (index, token) in tokens.enumerated() {
      if token.trivia.contains(.comment) {
        for piece in source.pieces(before: token) {
          if let style = style(of: piece) {
            result.append(StyledSpan(span: piece.span, style: style))
          }
        }
      }
      guard token.kind != .endOfInput else { break }
      result.append(StyledSpan(span: token.span, style: style(index, tokens, source)))
    }
    return result
  }

  private static func style(of piece: TriviaPiece) -> StyleClass? {
    switch piece.kind {
    case .comment, .shebang: return .comment
    case .output: return .output
    case .diagnostic: return .diagnostic
    case .prose: return .prose
    case .cell: return .cell
    case .space, .newline: return nil
    }
  }

  private static func style(_ index: Int, _ tokens: [Token], _ source: Source) -> StyleClass {
    let kind = tokens[index].kind
    if kind.isKeyword { return followed(by: .colon, index, tokens) ? .option : .keyword }
    switch kind {
    case .invalid: return .invalid
    case .name: return nameStyle(index, tokens, source)
    case .quotedName: return .quotedName
    case .variable: return .variable
    case .month, .date, .quarter, .duration: return .date
    case .integer, .decimal, .ratio: return .number
    case .string, .stringHead, .stringMiddle, .stringTail: return .string
    case .format: return .format
    case .comma, .semicolon, .colon, .dot: return .punctuation
    default: return kind.isOpener || kind.isCloser ? .punctuation : .operatorSign
    }
  }

  private static func followed(by kind: TokenKind, _ index: Int, _ tokens: [Token]) -> Bool {
    index + 1 < tokens.count && tokens[index + 1].kind == kind
  }

  private static func nameStyle(_ index: Int, _ tokens: [Token], _ source: Source) -> StyleClass {
    if followed(by: .colon, index, tokens) { return .option }
    var first = index
    while first >= 2, tokens[first - 1].kind == .dot, tokens[first - 2].kind == .name { first -= 2 }
    let beginsLine = first == 0 || tokens[first].isFirstOnLine
    let follows = first > 0 ? tokens[first - 1].kind : .semicolon
    if follows == .pipe { return .verb }
    let opensHead =
      beginsLine || [.assign, .semicolon, .leftParenthesis, .leftBrace].contains(follows)
    guard opensHead, index + 1 < tokens.count, !tokens[index + 1].isFirstOnLine else {
      return .name
    }
    let next = tokens[index + 1]
    let beginsArguments = [.string, .stringHead, .name, .quotedName, .variable].contains(next.kind)
    guard beginsArguments || next.kind.isNumeric, !next.touchesPrevious else { return .name }
    let word = source.text(tokens[index].span)
    return first == index && TokenKind.softKeywords.contains(word) ? .keyword : .verb
  }
}
