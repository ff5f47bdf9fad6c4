// Token kinds, the trivia before them, and the one table of keywords and operators.

/// Names what a token is.
public enum TokenKind: UInt8, Sendable, CaseIterable {
  case endOfInput, invalid
  case name, quotedName, variable
  case integer, decimal, ratio, month, date, quarter, duration
  case string, stringHead, stringMiddle, stringTail, format
  case keywordIf, keywordThen, keywordElse, keywordFor, keywordIn, keywordNot, keywordAnd
  case keywordOr, keywordIs, keywordMissing, keywordTrue, keywordFalse, keywordCatch, keywordIt
  case pipe, dotDot, dotDotLess, coalesce, arrow, assign, colon
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case plus, minus, star, slash, caret, dot, comma, semicolon
  case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace

  /// Tells whether the token is a reserved word.
  public var isKeyword: Bool {
    rawValue >= TokenKind.keywordIf.rawValue && rawValue <= TokenKind.keywordIt.rawValue
  }

  /// Tells whether the token is a number, a date or a duration.
  public var isNumeric: Bool {
    rawValue >= TokenKind.integer.rawValue && rawValue <= TokenKind.duration.rawValue
  }

  /// Tells whether the token is a name, bare or in backquotes.
  public var isName: Bool { self == .name || self == .quotedName }

  /// Tells whether the token opens a bracket.
  public var isOpener: Bool {
    self == .leftParenthesis || self == .leftBracket || self == .leftBrace
  }

  /// Tells whether the token closes a bracket.
  public var isCloser: Bool {
    self == .rightParenthesis || self == .rightBracket || self == .rightBrace
  }

  /// Gives the fixed spelling of keywords, operators and brackets.
  public var spelling: String? { Self.spellings[self] }

  /// Spells every keyword and operator once; lexer, messages and completion read this table.
  public static let spellings: [TokenKind: String] = [
    .keywordIf: "if", .keywordThen: "then", .keywordElse: "else", .keywordFor: "for",
    .keywordIn: "in", .keywordNot: "not", .keywordAnd: "and", .keywordOr: "or",
    .keywordIs: "is", .keywordMissing: "na", .keywordTrue: "true", .keywordFalse: "false",
    .keywordCatch: "catch", .keywordIt: "it",
    .pipe: "|", .dotDot: "..", .dotDotLess: "..<", .coalesce: "??", .arrow: "->",
    .assign: "=", .colon: ":", .equal: "==", .notEqual: "!=", .less: "<", .lessEqual: "<=",
    .greater: ">", .greaterEqual: ">=", .plus: "+", .minus: "-", .star: "*", .slash: "/",
    .caret: "^", .dot: ".", .comma: ",", .semicolon: ";",
    .leftParenthesis: "(", .rightParenthesis: ")", .leftBracket: "[", .rightBracket: "]",
    .leftBrace: "{", .rightBrace: "}",
  ]

  /// Words that begin or shape statements but stay usable as names of options and columns.
  public static let softKeywords = [
    "use", "param", "fn", "seed", "assert", "bg", "as", "from", "by",
  ]
}

/// Orders the binary operators from loose to tight.
enum Precedence: Int, Comparable {
  case coalesce = 1
  case or, and, not, compare, range, sum, product, unary, power

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  /// Gives the precedence of a token in operator position.
  init?(_ kind: TokenKind) {
    switch kind {
    case .coalesce: self = .coalesce
    case .keywordOr: self = .or
    case .keywordAnd: self = .and
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: self = .compare
    case .keywordIn, .keywordNot, .keywordIs: self = .compare
    case .dotDot, .dotDotLess: self = .range
    case .plus, .minus: self = .sum
    case .star, .slash: self = .product
    case .caret: self = .power
    default: return nil
    }
  }
}

/// One token: its kind, its place, and where the trivia before it begins.
public struct Token: Sendable, Equatable {
  /// Says what stands between this token and the one before.
  public struct Trivia: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Anything at all stands before the token.
    public static let space = Trivia(rawValue: 1)
    /// A line break stands before the token.
    public static let newline = Trivia(rawValue: 2)
    /// A comment, prose or cell line stands before the token.
    public static let comment = Trivia(rawValue: 4)
    /// A `#%%` line stands before the token.
    public static let cell = Trivia(rawValue: 8)
  }

  /// What the token is.
  public let kind: TokenKind
  /// What stands before it.
  public let trivia: Trivia
  private let triviaOffset: UInt32
  private let startOffset: UInt32
  private let endOffset: UInt32

  init(_ kind: TokenKind, _ trivia: Trivia, from triviaStart: Int, _ start: Int, _ end: Int) {
    self.kind = kind
    self.trivia = trivia
    triviaOffset = UInt32(triviaStart)
    startOffset = UInt32(start)
    endOffset = UInt32(end)
  }

  /// The bytes of the token itself.
  public var span: Span { Span(Int(startOffset), Int(endOffset)) }
  /// The bytes before it that belong to no other token.
  public var triviaSpan: Span { Span(Int(triviaOffset), Int(startOffset)) }
  /// Offset of the first byte.
  public var start: Int { Int(startOffset) }
  /// Offset just past the last byte.
  public var end: Int { Int(endOffset) }
  /// Tells whether the token is the first of its line.
  public var isFirstOnLine: Bool { trivia.rawValue & Trivia.newline.rawValue != 0 }
  /// Tells whether nothing stands between this token and the one before.
  public var touchesPrevious: Bool { trivia.rawValue == 0 }
  /// Tells whether a comment or another line that begins with `#` stands before the token.
  var followsComment: Bool { trivia.rawValue & Trivia.comment.rawValue != 0 }
  /// Tells whether a `#%%` line stands before the token.
  var followsCell: Bool { trivia.rawValue & Trivia.cell.rawValue != 0 }
}
