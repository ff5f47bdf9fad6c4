// From the tree to nodes: names become constants, slots or columns, calls are matched, once.

import FactorLang
import FactorRuntime

/// Compiles one statement against the values the session has now.
struct Compiler {
  let evaluator: Evaluator
  let environment: Environment
  let unit: Unit

  init(_ evaluator: Evaluator, _ environment: Environment, _ source: Source) {
    (self.evaluator, self.environment) = (evaluator, environment)
    unit = Unit(source)
  }

  var catalog: StandardCatalog { evaluator.catalog }

  // MARK: Statements inside bodies

  func statement(_ statement: Statement, _ scope: FrameScope) -> Node {
    let span = statement.span
    switch statement.kind {
    case .binding(let name, let body):
      let value = pipeline(body, scope)
      return BindingNode(scope.add(name.text), value, span, unit)
    case .pipeline(let body): return pipeline(body, scope)
    case .function(let declaration):
      let function = function(declaration, scope)
      return BindingNode(scope.add(declaration.name.text), function, span, unit)
    case .seed(let value): return SeedNode(expression(value, scope), span, unit)
    case .assertion(let condition, let message):
      return assertion(condition, message, span, scope)
    case .use, .parameter:
      return fault(
        .notDefinable, "`use` and `param` stand at the top of a script, not in a block", span)
    case .invalid: return ConstantNode(.nothing, span, unit)
    }
  }

  func assertion(
    _ condition: Expression, _ message: Expression?, _ span: Span, _ scope: FrameScope
  ) -> Node {
    AssertionNode(
      expression(condition, scope), message.map { expression($0, scope) }, written: condition.span,
      span, unit)
  }

  func block(_ block: Block, _ scope: FrameScope) -> Node {
    if !block.parameters.isEmpty {
      return lambda(block.parameters, scope, block.span) { self.statements(block, $0) }
    }
    return statements(block, scope)
  }

  func statements(_ block: Block, _ scope: FrameScope) -> Node {
    let mark = scope.mark
    defer { scope.forget(to: mark) }
    if block.statements.count == 1, case .pipeline(let body) = block.statements[0].kind {
      return pipeline(body, scope)
    }
    return BlockNode(block.statements.map { statement($0, scope) }, block.span, unit)
  }

  // MARK: Functions

  func function(_ declaration: FunctionDeclaration, _ scope: FrameScope) -> Node {
    let inner = FrameScope(inside: scope)
    let parameters = declaration.parameters.map { parameter in
      FunctionNode.Parameter(
        name: parameter.name.text, fallback: parameter.value.map { expression($0, scope) })
    }
    for parameter in declaration.parameters { _ = inner.add(parameter.name.text) }
    let code = Routine(pipeline(declaration.body, inner), inner)
    return FunctionNode(
      declaration.name.text, parameters, code, captured: inner.captures.map(\.outer),
      declaration.name.span, unit)
  }

  func lambda(
    _ parameters: [Name], _ scope: FrameScope, _ span: Span, _ body: (FrameScope) -> Node
  ) -> Node {
    let inner = FrameScope(inside: scope, isOverColumns: scope.isOverColumns)
    for parameter in parameters { _ = inner.add(parameter.text) }
    let code = Routine(body(inner), inner)
    return FunctionNode(
      nil, parameters.map { .init(name: $0.text, fallback: nil) }, code,
      captured: inner.captures.map(\.outer), span, unit)
  }

  /// An expression in which bare names are columns.
  func columns(_ value: Expression, _ scope: FrameScope) -> ColumnPlan {
    let inner = FrameScope(inside: scope, isOverColumns: true)
    let node = expression(value, inner)
    return ColumnPlan(
      code: Routine(node, inner), captured: inner.captures.map(\.outer), expression: value,
      unit: unit)
  }

  // MARK: Pipelines

  func pipeline(_ pipeline: Pipeline, _ scope: FrameScope) -> Node {
    let head: Node
    switch pipeline.head {
    case .command(let command): head = stage(command, flows: false, scope)
    case .expression(let value): head = expression(value, scope)
    case .lastResult: head = lastResult(pipeline.span, inPipeline: true)
    }
    if pipeline.stages.isEmpty { return head }
    let stages = pipeline.stages.map { stage($0, flows: true, scope) as? any StageNode }
    return PipelineNode(head, stages.compactMap { $0 }, pipeline.span, unit)
  }

  func lastResult(_ span: Span, inPipeline: Bool = false) -> Node {
    if let last = environment.last {
      evaluator.reads.change { _ = $0.insert(Lineage.Hidden.last) }
      return ConstantNode(last, span, unit)
    }
    return inPipeline
      ? fault(.missingInflow, "there is no last result to continue from", span)
      : fault(.unknownName, "there is no last result yet", span)
  }

  private func stage(_ stage: Stage, flows: Bool, _ scope: FrameScope) -> Node {
    if let callee = callee(stage.path, stage.nameSpan, scope) {
      return CallNode(callee, callArguments(stage.arguments, scope), stage.nameSpan, unit)
    }
    guard let primitive = catalog.primitive(stage.verb) else {
      let near = Suggestion.nearest(to: stage.verb, among: catalog.names)
      return FaultNode(
        Fault(
          .unknownVerb, "there is no verb `\(stage.verb)`",
          helps: near.map { ["use `\($0)`"] } ?? []), stage.nameSpan, unit)
    }
    return call(primitive, stage.arguments, flows: flows, stage.nameSpan, scope)
  }

  /// The user's function that a verb such as `f` or `module.f` names.
  private func callee(_ path: [Name], _ span: Span, _ scope: FrameScope) -> Node? {
    guard let first = path.first, var node = variable(first.text, first.span, scope) else {
      return nil
    }
    for name in path.dropFirst() { node = MemberNode(node, name, span, unit) }
    return node
  }

  /// A local or a variable of the session.
  func variable(_ name: String, _ span: Span, _ scope: FrameScope) -> Node? {
    if let slot = scope.slot(of: name) { return SlotNode(slot, span, unit) }
    return bound(name).map { ConstantNode($0, span, unit) }
  }

  /// What a name of the session stands for; that it was read is noted.
  func bound(_ name: String) -> Value? {
    guard let value = environment[name] else { return nil }
    evaluator.reads.change { _ = $0.insert(name) }
    return value
  }

  func fault(_ code: Code, _ message: String, _ span: Span) -> FaultNode {
    FaultNode(Fault(code, message), span, unit)
  }
}
