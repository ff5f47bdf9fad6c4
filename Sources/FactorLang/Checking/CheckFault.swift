// What the checker can complain of, and its wording; each case carries the facts its message needs.

/// Names a situation in which a well-formed program cannot be right.
enum CheckFault {
  case unknownColumn(String, Schema, receiver: Type, nearest: ColumnInfo?)
  case variableAsColumn(String, verb: String, Scope.Entry)
  case columnAsVariable(String)
  case unknownName(String, nearest: String?)
  /// Names in a list of nothing else.
  case undefinedItems([String])
  case unknownVariable(String, nearest: String?)
  case unknownVerb(String, nearest: String?)
  /// The owner is a kind of result that has it.
  case unknownMember(String, Type, nearest: String?, owner: Type?)
  case unknownType(String, nearest: String?)
  case notCallable(Type)
  case wrongInflow(verb: String, accepts: Type, found: Type, from: Location, keep: Help?)
  case missingInflow(verb: String, accepts: Type)
  case wrongType(parameter: String, wanted: Type, found: Type)
  case outOfRange(parameter: ParameterInfo, shown: String)
  case unknownChoice(String?, parameter: ParameterInfo, nearest: String?)
  case comparisonWithMissing(isNegated: Bool, subject: String, whole: Span)
  case notACondition(Type)
  case notAColumnName
  case alwaysTrue(String)
  case missingFile(String)
  case unreadableFile(String, why: String)
  case missingModule(String)
  case refusedModule(String, Diagnostic)
  case moduleCycle(String, [String])
  case notExported(String, module: String, nearest: String?)
  case effectInModule(String)
  case selfCall(String)
  case wrongResult(String, wanted: Type, found: Type)
  case defaultOutside(String, shown: String, allowed: String)
  case duplicate(String, kind: String)
  case notWholeRange(Type, isOpen: Bool)
  case notAContainer(Type)
  case notPositive(String)
  case outsidePanel(String)
  case definedKey(String)
  case nameTaken(String)
  case neededColumn(String, verb: String, maker: String?, Schema)
  case missingDefault(String, column: String, verb: String)
  case missingGroup(String, [[String]])
  case missingOption(String, String)
  case excludedOption(String, [[String]])
  case wrongColumn(String, Type, verb: String, wanted: Type)
  case negated(Type)
  case yearForMonth(String, months: String?)
  case notASliceKey(String, Schema)
  case outsideData(String, kind: String, MonthSpan)
  case emptyMonths(String)
  case overlappingBlocks(String, String)
  case shadowedVerb(String)
  case shadowedColumn(String)
  case selectedOnTest(String)
  case singleSeed(String)
}

extension CheckFault {
  var code: Code {
    switch self {
    case .unknownColumn: return .unknownColumn
    case .variableAsColumn: return .variableAsColumn
    case .columnAsVariable: return .columnAsVariable
    case .unknownName, .unknownVariable, .undefinedItems: return .unknownName
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
    case .notACondition: return .notACondition
    case .alwaysTrue: return .alwaysTrue
    case .missingFile, .unreadableFile: return .cannotRead
    default: return programCode
    }
  }

