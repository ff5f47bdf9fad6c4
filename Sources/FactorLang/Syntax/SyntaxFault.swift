// What the parser can complain of; the wording is the extension below the enums.

/// Names what the grammar asks for at a place.
enum Expectation: Sendable, Equatable {
  case value, verb, name(String), string, block, type, literal
  case token(TokenKind)
  case commaOrClose(TokenKind)
  case commaOrEnd

  var words: String {
    switch self {
    case .value: return "a value"
    case .verb: return "a verb after `|`"
    case .name(let role): return role
    case .string: return "a file name in quotes"
    case .block: return "a block in braces"
    case .type: return "the name of a type"
    case .literal: return "a literal value"
    case .token(let kind): return "`\(kind.spelling ?? "?")`"
    case .commaOrClose(let kind): return "`,` or `\(kind.spelling ?? "?")`"
    case .commaOrEnd: return "`,`, `|` or the end of the line"
    }
  }
}

/// Names a situation in which tokens do not form a program.
enum SyntaxFault: Sendable, Equatable {
  case expected(Expectation)
  case extraAfterStatement
  case unclosed(TokenKind)
  case touchingParenthesis(verb: String)
  case equalsForComparison
  case colonForDefinition(name: String)
  case notDefinable
  case tooDeep
  case tooLong
  case blockWithoutValue
  case unknownEdition
  case numberTooLarge

  var code: Code {
    switch self {
    case .expected: return .expectedOther
    case .extraAfterStatement: return .expectedEnd
    case .unclosed: return .unclosedBracket
    case .touchingParenthesis: return .touchingParenthesis
    case .equalsForComparison: return .definitionForComparison
    case .colonForDefinition: return .optionForDefinition
    case .notDefinable: return .notDefinable
    case .tooDeep: return .tooDeep
    case .tooLong: return .tooLong
    case .blockWithoutValue: return .blockWithoutValue
    case .unknownEdition: return .unknownEdition
    case .numberTooLarge: return .malformedNumber
    }
  }
}

/// One complaint of the parser: the fault, its place, and the token found there.
struct SyntaxFinding: Sendable {
  let fault: SyntaxFault
  let span: Span
  let found: TokenKind

  func diagnostic(in source: Source) -> Diagnostic {
    let text = source.text(Span(span.start, min(span.end, span.start + 40)))
    let (message, label) = fault.wording(found: describe(text), text)
    return Diagnostic(
      fault.code, message, at: Label(source, span, label), helps: fault.helps(span, source, found))
  }

  private func describe(_ text: String) -> String {
    switch found {
    case .endOfInput: return "the end of the input"
    case .string, .stringHead, .stringMiddle, .stringTail: return "a string"
    case .leftBrace where text.isEmpty: return "`{`"
    default: return text.isEmpty ? "the end of the line" : "`\(text)`"
    }
  }
}

extension SyntaxFault {
  func wording(found: String, _ text: String) -> (message: String, label: String) {
    switch self {
    case .expected(let expectation):
      return ("expected \(expectation.words), found \(found)", "\(expectation.words) belongs here")
    case .extraAfterStatement:
      return ("the statement is over, but \(found) follows", "expected the end of the line")
    case .unclosed(let opener):
      return ("this `\(opener.spelling ?? "")` is never closed", "its partner is missing")
    case .touchingParenthesis(let verb):
      return ("nothing may follow `\(verb)(…)` in a stage", "this parenthesis touches the verb")
    case .equalsForComparison: return ("`=` defines; `==` compares", "a comparison needs `==`")
    case .colonForDefinition(let name):
      return ("`:` configures; `=` defines `\(name)`", "a definition needs `=`")
    case .notDefinable: return ("only a name can be defined with `=`", "not a name")
    case .tooDeep: return ("nested more than 256 levels deep", "the limit is reached here")
    case .tooLong:
      return ("this expression has too many parts in a row", "the limit is reached here")
    case .blockWithoutValue: return ("this block gives no value", "ends without an expression")
    case .unknownEdition: return ("this fq speaks edition 1", "another edition is asked for")
    case .numberTooLarge: return ("`\(text)` is too large for a number", "out of reach")
    }
  }

  func helps(_ span: Span, _ source: Source, _ found: TokenKind) -> [Help] {
    switch self {
    case .touchingParenthesis(let verb):
      return [Help("add a space after `\(verb)`", replace: span.lowerEdge, in: source, with: " ")]
    case .equalsForComparison: return [Help("write `==`", replace: span, in: source, with: "==")]
    case .colonForDefinition(let name):
      return [
        Help("write `\(name) = …`", replace: span, in: source, with: span.length > 1 ? "=" : " =")
      ]
    case .notDefinable:
      return [
        Help("values do not change; to change a column: p | derive name = …"),
        Help("to compare, write `==`"),
      ]
    case .tooDeep, .tooLong: return [Help("give a part of it a name: part = …")]
    case .blockWithoutValue: return [Help("end the block with the value it gives")]
    case .expected(.commaOrEnd) where found == .name || found.isNumeric || found == .string:
      let comma = Help(
        "separate arguments with a comma", replace: span.lowerEdge, in: source, with: ", ")
      return [Help(comma.text, fix: comma.fix.map { Fix($0.title, $0.edits, isCertain: false) })]
    default: return []
    }
  }
}
