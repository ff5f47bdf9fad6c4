// Spaces between two tokens of one line.

extension LayoutWriter {
  /// Counts the spaces between neighbours on a line.
  func spaces(_ previous: Token, _ token: Token) -> Int {
    if let tight = bracketSpaces(previous, token) { return tight }
    switch token.kind {
    case .comma, .semicolon, .colon, .dot: return 0
    case .assign: return 1 + (plan.padding[token.start] ?? 0)
    default: break
    }
    if previous.kind == .colon { return 1 + (plan.padding[previous.start] ?? 0) }
    if previous.kind == .dot { return 0 }
    if plan.lists[token.start] != nil { return 1 }
    return operatorSpaces(previous, token)
  }

  /// Decides beside brackets: blocks have air inside, other brackets none; a parenthesis keeps
  /// touching what it touched, since that makes it a call.
  private func bracketSpaces(_ previous: Token, _ token: Token) -> Int? {
    if previous.kind.isOpener {
      return plan.blocks.contains(previous.start) && !token.kind.isCloser ? 1 : 0
    }
    if token.kind.isCloser { return frames.last?.kind == .block ? 1 : 0 }
    guard token.kind == .leftParenthesis || token.kind == .leftBracket, endsValue(previous) else {
      return nil
    }
    return token.touchesPrevious || plan.functions.contains(previous.start) ? 0 : 1
  }

  private func operatorSpaces(_ previous: Token, _ token: Token) -> Int {
    if plan.signs.contains(previous.start) {
      // A hyphen before a month would make it a subtraction.
      return token.kind == .month || token.kind == .date ? 1 : 0
    }
    let isWord = token.kind.isKeyword && !isValueWord(token.kind)
    switch (previous.kind, token.kind) {
    case (.dotDot, .dotDot), (.dotDot, .dotDotLess), (.dotDotLess, .dotDot),
      (.dotDotLess, .dotDotLess):
      return 1
    case (.dotDot, _), (.dotDotLess, _): return beginsBound(token) ? 0 : 1
    case (_, .dotDot), (_, .dotDotLess): return endsValue(previous) ? 0 : 1
    case (.caret, _): return isWord ? 1 : 0
    case (_, .caret): return 0
    default: return 1
    }
  }

  /// Tells whether the token after `..` is the beginning of the upper bound.
  private func beginsBound(_ token: Token) -> Bool {
    if plan.signs.contains(token.start) { return true }
    switch token.kind {
    case .name: return source.text(token.span) != "by"
    case .quotedName, .variable, .string, .stringHead: return true
    case .leftBrace: return false
    default: return token.kind.isNumeric || token.kind.isOpener || isValueWord(token.kind)
    }
  }

  private func isValueWord(_ kind: TokenKind) -> Bool {
    switch kind {
    case .keywordIt, .keywordMissing, .keywordTrue, .keywordFalse: return true
    default: return false
    }
  }

  /// Tells whether a value can end with the token, so that a parenthesis touching it is a call.
  private func endsValue(_ token: Token) -> Bool {
    switch token.kind {
    case .name, .quotedName, .variable, .string, .stringTail: return true
    default:
      return token.kind.isNumeric || token.kind.isCloser || isValueWord(token.kind)
        || plan.members.contains(token.start)
    }
  }
}
