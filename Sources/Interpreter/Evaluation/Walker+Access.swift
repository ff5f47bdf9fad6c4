// Members, slices and calls of values.

import FactorLang
import FactorRuntime
import Models

extension Walker {
  func member(_ base: Expression, _ name: Name, _ whole: Expression) throws -> Value {
    // `ts.mean` is a name with a dot unless something is called `ts`.
    if let dotted = whole.dottedName, let root = dotted.split(separator: ".").first,
      environment[String(root)] == nil, !locals.contains(where: { $0.name == root }),
      let primitive = evaluator.catalog.primitive(dotted)
    {
      return try evaluator.call(primitive, [], nil, scope, source, whole.span, rows: rows)
    }
    let value = try value(base)
    if let member = try Members.find(name.text, of: value) { return member }
    let names = Members.names(of: value)
    let near = Suggestion.nearest(to: name.text, among: names)
    throw Fault(
      .unknownMember, "\(value.type.phrase) has no `\(name.text)`",
      helps: near.map { ["use `\($0)`"] } ?? []
    ).at(name.span, in: source)
  }

  func call(_ callee: Expression, _ arguments: [Argument], _ whole: Expression) throws -> Value {
    if let name = callee.dottedName {
      if let local = locals.last(where: { $0.name == name }) {
        return try apply(local.value, arguments, whole)
      }
      if let user = environment[name] { return try apply(user, arguments, whole) }
      if let primitive = evaluator.catalog.primitive(name) {
        return try evaluator.call(
          primitive, arguments, nil, scope, source, callee.span, rows: rows, walker: self)
      }
    }
    return try apply(try value(callee), arguments, whole)
  }

  private func apply(_ function: Value, _ arguments: [Argument], _ whole: Expression) throws
    -> Value
  {
    guard case .function(let function) = function else {
      throw Fault(.notCallable, "\(function.type.phrase) cannot be called")
    }
    return try evaluator.apply(
      function, try arguments.map { ($0.label?.text, try value($0.value)) },
      depth: environment.depth)
  }

  func subscripted(_ base: Expression, _ slices: [Argument]) throws -> Value {
    let container = try value(base)
    switch container {
    case .list(let items):
      guard let first = slices.first, let index = Int(try value(first.value)) else {
        throw Fault(.wrongType, "a list is read by position, from 1")
      }
      let place = index < 0 ? items.count + index : index - 1
      guard items.indices.contains(place) else {
        throw Fault(
          .outsideData, "the list has \(items.count) elements; there is no element \(index)")
      }
      return items[place]
    case .panel(let panel): return try sliced(panel, slices)
    default:
      throw Fault(.wrongType, "\(container.type.phrase) has no slices")
    }
  }

  private func sliced(_ value: PanelValue, _ slices: [Argument]) throws -> Value {
    var panel = value.panel
    let context = evaluator.context(scope)
    for slice in slices {
      do {
        let key = try self.value(slice.value)
        let line: LedgerLine
        if let label = slice.label?.text {
          guard label == panel.assetKey else {
            throw Fault(
              .unknownColumn,
              "slices go by month or by the firm key `\(panel.assetKey)`, not `\(label)`")
          }
          (panel, line) = try panel.slice(assets: try PanelKeys.assets(key))
        } else {
          let (from, to) = try PanelKeys.months(key)
          (panel, line) = try panel.slice(from: from, through: to)
        }
        context.ledger(line)
      } catch { throw Fault(error).at(slice.span, in: source) }
    }
    return .panel(value.with(panel))
  }
}

