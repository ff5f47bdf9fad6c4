// Operators: which operands fit together. Only what surely fails at run time is refused.

extension Checker {
  mutating func infer(_ sign: UnaryOperator, _ operand: Expression, _ context: Context) -> Type {
    if sign == .not {
      checkCondition(operand, context)
      return .bool
    }
    let type = infer(operand, context)
    switch type.element {
    case .text, .month, .date, .quarter:
      report(.negated(type.element), at: operand.span)
      return .error
    default: return type
    }
  }

  mutating func infer(
    _ sign: BinaryOperator, _ left: Expression, _ right: Expression, _ context: Context
  ) -> Type {
    switch sign {
    case .and, .or:
      checkCondition(left, context)
      checkCondition(right, context)
      return .bool
    case .coalesce: return infer(left, context).joined(infer(right, context))
    default: break
    }
    let (first, second) = (infer(left, context), infer(right, context))
    let (own, its) = (first.element, second.element)
    guard own.isScalar, its.isScalar, own != .bool, its != .bool else {
      return lifted(.any, first, second)
    }
    if mixesClocks(sign.rawValue, left, own, right, its) { return .error }
    guard let type = Self.arithmetic(sign, own, its) else {
      if sign == .add, isGuess(left, own, its, context) || isGuess(right, its, own, context) {
        return .any
      }
      found.append(
        OperandFault(
          left: (left.span, own), sign: sign.rawValue, right: (right.span, its),
          literal: literal(of: right)
        ).diagnostic(in: source))
      return .error
    }
    return lifted(type, first, second)
  }

  private func lifted(_ type: Type, _ first: Type, _ second: Type) -> Type {
    switch (first, second) {
    case (.column, _), (_, .column): return .column(of: type)
    default: return type
    }
  }

  /// Tells whether a column may be text after all: its type was guessed, and text fits here.
  private func isGuess(
    _ value: Expression, _ own: Type, _ other: Type, _ context: Context
  ) -> Bool {
    guard other == .text, own.isNumeric, case .name(let name) = value.kind else { return false }
    return context.receiver?.schema?[name]?.isGuessed ?? false
  }

  /// Gives the type of a result, or nil if the operands do not go together.
  static func arithmetic(_ sign: BinaryOperator, _ left: Type, _ right: Type) -> Type? {
    if left.isNumeric, right.isNumeric { return number(sign, left, right) }
    switch (sign, left, right) {
    case (.add, .month, .duration), (.add, .date, .duration), (.add, .quarter, .duration),
      (.subtract, .month, .duration), (.subtract, .date, .duration),
      (.subtract, .quarter, .duration):
      return left
    case (.add, .duration, .month), (.add, .duration, .date), (.add, .duration, .quarter):
      return right
    case (.subtract, .month, .month), (.subtract, .date, .date), (.subtract, .quarter, .quarter),
      (.add, .duration, .duration), (.subtract, .duration, .duration):
      return .duration
    case (.add, .text, .text): return .text
    case (.divide, .duration, .duration): return .number
    case (.multiply, .duration, _) where right.isNumeric: return .duration
    case (.divide, .duration, _) where right.isNumeric: return .duration
    case (.multiply, _, .duration) where left.isNumeric: return .duration
    default: return nil
    }
  }

  // A share of a share is a number, a share of a number or by a number is a share.
  private static func number(_ sign: BinaryOperator, _ left: Type, _ right: Type) -> Type {
    switch sign {
    case .power: return .number
    case .divide: return left == .ratio && right != .ratio ? .ratio : .number
    case .multiply where (left == .ratio) != (right == .ratio): return .ratio
    case .multiply where left == .ratio: return .number
    default: return left == right ? left : .number
    }
  }

  // MARK: Comparisons

  mutating func infer(
    _ first: Expression, _ links: [ComparisonLink], _ span: Span, _ context: Context
  ) -> Type {
    var (left, leftType) = (first, infer(first, context))
    var isColumn = false
    for link in links {
      let right = link.operand
      let rightType = infer(right, context)
      check(left, leftType, link, rightType, context)
      if case .column = leftType { isColumn = true }
      (left, leftType) = (right, rightType)
    }
    if case .column = leftType { isColumn = true }
    return isColumn ? .column(of: .bool) : .bool
  }

  private mutating func check(
    _ left: Expression, _ leftType: Type, _ link: ComparisonLink, _ rightType: Type,
    _ context: Context
  ) {
    let span = left.span.union(link.operand.span)
    if leftType == .missing || rightType == .missing,
      link.comparison == .equal || link.comparison == .notEqual
    {
      // What is not the word `na` itself is what was asked about.
      let subject = left.keywordWord == "na" ? link.operand : left
      report(
        .comparisonWithMissing(
          isNegated: link.comparison == .notEqual, subject: source.text(subject.span), whole: span),
        at: link.operatorSpan)
      return
    }
    if link.comparison == .equal, context.isColumns, case .name(let name) = left.kind,
      case .name(name) = link.operand.kind, locals[name] == nil
    {
      report(.alwaysTrue(name), at: span)
    }
    let isMembership = link.comparison == .isIn || link.comparison == .isNotIn
    let own = leftType.element
    let its = isMembership ? rightType.members : rightType.element
    if isMembership, rightType.isNeverContainer {
      report(.notAContainer(rightType), at: link.operand.span)
      return
    }
    guard own.isScalar, its.isScalar else { return }
    if !isMembership, mixesClocks(link.comparison.rawValue, left, own, link.operand, its) {
      return
    }
    guard own != its, !(own.isNumeric && its.isNumeric) else { return }
    // Columns of yes and no count as 1 and 0.
    let isTruthNumber = (own == .bool && its.isNumeric) || (its == .bool && own.isNumeric)
    if isTruthNumber, context.isColumns { return }
    let operand = link.operand
    if isGuess(left, own, its, context) || isGuess(operand, its, own, context) { return }
    found.append(
      ComparisonFault(
        left: (left, own), comparison: link.comparison, right: (operand, its), whole: span,
        leftLiteral: literal(of: left), rightLiteral: literal(of: operand)
      ).diagnostic(in: source))
  }
}

extension Type {
  /// Gives the type of the elements of a column; other types are their own elements.
  var element: Type {
    if case .column(let inner) = self { return inner }
    return self
  }

  /// Gives the type of what `in` looks for: the members of lists, ranges and columns.
  var members: Type {
    switch self {
    case .list(let inner), .range(let inner), .column(let inner): return inner
    default: return .any
    }
  }

  /// Tells whether nothing can be looked for in it.
  var isNeverContainer: Bool {
    isScalar || hasColumns || self == .model || self == .backtest || self == .plot
  }

  /// Tells whether it is a single value of a known kind.
  var isScalar: Bool {
    switch self {
    case .integer, .number, .ratio, .month, .date, .quarter, .duration, .text, .bool: return true
    default: return false
    }
  }
}

extension Literal {
  /// The type of the value.
  public var type: Type {
    switch self {
    case .integer: return .integer
    case .number: return .number
    case .ratio: return .ratio
    case .month: return .month
    case .date: return .date
    case .quarter: return .quarter
    case .duration: return .duration
    case .text: return .text
    case .boolean: return .bool
    case .missing: return .missing
    }
  }
}
