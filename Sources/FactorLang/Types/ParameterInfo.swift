// One parameter of a callable as data: how its argument is read, and what it must satisfy.

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
  /// The parameter without which it must be given.
  public var isRequiredUnless: String?
  /// Tells whether it can be given by label only.
  public var isLabelOnly: Bool
  /// The default as it would be written; of names of columns the column taken if it is there.
  public var defaultText: String?
  /// The closed range as it would be written.
  public var rangeText: String?
  /// The least number accepted.
  public var minimum: Double?
  /// The greatest number accepted.
  public var maximum: Double?
  /// The unit word: `months` of calendar durations, `seconds` of clock durations, `ratio` of
  /// shares such as 30bps; minimum and maximum count in it.
  public var unit: String?
  /// Says when a column given here must be known.
  public var timing: ParameterTiming
  /// Tells whether something is chosen by it: the word `test` then draws a warning.
  public var selects: Bool
  /// The parameter whose months must end before the months given here begin.
  public var follows: String?
  /// What the columns named here hold.
  public var columnType: Type
  /// What it does, in a sentence.
  public var sentence: String

  /// Creates a parameter.
  public init(
    _ name: String, _ type: Type = .any, role: Role = .value, isVariadic: Bool = false,
    isRequired: Bool = false, isLabelOnly: Bool = false, defaultText: String? = nil,
    rangeText: String? = nil, minimum: Double? = nil, maximum: Double? = nil, unit: String? = nil,
    timing: ParameterTiming = .free, selects: Bool = false, follows: String? = nil,
    columnType: Type = .any,
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
    self.timing = timing
    self.selects = selects
    self.follows = follows
    self.columnType = columnType
    self.sentence = sentence
  }

  /// Gives the words it accepts, if its role is a choice.
  public var choices: [Choice]? {
    if case .choice(let choices) = role { return choices }
    return nil
  }

  /// What it accepts beside its words, such as a number; nil if nothing.
  var otherThanWords: String? {
    guard choices != nil, case .oneOf(let members) = type else { return nil }
    let others = members.filter { $0 != .choice }
    return others.isEmpty ? nil : Type.oneOf(others).phrase
  }

  /// Tells whether several values may stand for it, in brackets.
  var takesSeveral: Bool {
    if case .columnNames = role { return true }
    return isVariadic || type.mayBeList
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