  private var programCode: Code {
    switch self {
    case .missingModule: return .unusableModule
    case .refusedModule(_, let first):
      return first.code == .moduleCycle || first.code == .moduleEffect
        ? first.code : .unusableModule
    case .moduleCycle: return .moduleCycle
    case .notExported: return .notExported
    case .effectInModule: return .moduleEffect
    case .selfCall: return .selfCall
    case .wrongResult, .notAContainer, .yearForMonth, .outsidePanel, .wrongColumn:
      return .wrongType
    case .missingGroup, .missingOption: return .missingArgument
    case .neededColumn, .missingDefault: return .unknownColumn
    case .definedKey: return .notDefinable
    case .excludedOption: return .tooManyArguments
    case .defaultOutside, .notPositive: return .outOfRange
    case .duplicate, .nameTaken: return .duplicateName
    case .notWholeRange: return .notWholeRange
    case .negated: return .operandsDoNotFit
    case .notASliceKey: return .unknownColumn
    case .outsideData, .emptyMonths: return .outsideData
    case .overlappingBlocks: return .overlappingSplit
    case .shadowedVerb: return .shadowedVerb
    case .shadowedColumn: return .shadowedColumn
    case .selectedOnTest: return .selectedOnTest
    case .singleSeed: return .singleSeed
    default: return .internalFault
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
    case .refusedModule(_, let first):
      // Of modules that use modules the innermost has the error.
      let inner =
        first.code == .unusableModule ? first.secondary.first ?? first.primary : first.primary
      let (place, words) = (inner.location, inner.text)
      diagnostic.secondary = [Label(place.source, place.span, words)]
    case .notASliceKey(_, let schema), .neededColumn(_, _, _, let schema):
      diagnostic.notes = [Self.columnNote(schema)]
    case .unknownMember(_, let type, nil, nil):
      if let schema = type.schema { diagnostic.notes = [Self.columnNote(schema)] }
    case .alwaysTrue, .shadowedVerb, .shadowedColumn, .selectedOnTest, .singleSeed:
      diagnostic.severity = .warning
    default: break
    }
    diagnostic.reason = reason
    return diagnostic
  }

  private static func columnNote(_ schema: Schema) -> String {
    let names = schema.names
    let isShort = names.count <= 6
    let shown = names.prefix(isShort ? 6 : 5).joined(separator: " ")
    let more = isShort ? "" : " … and \(names.count - 5) more"
    return "columns here: \(shown)\(more)  (.type it)"
  }

  private static func describe(_ type: Type) -> String {
    guard case .column(let element) = type else { return type.phrase }
    let kind = element.isOpen ? "list of values" : "list of \(element)s"
    return "\(kind) (the column, without its firms and months)"
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
    case .undefinedItems(let names):
      let shown = names.map { "`\($0)`" }.joined(separator: ", ")
      return ("no value is named \(shown)", "not defined")
    case .unknownVariable(let name, _): return ("there is no variable `\(name)`", "not defined")
    case .unknownVerb(let name, _): return ("there is no verb `\(name)`", "not a verb")
    case .unknownMember(let name, let type, _, _):
      return ("\(type.phrase) has no `.\(name)`", "not a member")
    case .unknownType(let name, _): return ("there is no type `\(name)`", "not a type")
    case .notCallable(let type): return ("\(type.phrase) cannot be called", "not a function")
    case .wrongInflow(let verb, let accepts, let found, _, _):
      var (wanted, given) = (accepts.plainPhrase, found.plainPhrase)
      // Two lists differ in what they hold.
      if wanted == given { (wanted, given) = (accepts.phrase, found.phrase) }
      return ("`\(verb)` works on \(wanted), but \(given) flows in", "accepts: \(accepts)")
    case .missingInflow(let verb, let accepts):
      return (
        "`\(verb)` works on \(accepts.phrase), but nothing flows in", "needs \(accepts.phrase)"
      )
    default: return valueWording
    }
  }

  private var valueWording: (message: String, label: String) {
    switch self {
    case .wrongType("slice", _, let found):
      return ("a slice takes a month, not \(found.phrase)", "this is \(found.phrase)")
    case .wrongType("index", _, let found):
      return (
        "a list is read by position, from 1, not by \(found.phrase)", "this is \(found.phrase)"
      )
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
      let other = parameter.otherThanWords.map { "\($0) or " } ?? ""
      return ("`\(parameter.name)` takes \(other)one of its words", "not a word")
    case .comparisonWithMissing:
      return ("a comparison with `na` is never true", "every comparison with `na` gives `na`")
    case .notACondition(let type):
      return ("a yes or no is needed here, not \(type.phrase)", "this is \(type.phrase)")
    case .notAColumnName: return ("a column's name is needed here", "not a name")
    case .alwaysTrue(let name):
      return ("always true where `\(name)` is not na", "compares the column with itself")
    case .missingFile(let path): return ("there is no file `\(path)`", "not found")
    case .unreadableFile(let path, let why): return ("`\(path)` cannot be read", why)
    default: return programWording
    }
  }
}