extension Evaluator {
  /// Calls a function of the user.
  func apply(
    _ function: FunctionValue, _ arguments: [(label: String?, value: Value)], depth: Int
  ) throws -> Value {
    var environment = function.captured
    environment.depth = depth + 1
    guard environment.depth <= Self.deepestCall else {
      throw Fault(.tooDeep, "more than \(Self.deepestCall) calls are open at once")
    }
    if let name = function.name { environment[name] = .function(function) }
    var rest = arguments.filter { $0.label == nil }.map(\.value)[...]
    for parameter in function.parameters {
      if let given = arguments.first(where: { $0.label == parameter.name }) {
        environment[parameter.name] = given.value
      } else if let next = rest.popFirst() {
        environment[parameter.name] = next
      } else if let fallback = parameter.defaultValue {
        environment[parameter.name] = fallback
      } else {
        throw Fault(
          .missingArgument, "`\(function.name ?? "the function")` needs `\(parameter.name)`")
      }
    }
    guard rest.isEmpty else {
      throw Fault(
        .tooManyArguments,
        "`\(function.name ?? "the function")` takes \(function.parameters.count) arguments")
    }
    switch function.body {
    case .pipeline(let body): return try value(of: body, environment, function.source)
    case .expression(let body): return try value(of: body, environment, function.source)
    }
  }
}

/// The items of things that can be walked through.
enum Sequences {
  static let longest = 10_000_000

  static func items(of value: Value) throws -> [Value] {
    switch value {
    case .list(let items): return items
    case .column(let column):
      return (0..<column.column.count).map { column.column.value(at: $0) }
    case .range(let range): return try items(of: range)
    default: throw Fault(.wrongType, "a list or a closed range is needed, not \(value.type.phrase)")
    }
  }

  private static func items(of range: RangeValue) throws -> [Value] {
    guard let lower = range.lower, let upper = range.upper else {
      throw Fault(.wrongType, "an open range has no end to walk to")
    }
    var items: [Value] = []
    var next = lower
    let step: Value
    switch (lower, range.step) {
    case (_, let given?): step = given
    case (.month, _): step = .duration(1, .month)
    case (.date, _): step = .duration(1, .day)
    default: step = .integer(1)
    }
    let limit: ComparisonOperator = range.includesUpper ? .lessEqual : .less
    while Operators.isTrue(try Operators.compare(limit, next, upper)) {
      items.append(next)
      guard items.count <= longest else {
        throw Fault(.memoryCap, "the range has more than \(longest) elements")
      }
      let following = try Operators.arithmetic(.add, next, step)
      guard Operators.isTrue(try Operators.compare(.greater, following, next)) else {
        throw Fault(.outOfRange, "a range steps upwards; `by` must be positive")
      }
      next = following
    }
    return items
  }
}

/// Reading month and firm keys of slices and splits.
enum PanelKeys {
  /// The first and last month of a month, date, quarter or range; open ends are nil.
  static func months(_ value: Value) throws -> (Month?, Month?) {
    guard case .range(let range) = value else {
      let month = try single(value, isUpper: false)
      return (month, try single(value, isUpper: true))
    }
    let lower = try range.lower.map { try single($0, isUpper: false) }
    var upper = try range.upper.map { try single($0, isUpper: true) }
    if !range.includesUpper { upper = upper.map { $0 - 1 } }
    return (lower, upper)
  }

  private static func single(_ value: Value, isUpper: Bool) throws -> Month {
    switch value {
    case .month(let month): return month
    case .date(let date): return date.month
    case .quarter(let quarter): return Month(index: Int32(quarter * 3 + (isUpper ? 2 : 0)))
    case .integer(let year) where (1000...3000).contains(year):
      throw Fault(
        .wrongType, "`\(year)` is a number, not a month", helps: ["write `\(year)-01..\(year)-12`"])
    default: throw Fault(.wrongType, "a month is needed, not \(value.type.phrase)")
    }
  }

  /// One firm or a list of firms, as text.
  static func assets(_ value: Value) throws -> [String] {
    switch value {
    case .list(let items): return try items.flatMap(assets)
    case .text(let name): return [name]
    case .integer(let number): return [String(number)]
    default: throw Fault(.wrongType, "a firm is named by text or number, not \(value.type.phrase)")
    }
  }
}
