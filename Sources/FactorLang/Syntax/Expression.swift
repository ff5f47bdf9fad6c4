// Expression nodes, each with its span. Heights are bounded by the parser, so recursion over a
// tree is safe.

/// A word of the program and its place.
public struct Name: Sendable, Hashable {
  /// The name itself, without backquotes or `$`.
  public let text: String
  /// The bytes it is written in.
  public let span: Span

  /// Creates a name.
  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// A piece of the language that has a value.
public struct Expression: Sendable {
  /// Says what the expression is. Leaves lie in the node itself, so that they cost no allocation.
  public enum Kind: Sendable {
    /// A value written out.
    case literal(Literal)
    /// A string with holes.
    case interpolation([StringPiece])
    /// A bare name: a column inside a column expression, otherwise a variable or built-in.
    case name(String)
    /// `$name`, a variable everywhere.
    case variable(String)
    /// `it`, the last result.
    case it
    case list([Expression])
    case record([RecordEntry])
    /// `( … )`.
    indirect case group(Pipeline)
    /// `{ … }` with statements.
    indirect case block(Block)
    indirect case member(Expression, Name)
    indirect case call(Expression, [Argument])
    /// `base[slice, …]`.
    indirect case subscripted(Expression, [Argument])
    indirect case unary(UnaryOperator, Expression)
    indirect case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
    /// A chain `a < b <= c`; each link compares its left neighbour with its operand.
    indirect case comparison(Expression, [ComparisonLink])
    /// `x is na` or `x is not na`.
    indirect case missingTest(Expression, isNegated: Bool)
    indirect case range(RangeExpression)
    indirect case conditional(condition: Expression, then: Expression, otherwise: Expression)
    /// `for name in list { … }`.
    indirect case comprehension(names: [Name], source: Expression, body: Block)
    indirect case lambda(parameters: [Name], body: Expression)
    /// `value catch fallback`; with a parameter the fallback sees the error.
    indirect case caught(Expression, parameter: Name?, fallback: Expression)
    /// Stands where the parser gave up; a diagnostic was reported.
    case invalid
  }

  /// What the expression is.
  public let kind: Kind
  /// The bytes it is written in.
  public let span: Span
  private let levels: UInt32

  /// Levels of nodes below and including this one.
  public var height: Int { Int(levels) }

  init(_ kind: Kind, _ span: Span, height: Int = 1) {
    self.kind = kind
    self.span = span
    levels = UInt32(clamping: height)
  }
}

/// Part of an interpolated string.
public enum StringPiece: Sendable {
  case text(String)
  /// `{expression:format}`.
  case hole(Expression, format: Name?)
}

/// Part of a record.
public enum RecordEntry: Sendable {
  case field(Name, Expression)
  /// `..other`, all fields of another record.
  case spread(Expression)
}

/// An operator with one operand.
public enum UnaryOperator: String, Sendable {
  case negate = "-"
  case not
}

/// An operator with two operands.
public enum BinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
  case and, or
  case coalesce = "??"
}

/// An operator that compares.
public enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}

/// One link of a chain of comparisons.
public struct ComparisonLink: Sendable {
  /// How the neighbours are compared.
  public let comparison: ComparisonOperator
  /// The bytes of the operator.
  public let operatorSpan: Span
  /// The right-hand operand.
  public let operand: Expression
}

/// A range, open or closed, with an optional step.
public struct RangeExpression: Sendable {
  /// The first value, or nil if open below.
  public let lower: Expression?
  /// The last value, or nil if open above.
  public let upper: Expression?
  /// The step after `by`.
  public let step: Expression?
  /// Tells whether the upper bound belongs to the range (`..` and not `..<`).
  public let includesUpper: Bool
}

/// Statements in braces; the value is that of the last one.
public struct Block: Sendable {
  /// The names before `->`.
  public let parameters: [Name]
  /// The statements; the last one is a pipeline unless the parser complained.
  public let statements: [Statement]
  /// The bytes from brace to brace.
  public let span: Span
}

/// An argument of a stage, call or slice.
public struct Argument: Sendable {
  /// Says which of the three signs the argument carries.
  public enum Kind: Sendable, Equatable {
    case positional
    /// `name: value`.
    case option(Name)
    /// `name = value`.
    case definition(Name)
  }
  /// Which sign it carries.
  public let kind: Kind
  /// The value.
  public let value: Expression
  /// The bytes of the whole argument.
  public let span: Span

  /// The name before the sign, if there is one.
  public var label: Name? {
    switch kind {
    case .positional: return nil
    case .option(let name), .definition(let name): return name
    }
  }
  /// Tells whether the argument defines a column.
  public var isDefinition: Bool {
    if case .definition = kind { return true }
    return false
  }
}

extension Expression {
  /// Gives `a.b.c` if the expression is nothing but names and dots.
  public var dottedName: String? {
    switch kind {
    case .name(let text): return text
    case .member(let base, let name): return base.dottedName.map { "\($0).\(name.text)" }
    default: return nil
    }
  }

  /// Gives the text if the expression is a plain string.
  public var plainText: String? {
    if case .literal(.text(let text)) = kind { return text }
    return nil
  }

  /// Gives the word if the expression is a bare name or a plain string.
  public var word: String? {
    if case .name(let text) = kind { return text }
    return plainText
  }

  /// Gives the words of a word or of a list of words, and nothing for anything else.
  public var words: [String] {
    if let word { return [word] }
    guard case .list(let items) = kind else { return [] }
    let words = items.compactMap(\.word)
    return words.count == items.count ? words : []
  }
}
