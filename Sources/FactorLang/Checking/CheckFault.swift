// What the checker can complain of, and its wording; each case carries the facts its message needs.

/// Names a situation in which a well-formed program cannot be right.
enum CheckFault {
  case unknownColumn(String, Schema, receiver: Type, nearest: ColumnInfo?)
  case variableAsColumn(String, verb: String, Scope.Entry)
  case columnAsVariable(String)
  case unknownName(String, nearest: String?)
  case unknownVariable(String, nearest: String?)
  case unknownVerb(String, nearest: String?)
  case unknownMember(String, Type, nearest: String?)
  case unknownType(String, nearest: String?)
  case notCallable(Type)
  case wrongInflow(verb: String, accepts: Type, found: Type, from: Location, keep: Help?)
  case missingInflow(verb: String, accepts: Type)
  case wrongType(parameter: String, wanted: Type, found: Type)
  case outOfRange(parameter: ParameterInfo, shown: String)
  case unknownChoice(String?, parameter: ParameterInfo, nearest: String?)
  case comparisonWithMissing(isNegated: Bool, subject: String, whole: Span)
  case operands(Type, String, Type)
  case notACondition(Type)
  case notAColumnName
  case alwaysTrue(String)
  case missingFile(String)
  case unreadableFile(String, why: String)
}

extension CheckFault {
  var code: Code {
    switch self {
    case .unknownColumn: return .unknownColumn
    case .variableAsColumn: return .variableAsColumn
    case .columnAsVariable: return .columnAsVariable
    case .unknownName, .unknownVariable: return .unknownName
    case .unknownVerb: return .unknownVerb
    case .unknownMember: return .unknownMember
    case .unknownType: return .unknownType
    case .notCallable: return .notCallable
    case .wrongInflow: return .wrongInflow
    case .missingInflow: return .missingInflow
    case .wrongType, .notAColumnName: return .wrongType
    case .outOfRange: return .outOfRange
    case .unknownChoice: return .unknownChoice
    case .comparisonWithMissing: return .comparisonWithMissing
    case .operands: return .operandsDoNotFit
    case .notACondition: return .notACondition
    case .alwaysTrue: return .alwaysTrue
    case .missingFile, .unreadableFile: return .cannotRead
    }
  }

  /// Builds the message for a place.
  func diagnostic(at span: Span, in source: Source) -> Diagnostic {
    let (message, label) = wording
    var diagnostic = Diagnostic(code, message, at: Label(source, span, label))
    diagnostic.helps = helps(span, source)
    switch self {
    case .unknownColumn(_, let schema, _, let nearest):
      if let nearest, let place = nearest.definedAt {
        let words = "a column with a similar name is defined here"
        diagnostic.secondary = [Label(place.source, place.span, words)]
      }
      diagnostic.notes = [Self.columnNote(schema)]
    case .wrongInflow(_, _, let found, let from, _):
      diagnostic.secondary = [Label(from.source, from.span, Self.describe(found))]
    case .alwaysTrue: diagnostic.severity = .warning
    default: break
    }
    return diagnostic
  }

  private static func columnNote(_ schema: Schema) -> String {
    let shown = schema.names.prefix(6).joined(separator: " ")
    let more = schema.names.count - 6
    return "columns here: \(shown)" + (more > 0 ? " … and \(more) more" : "") + "  (.type it)"
  }

  private static func describe(_ type: Type) -> String {
    guard case .column(let element) = type else { return type.phrase }
    let kind = element.isOpen ? "a column" : "a column of \(element)s"
    return "\(kind), without its firms and months"
  }

  /// Gives the first line and the words beside the mark.
  private var wording: (message: String, label: String) {
    switch self {
    case .unknownColumn(let name, _, let receiver, _):
      return ("this \(receiver.plainName) has no column `\(name)`", "not a column at this stage")
    case .variableAsColumn(let name, let verb, _):
      let inside = "inside `\(verb)`, a bare name means a column"
      return ("`\(name)` is not a column; it is a variable", inside)
    case .columnAsVariable(let name):
      return ("there is no variable `\(name)`; it is a column", "`$` means a variable")
    case .unknownName(let name, _): return ("nothing is named `\(name)`", "not defined")
    case .unknownVariable(let name, _): return ("there is no variable `\(name)`", "not defined")
    case .unknownVerb(let name, _): return ("there is no verb `\(name)`", "not a verb")
    case .unknownMember(let name, let type, _):
      return ("\(type.phrase) has no `.\(name)`", "not a member")
    case .unknownType(let name, _): return ("there is no type `\(name)`", "not a type")
    case .notCallable(let type): return ("\(type.phrase) cannot be called", "not a function")
    case .wrongInflow(let verb, let accepts, let found, _, _):
      let shape = accepts.plainPhrase
      return (
        "`\(verb)` works on \(shape), but \(found.plainPhrase) flows in", "accepts: \(accepts)"
      )
    case .missingInflow(let verb, let accepts):
      return (
        "`\(verb)` works on \(accepts.phrase), but nothing flows in", "needs \(accepts.phrase)"
      )
    default: return valueWording
    }
  }

  private var valueWording: (message: String, label: String) {
    switch self {
    case .wrongType(let parameter, let wanted, let found):
      return (
        "`\(parameter)` takes \(wanted.phrase), not \(found.phrase)", "this is \(found.phrase)"
      )
    case .outOfRange(let parameter, let shown):
      return (
        "`\(parameter.name)` must lie in \(parameter.rangeWords)", "\(shown) is outside"
      )
    case .unknownChoice(.some(let word), let parameter, _):
      return ("`\(word)` is not a choice of `\(parameter.name)`", "not among the choices")
    case .unknownChoice(nil, let parameter, _):
      return ("`\(parameter.name)` takes one of its words", "not a word")
    case .comparisonWithMissing:
      return ("a comparison with `na` is never true", "every comparison with `na` gives `na`")
    case .operands(let left, let sign, let right):
      return (
        "`\(sign)` does not fit \(left.phrase) and \(right.phrase)", "these do not go together"
      )
    case .notACondition(let type):
      return ("a yes or no is needed here, not \(type.phrase)", "this is \(type.phrase)")
    case .notAColumnName: return ("a column's name is needed here", "not a name")
    case .alwaysTrue(let name):
      return ("always true where `\(name)` is not na", "compares the column with itself")
    case .missingFile(let path): return ("there is no file `\(path)`", "not found")
    case .unreadableFile(let path, let why): return ("`\(path)` cannot be read", why)
    default: return ("", "")
    }
  }
}
