// A callable as data: what help, checker, completion, manual and evaluator all read.

/// The options that one choice of a selector brings, such as those of one model of `fit`.
public struct Variant: Sendable {
  /// The word that selects it.
  public let name: String
  /// What it is, in a sentence.
  public let summary: String
  /// Its own options.
  public let parameters: [ParameterInfo]
  /// Tells whether its results depend on the seed, so that a single one proves little.
  public let isStochastic: Bool

  /// Creates a variant.
  public init(
    _ name: String, _ summary: String, _ parameters: [ParameterInfo], isStochastic: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.isStochastic = isStochastic
  }
}

/// A selector parameter and what each of its words brings.
public struct Variants: Sendable {
  /// The name of the parameter that selects.
  public let selector: String
  /// The variants in order.
  public let variants: [Variant]
  /// Tells whether options also take ranges and lists to go through, as in `sweep`.
  public let isSwept: Bool

  /// Creates a set of variants.
  public init(selector: String, _ variants: [Variant], isSwept: Bool = false) {
    self.selector = selector
    self.variants = variants
    self.isSwept = isSwept
  }
}

/// An example of use that runs as a test.
public struct Example: Sendable, Hashable {
  /// The program text.
  public let code: String
  /// What it shows, if recorded.
  public let shown: String?

  /// Creates an example.
  public init(_ code: String, shows shown: String? = nil) {
    self.code = code
    self.shown = shown
  }
}

/// Says what a verb does to the columns that flow through it.
public enum SchemaEffect: Sendable {
  /// Nothing is known about the columns of the result.
  case none
  /// The columns stay as they are; with the result `any`, so does the type of what flows in.
  case keeps
  /// The columns stay as they are, keys included, in a table.
  case keepsAsTable
  /// Definitions are added (derive).
  case addsDefinitions
  /// Columns get the names of definitions that name them (rename).
  case renames
  /// Columns named by the `columnNames` parameter stay; those of `except` go.
  case selects
  /// The columns are those of the file in the first parameter.
  case loadsFile
  /// The named columns are added; one without `known` is known when the expressions of the call are.
  case addsNamed([ColumnInfo])
  /// A column is added whose name is the text of an option, or else that of the column given.
  case addsNamedBy(parameter: String, ColumnInfo)
  /// A panel gets a column named by an option, and more; what else flows in gives these columns.
  case forecasts(named: String, ColumnInfo, and: [ColumnInfo], otherwise: Schema)
  /// The columns of the table in a parameter are added; a panel stays a panel, all else becomes a table.
  case joins(parameter: String)
  /// The result has the columns of `by` and the definitions (summarise).
  case summarises
  /// A panel of months under the keys of what flows in: its columns of text and these, or those of these that a
  /// list of words in a parameter names.
  case givesMonths([ColumnInfo], chosenBy: String)
  /// A panel of months under the keys of what flows in, with the definitions, or without any with all columns.
  case resamples
  /// The result has the columns written out as fields.
  case definesFields
  /// The result has these columns, whatever flows in.
  case gives(Schema)
  /// The result has these columns and numbered ones, as many as a parameter says.
  case givesNumbered(NumberedColumns, Schema)
}

/// Columns `c1`, `c2`, … whose number an option says.
public struct NumberedColumns: Sendable, Hashable {
  /// What stands before the number.
  public let prefix: String
  /// The option that says how many there are.
  public let count: String
  /// How many there are if the option is left out.
  public let fallback: Int
  /// Periods after its row at which a value is known.
  public let known: Int?
  /// The member that lists their names, such as `chars`.
  public let set: String
  /// The option that calls columns otherwise, and the word that leaves them numbered.
  public let naming: String?
  public let plainWord: String?
  /// The option that chooses what is given, and the columns of words that give others in place of numbered ones.
  public let chooser: String?
  public let others: [String: [ColumnInfo]]
  /// The clocks of words whose rows are not months.
  public let paces: [String: Pace]

  /// Creates a description of numbered columns.
  public init(
    _ prefix: String, count: String, fallback: Int, known: Int?, set: String,
    unless naming: String? = nil, is plainWord: String? = nil, chosenBy chooser: String? = nil,
    others: [String: [ColumnInfo]] = [:], paces: [String: Pace] = [:]
  ) {
    self.paces = paces
    (self.chooser, self.others) = (chooser, others)
    (self.naming, self.plainWord) = (naming, plainWord)
    self.prefix = prefix
    self.count = count
    self.fallback = fallback
    self.known = known
    self.set = set
  }
}

/// A callable as data.
public struct Signature: Sendable {
  /// The name, possibly dotted, such as `plot.line`.
  public var name: String
  /// The heading under which help lists it.
  public var topic: String
  /// What it does, in a sentence that begins with a verb.
  public var summary: String
  /// The parameters in order.
  public var parameters: [ParameterInfo]
  /// What flows in through the pipe, or stands first at the head of a line; nil for none.
  public var receiver: Type?
  /// The type of the result.
  public var result: Type
  /// What the result is, in words.
  public var resultSentence: String
  /// Examples of use.
  public var examples: [Example]
  /// What it does to the columns.
  public var effect: SchemaEffect
  /// The options that depend on a selector.
  public var variants: Variants?
  /// Tells whether it may stand in a column expression, its bare names being columns.
  public var isColumnFunction: Bool
  /// Says when its value is known, as a column function.
  public var timing: FunctionTiming
  /// Tells whether it writes or displays something, which a module may not do by itself.
  public var isEffect: Bool
  /// Tells whether it is a column function that needs the panel around the column.
  public var needsPanel: Bool
  /// Groups of parameters of which exactly one must be given, and that one whole; may be empty.
  public var alternatives: [[String]]
  /// Columns that what flows in must have.
  public var needsColumns: [String]

  /// Creates a signature.
  public init(
    _ name: String, topic: String = "", summary: String = "", parameters: [ParameterInfo] = [],
    receiver: Type? = nil, result: Type = .any, resultSentence: String = "",
    examples: [Example] = [], effect: SchemaEffect = .none, variants: Variants? = nil,
    isColumnFunction: Bool = false, timing: FunctionTiming = .latest, isEffect: Bool = false,
    needsPanel: Bool = false, alternatives: [[String]] = [], needsColumns: [String] = []
  ) {
    self.name = name
    self.topic = topic
    self.summary = summary
    self.parameters = parameters
    self.receiver = receiver
    self.result = result
    self.resultSentence = resultSentence
    self.examples = examples
    self.effect = effect
    self.variants = variants
    self.isColumnFunction = isColumnFunction
    self.timing = timing
    self.isEffect = isEffect
    self.needsPanel = needsPanel
    self.alternatives = alternatives
    self.needsColumns = needsColumns
  }

  /// Tells whether a bare name calls it: nothing flows in and nothing must be given.
  public var isCallableBare: Bool { receiver == nil && !parameters.contains(where: \.isRequired) }
}

extension Signature {
  /// A line of an example in which the name stands; nil if none is short enough to be shown with a message.
  var exampleLine: String? {
    let lines = examples.flatMap { $0.code.split(separator: "\n").map(String.init) }
    return lines.first { $0.contains(name) && $0.utf8.count <= 70 }
  }

  /// Tells whether an option, of the verb or of one of its variants, takes several values in brackets.
  func takesSeveral(_ option: String) -> Bool {
    if variants?.isSwept == true { return true }
    let all = parameters + (variants?.variants.flatMap(\.parameters) ?? [])
    return all.contains { $0.name == option && $0.takesSeveral }
  }
}
