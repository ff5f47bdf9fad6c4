// The language's types and their relations: assignable, joined, printed.
// `any` means "not known here": it fits everything, so that the checker never errs on the side of
// refusal.

/// A type of the language.
public indirect enum Type: Sendable, Hashable {
  /// Not known before the program runs; fits everything.
  case any
  /// The result of something already complained about; fits everything, silently.
  case error
  case missing
  case integer, number, ratio
  case month, date, quarter, duration
  case range(of: Type)
  case text, bool
  case list(of: Type)
  case record([RecordField]?)
  /// A column taken out of its panel; the element type, or `any`.
  case column(of: Type)
  case table(Schema?)
  case panel(Schema?)
  case task(Schema?)
  case model, backtest, evaluation, sheet, plot, function, failure, module
  /// A word from a closed list of choices.
  case choice
  /// Something shown or done, with no value.
  case nothing
  /// One of several.
  case oneOf([Type])

  /// Reads a type as written after a colon, such as `int` or `panel`.
  public init?(named name: String) {
    guard let type = Self.names[name] else { return nil }
    self = type
  }

  /// Lists the names that may stand after a colon.
  public static let names: [String: Type] = [
    "any": .any, "int": .integer, "num": .number, "ratio": .ratio, "month": .month, "date": .date,
    "quarter": .quarter, "duration": .duration, "range": .range(of: .any), "string": .text,
    "text": .text, "path": .text, "bool": .bool, "list": .list(of: .any), "record": .record(nil),
    "column": .column(of: .any), "table": .table(nil), "panel": .panel(nil), "task": .task(nil),
    "model": .model, "backtest": .backtest, "evaluation": .evaluation, "plot": .plot,
    "sheet": .sheet,
    "fn": .function, "error": .failure,
  ]
}

/// A field of a record whose shape is known.
public struct RecordField: Sendable, Hashable {
  /// The name.
  public let name: String
  /// The type of its value.
  public let type: Type

  /// Creates a field.
  public init(_ name: String, _ type: Type) {
    self.name = name
    self.type = type
  }
}

extension Type {
  /// Tells whether nothing is known, so that nothing can be wrong.
  public var isOpen: Bool { self == .any || self == .error || self == .missing }

  /// Tells whether a list may be meant.
  var mayBeList: Bool {
    switch self {
    case .list, .any: true
    case .oneOf(let members): members.contains(where: \.mayBeList)
    default: false
    }
  }

  /// Tells whether the values are numbers.
  public var isNumeric: Bool { self == .integer || self == .number || self == .ratio }

  /// Gives the columns of a panel, table or task, if known.
  public var schema: Schema? {
    switch self {
    case .table(let schema), .panel(let schema), .task(let schema): return schema
    default: return nil
    }
  }

  /// Tells whether verbs can name columns of it.
  public var hasColumns: Bool {
    switch self {
    case .table, .panel, .task: return true
    default: return false
    }
  }

  /// Gives the same kind of thing with other columns.
  public func with(_ schema: Schema?) -> Type {
    switch self {
    case .table: return .table(schema)
    case .panel: return .panel(schema)
    case .task: return .task(schema)
    default: return self
    }
  }

  /// Tells whether a value of this type surely does not fit where the other type is asked for.
  public func isAssignable(to wanted: Type) -> Bool {
    if isOpen || wanted.isOpen || self == wanted { return true }
    if case .oneOf(let members) = self { return members.contains { $0.isAssignable(to: wanted) } }
    switch wanted {
    case .oneOf(let members): return members.contains { isAssignable(to: $0) }
    case .number, .ratio: return isNumeric
    case .integer: return self == .integer
    case .table: return hasColumns && !isTask
    case .panel: if case .panel = self { return true }
    case .task: return isTask
    case .range(let inner): if case .range(let own) = self { return own.isAssignable(to: inner) }
    case .list(let inner):
      if case .list(let own) = self { return own.isAssignable(to: inner) }
      if case .column(let own) = self { return own.isAssignable(to: inner) }
    case .column(let inner):
      if case .column(let own) = self { return own.isAssignable(to: inner) }
      if case .list(let own) = self { return own.isAssignable(to: inner) }
    case .record: if case .record = self { return true }
    case .choice: return self == .text
    default: return false
    }
    return false
  }

  private var isTask: Bool {
    if case .task = self { return true }
    return false
  }

  /// Gives the narrowest type known to hold both.
  public func joined(_ other: Type) -> Type {
    if self == other { return self }
    if self == .missing { return other }
    if other == .missing { return self }
    if isNumeric, other.isNumeric { return .number }
    switch (self, other) {
    case (.list(let own), .list(let its)): return .list(of: own.joined(its))
    case (.range(let own), .range(let its)): return .range(of: own.joined(its))
    case (.column(let own), .column(let its)): return .column(of: own.joined(its))
    case (.panel, .panel): return .panel(nil)
    case (.table, .table), (.panel, .table), (.table, .panel): return .table(nil)
    case (.task, .task): return .task(nil)
    case (.record, .record): return .record(nil)
    default: return .any
    }
  }
}

extension Type: CustomStringConvertible {
  /// Writes the type as the language does.
  public var description: String {
    switch self {
    case .any, .error: return "any value"
    case .missing: return "na"
    case .integer: return "int"
    case .number: return "num"
    case .ratio: return "ratio"
    case .month: return "month"
    case .date: return "date"
    case .quarter: return "quarter"
    case .duration: return "duration"
    case .range(let inner): return inner.isOpen ? "range" : "range of \(inner)"
    case .text: return "string"
    case .bool: return "bool"
    case .list(let inner): return inner.isOpen ? "list" : "list of \(inner)"
    case .record: return "record"
    case .column(let inner): return inner.isOpen ? "column" : "column of \(inner)"
    case .table: return "table"
    case .panel: return "panel"
    case .task: return "task"
    case .model: return "model"
    case .backtest: return "backtest"
    case .evaluation: return "evaluation"
    case .sheet: return "sheet"
    case .plot: return "plot"
    case .function: return "fn"
    case .failure: return "error"
    case .module: return "module"
    case .choice: return "choice"
    case .nothing: return "nothing"
    case .oneOf(let members): return members.map(\.description).joined(separator: " or ")
    }
  }

  /// Writes the type without its details, such as `column` for a column of ratios.
  public var plainName: String {
    switch self {
    case .range: return "range"
    case .list: return "list"
    case .column: return "column"
    default: return description
    }
  }

  /// Writes the type in a sentence, such as `a panel` or `an int`.
  public var phrase: String {
    if case .oneOf(let members) = self { return members.map(\.phrase).joined(separator: " or ") }
    switch self {
    case .any, .error, .nothing, .missing: return description
    case .function: return "a function"
    default: break
    }
    let isVowel = description.first.map { "aeiou".contains($0) } ?? false
    return (isVowel ? "an " : "a ") + description
  }
}
