// A callable as data: what help, checker, completion, manual and evaluator all read.

/// A word that a parameter accepts, and what it means.
public struct Choice: Sendable, Hashable {
  /// The word.
  public let word: String
  /// What it means, in a sentence.
  public let sentence: String

  /// Creates a choice.
  public init(_ word: String, _ sentence: String = "") {
    self.word = word
    self.sentence = sentence
  }
}

/// One parameter of a callable.
public struct ParameterInfo: Sendable {
  /// Says how an argument is read.
  public enum Role: Sendable {
    /// An ordinary value.
    case value
    /// An expression in which bare names are columns of what flows in.
    case columnExpression
    /// Bare column names, strings, or lists of names spliced with `$`.
    case columnNames
    /// `name = expression` pairs that define columns.
    case definitions
    /// One of a list of words, written without quotes.
    case choice([Choice])
    /// `name: value` pairs whose names the user chooses, such as the columns of a panel written
    /// out.
    case fields
  }

  /// The name; the label of the option.
  public var name: String
  /// The type of a value.
  public var type: Type
  /// How an argument is read.
  public var role: Role
  /// Tells whether it takes all further positional arguments.
  public var isVariadic: Bool
  /// Tells whether it must be given.
  public var isRequired: Bool
  /// Tells whether it can be given by label only.
  public var isLabelOnly: Bool
  /// The default as it would be written.
  public var defaultText: String?
  /// The closed range as it would be written.
  public var rangeText: String?
  /// The least number accepted.
  public var minimum: Double?
  /// The greatest number accepted.
  public var maximum: Double?
  /// The unit word, such as `months`.
  public var unit: String?
  /// What it does, in a sentence.
  public var sentence: String

  /// Creates a parameter.
  public init(
    _ name: String, _ type: Type = .any, role: Role = .value, isVariadic: Bool = false,
    isRequired: Bool = false, isLabelOnly: Bool = false, defaultText: String? = nil,
    rangeText: String? = nil, minimum: Double? = nil, maximum: Double? = nil, unit: String? = nil,
    _ sentence: String = ""
  ) {
    self.name = name
    self.type = type
    self.role = role
    self.isVariadic = isVariadic
    self.isRequired = isRequired
    self.isLabelOnly = isLabelOnly
    self.defaultText = defaultText
    self.rangeText = rangeText
    self.minimum = minimum
    self.maximum = maximum
    self.unit = unit
    self.sentence = sentence
  }

  /// Gives the words it accepts, if its role is a choice.
  public var choices: [Choice]? {
    if case .choice(let choices) = role { return choices }
    return nil
  }

  var takesDefinitions: Bool {
    if case .definitions = role { return true }
    return false
  }

  var takesFields: Bool {
    if case .fields = role { return true }
    return false
  }
}

/// The options that one choice of a selector brings, such as those of one model of `fit`.
public struct Variant: Sendable {
  /// The word that selects it.
  public let name: String
  /// What it is, in a sentence.
  public let summary: String
  /// Its own options.
  public let parameters: [ParameterInfo]

  /// Creates a variant.
  public init(_ name: String, _ summary: String, _ parameters: [ParameterInfo]) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
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
  /// Definitions are added (derive).
  case addsDefinitions
  /// Columns named by the `columnNames` parameter stay; those of `except` go.
  case selects
  /// The columns are those of the file in the first parameter.
  case loadsFile
  /// The named columns are added.
  case addsNamed([ColumnInfo])
  /// A column is added whose name is the text of an option, or else that of the column given.
  case addsNamedBy(parameter: String, ColumnInfo)
  /// The result has the columns of `by` and the definitions (summarise).
  case summarises
  /// The result has the columns written out as fields.
  case definesFields
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

  /// Creates a signature.
  public init(
    _ name: String, topic: String = "", summary: String = "", parameters: [ParameterInfo] = [],
    receiver: Type? = nil, result: Type = .any, resultSentence: String = "",
    examples: [Example] = [], effect: SchemaEffect = .none, variants: Variants? = nil,
    isColumnFunction: Bool = false
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
  }

  /// Tells whether a bare name calls it: nothing flows in and nothing must be given.
  public var isCallableBare: Bool { receiver == nil && !parameters.contains(where: \.isRequired) }
}
