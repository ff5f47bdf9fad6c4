// Statements, pipelines and stages.

/// One statement of a program or block.
public struct Statement: Sendable {
  /// Says what the statement does.
  public enum Kind: Sendable {
    indirect case use(UseClause)
    indirect case parameter(ParameterDeclaration)
    indirect case function(FunctionDeclaration)
    case seed(Expression)
    case assertion(Expression, message: Expression?)
    case binding(Name, Pipeline)
    case pipeline(Pipeline)
    /// Stands where the parser gave up; a diagnostic was reported.
    case invalid
  }
  /// What the statement does.
  public let kind: Kind
  /// The bytes it is written in, without a final `;`.
  public let span: Span
  /// Tells whether a final `;` hides the value.
  public let isHidden: Bool
  /// Tells whether it runs in the background (`bg`).
  public let isBackground: Bool
  /// The `##` words on the same line.
  public let documentation: String?

  var height: Int {
    switch kind {
    case .binding(_, let pipeline), .pipeline(let pipeline): return pipeline.height
    case .function(let function):
      return function.parameters.reduce(function.body.height) { max($0, $1.value?.height ?? 0) }
    case .parameter(let parameter):
      return max(parameter.value.height, parameter.allowed?.height ?? 0)
    case .assertion(let condition, let message): return max(condition.height, message?.height ?? 0)
    case .seed(let value): return value.height
    case .use, .invalid: return 1
    }
  }
}

/// `use "file" as name`, or `use {a, b} from "file"`.
public struct UseClause: Sendable {
  /// The file as written.
  public let path: String
  /// The bytes of the string.
  public let pathSpan: Span
  /// The name after `as`.
  public let alias: Name?
  /// The names in braces; empty when the module as a whole is used.
  public let names: [Name]
}

/// `param name: type = default in allowed`.
public struct ParameterDeclaration: Sendable {
  /// The name.
  public let name: Name
  /// The type after the colon.
  public let type: Name?
  /// The default.
  public let value: Expression
  /// The range or list after `in`.
  public let allowed: Expression?
}

/// `fn name(parameters) -> type = body`.
public struct FunctionDeclaration: Sendable {
  /// One parameter of a function.
  public struct Parameter: Sendable {
    /// The name.
    public let name: Name
    /// The type after the colon.
    public let type: Name?
    /// The default after `=`.
    public let value: Expression?
  }
  /// The name.
  public let name: Name
  /// The parameters in order.
  public let parameters: [Parameter]
  /// The type after `->`.
  public let result: Name?
  /// The body; a block is a pipeline whose head is the block.
  public let body: Pipeline
}

/// A head and the stages it flows through.
public struct Pipeline: Sendable {
  /// Says where the flow begins.
  public enum Head: Sendable {
    /// A verb at the head, such as `load "x.csv"`.
    indirect case command(Stage)
    case expression(Expression)
    /// The line begins with `|`: the last result flows in.
    case lastResult
  }
  /// Where the flow begins.
  public let head: Head
  /// The stages in order.
  public let stages: [Stage]
  /// The bytes it is written in.
  public let span: Span
  private let levels: UInt32

  /// Levels of nodes below.
  public var height: Int { Int(levels) }

  init(head: Head, stages: [Stage], span: Span, height: Int) {
    self.head = head
    self.stages = stages
    self.span = span
    levels = UInt32(clamping: height)
  }

  /// The expression, if the pipeline is nothing else.
  public var soleExpression: Expression? {
    if case .expression(let expression) = head, stages.isEmpty { return expression }
    return nil
  }
}

/// A verb and its arguments.
public struct Stage: Sendable {
  /// The verb as one text, such as `plot.line`.
  public let verb: String
  /// The bytes of the verb.
  public let nameSpan: Span
  /// The arguments as written.
  public let arguments: [Argument]
  /// The bytes of verb and arguments, without the `|`.
  public let span: Span
  /// Tells whether the arguments stand in parentheses.
  public let hasParentheses: Bool
  /// The parts of a verb that has several; a verb of one part is its own path.
  let parts: [Name]
  private let levels: UInt32

  /// The parts of the verb, such as `plot` and `line`.
  public var path: [Name] { parts.isEmpty ? [Name(verb, nameSpan)] : parts }
  var height: Int { Int(levels) }

  init(
    verb: Name, parts: [Name], arguments: [Argument], span: Span, hasParentheses: Bool, height: Int
  ) {
    self.verb = verb.text
    nameSpan = verb.span
    self.parts = parts
    self.arguments = arguments
    self.span = span
    self.hasParentheses = hasParentheses
    levels = UInt32(clamping: height)
  }
}
