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

  var label: String {
    switch self {
    case .commaOrClose, .commaOrEnd: return "neither ends nor separates"
    case .verb: return "a verb belongs here"
    default: return "\(words) belongs here"
    }
  }
}

/// Names a situation in which tokens do not form a program.
enum SyntaxFault: Sendable, Equatable {
  case expected(Expectation)
  case extraAfterStatement
  case severalInParentheses
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
    case .expected, .severalInParentheses: return .expectedOther
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
    var helps = fault.helps(span, source, found)
    // The word that the statement begins with may belong to another language.
    if fault.code == .expectedOther || fault.code == .expectedEnd,
      let advice = ForeignWords.advice(
        for: ForeignWords.firstWord(ofLineAt: span.start, in: source))
    {
      helps = [Help(advice)]
    }
    return Diagnostic(fault.code, message, at: Label(source, span, label), helps: helps)
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
      return ("expected \(expectation.words), found \(found)", expectation.label)
    case .severalInParentheses:
      return ("parentheses hold one value, but \(found) follows", "a second value begins here")
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
    case .numberTooLarge:
      let isWhole = text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x5F }
      return isWhole
        ? ("`\(text)` is too large for a whole number", "the largest is \(Int.max)")
        : ("`\(text)` is too large for a number", "the largest is about 1.8e308")
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
    case .unknownEdition: return [Help("write `fq 1`, or leave the line out")]
    case .severalInParentheses: return [Help("a list stands in brackets:  [1, 2]")]
    case .extraAfterStatement where found == .comma:
      return [Help("a list stands in brackets: [1, 2]; a record's fields take `:`: {k: 5, j: 6}")]
    case .extraAfterStatement where found == .leftParenthesis || found == .leftBracket:
      return touching(span, source, found)
    case .extraAfterStatement where found == .name:
      return [Help("begin a new line, or put a `;` between two statements")]
    case .expected(.commaOrClose) where found == .pipe:
      return [Help("a pipeline inside brackets has its own parentheses:  (p | …)")]
    case .expected(.value) where found == .assign: return shorthand(span, source)
    case .expected(.commaOrEnd) where found == .name || found.isNumeric || found == .string,
      .expected(.commaOrClose) where found == .name || found.isNumeric || found == .string:
      if let help = unit(span, source) ?? option(span, source) { return [help] }
      let comma = Help(
        "separate them with a comma", replace: gap(before: span, source), in: source, with: ", ")
      return [Help(comma.text, fix: comma.fix.map { Fix($0.title, $0.edits, isCertain: false) })]
    default: return []
    }
  }

  /// The spaces before a piece of text.
  private func gap(before span: Span, _ source: Source) -> Span {
    var start = span.start
    while start > 0, source.bytes[start - 1] == 0x20 { start -= 1 }
    return Span(start, span.start)
  }

  /// A word that is an option here.
  private func option(_ span: Span, _ source: Source) -> Help? {
    let options = [
      "by": ", by:", "on": ", on:", "desc": ", descending: true",
      "descending": ", descending: true",
    ]
    guard let option = options[source.text(span)] else { return nil }
    let edit = Edit(source, Span(gap(before: span, source).start, span.end), option)
    return Help(
      "an option has a comma before it and a colon:  \(option.dropFirst(2))",
      fix: Fix("write it as an option", [edit], isCertain: false))
  }

  /// A unit apart from its number.
  private func unit(_ span: Span, _ source: Source) -> Help? {
    let gap = gap(before: span, source)
    guard gap.length > 0, gap.start > 0, 0x30...0x39 ~= source.bytes[gap.start - 1],
      let unit = LexicalFault.unit(source.text(span))
    else { return nil }
    let edit = Edit(source, Span(gap.start, span.end), unit)
    return Help(
      "a unit touches its number", fix: Fix("close the gap", [edit], isCertain: false))
  }

  /// Brackets and parentheses touch what they index or call.
  private func touching(_ span: Span, _ source: Source, _ found: TokenKind) -> [Help] {
    let gap = gap(before: span, source)
    guard gap.length > 0 else { return [] }
    let words = found == .leftBracket ? "index, close the gap" : "call, close the gap"
    let edit = Edit(source, gap, "")
    let close = Help("to \(words)", fix: Fix("close the gap", [edit], isCertain: false))
    let name = source.text(Span(0, gap.start)).split { !($0.isLetter || $0 == "_" || $0.isNumber) }
      .last
    guard found == .leftBracket, let name else { return [close] }
    return [close, Help("to give a list to a verb:  […] | \(name)")]
  }

  /// `k += 1` of other languages.
  private func shorthand(_ span: Span, _ source: Source) -> [Help] {
    guard span.start > 0 else { return [] }
    let sign = source.text(Span(span.start - 1, span.start))
    guard ["+", "-", "*", "/"].contains(sign) else { return [] }
    let name = ForeignWords.firstWord(ofLineAt: span.start, in: source)
    return [Help("there is no `\(sign)=`; write `\(name) = \(name) \(sign) …`")]
  }
}
