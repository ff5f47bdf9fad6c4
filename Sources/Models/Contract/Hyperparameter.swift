// A typed setting of a model: name, default, range and sentence, said once.

/// What a setting's value may be, with the type erased.
public enum HyperparameterValue: Sendable, Equatable {
  case integer(Int)
  case real(Double)
  case flag(Bool)
  case word(String)
  case integers([Int])
  case words([String])
}

extension HyperparameterValue {
  /// Reads the text of a setting; nil if it is none of the kind.
  init?(_ text: String, _ kind: HyperparameterFacts.Kind) {
    switch kind {
    case .integer:
      guard let number = Int(text) else { return nil }
      self = .integer(number)
    case .real:
      guard let number = Double(text) else { return nil }
      self = .real(number)
    case .flag:
      guard let flag = Bool(text) else { return nil }
      self = .flag(flag)
    case .word: self = .word(text)
    case .integers:
      guard let items = Self.items(text) else { return nil }
      let numbers = items.compactMap { Int($0) }
      guard numbers.count == items.count else { return nil }
      self = .integers(numbers)
    case .words:
      guard let items = Self.items(text) else { return nil }
      self = .words(items)
    }
  }

  private static func items(_ text: String) -> [String]? {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
    return text.dropFirst().dropLast().split(separator: ",").map { String($0.drop { $0 == " " }) }
  }
}

/// A setting's facts with the type erased: what help, completion and checking read.
public struct HyperparameterFacts: Sendable {
  public enum Kind: Sendable, Equatable { case integer, real, flag, word, integers, words }

  public let name: String
  public let kind: Kind
  public let defaultText: String
  /// The smallest and largest allowed number, where the setting is a number or a list of them.
  public let range: ClosedRange<Double>?
  /// The allowed words and what each means.
  public let choices: [(name: String, sentence: String)]
  public let sentence: String
}

/// A Swift type a setting may have.
public protocol HyperparameterType: Sendable {
  static var kind: HyperparameterFacts.Kind { get }
  static var choices: [(name: String, sentence: String)] { get }
  init?(_ value: HyperparameterValue)
  var text: String { get }
}

extension HyperparameterType {
  public static var choices: [(name: String, sentence: String)] { [] }
}

extension Int: HyperparameterType {
  public static var kind: HyperparameterFacts.Kind { .integer }
  public init?(_ value: HyperparameterValue) {
    guard case .integer(let number) = value else { return nil }
    self = number
  }
  public var text: String { String(self) }
}

extension Double: HyperparameterType {
  public static var kind: HyperparameterFacts.Kind { .real }
  public init?(_ value: HyperparameterValue) {
    switch value {
    case .real(let number): self = number
    case .integer(let number): self = Double(number)
    default: return nil
    }
  }
  public var text: String { "\(self)" }
}

extension Bool: HyperparameterType {
  public static var kind: HyperparameterFacts.Kind { .flag }
  public init?(_ value: HyperparameterValue) {
    guard case .flag(let flag) = value else { return nil }
    self = flag
  }
  public var text: String { self ? "true" : "false" }
}

extension [Int]: HyperparameterType {
  public static var kind: HyperparameterFacts.Kind { .integers }
  public init?(_ value: HyperparameterValue) {
    guard case .integers(let numbers) = value else { return nil }
    self = numbers
  }
  public var text: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

/// A setting that is one of a few words, each with a sentence.
public protocol HyperparameterChoice: HyperparameterType, CaseIterable, RawRepresentable
where RawValue == String {
  var sentence: String { get }
}

extension HyperparameterChoice {
  public static var kind: HyperparameterFacts.Kind { .word }
  public static var choices: [(name: String, sentence: String)] {
    allCases.map { ($0.rawValue, $0.sentence) }
  }
  public init?(_ value: HyperparameterValue) {
    guard case .word(let word) = value else { return nil }
    self.init(rawValue: word)
  }
  public var text: String { rawValue }
}

/// A setting that is a list of a few words, each at most once and in the order given.
public struct WordList<Word: HyperparameterChoice>: HyperparameterType, ExpressibleByArrayLiteral {
  public let words: [Word]

  public init(arrayLiteral words: Word...) { self.words = words }

  /// Reads a list of words, or one word for a list of one.
  public init?(_ value: HyperparameterValue) {
    let given: [String]
    switch value {
    case .words(let list): given = list
    case .word(let word): given = [word]
    default: return nil
    }
    words = given.compactMap(Word.init(rawValue:))
    guard words.count == given.count, Set(given).count == given.count else { return nil }
  }

  public static var kind: HyperparameterFacts.Kind { .words }
  public static var choices: [(name: String, sentence: String)] { Word.choices }
  public var text: String { "[" + words.map(\.rawValue).joined(separator: ", ") + "]" }
}

/// One setting of a model.
public struct Hyperparameter<Value: HyperparameterType>: Sendable {
  public let name: String
  public let defaultValue: Value
  public let range: ClosedRange<Double>?
  public let sentence: String

  /// Declares a setting; the sentence says what it does.
  public init(
    _ name: String, default value: Value, in range: ClosedRange<Double>? = nil, _ sentence: String
  ) {
    (self.name, defaultValue, self.range, self.sentence) = (name, value, range, sentence)
  }

  var facts: HyperparameterFacts {
    HyperparameterFacts(
      name: name, kind: Value.kind, defaultText: defaultValue.text, range: range,
      choices: Value.choices, sentence: sentence)
  }

  func resolve(_ settings: [String: HyperparameterValue]) throws -> Value {
    guard let given = settings[name] else { return defaultValue }
    guard let value = Value(given) else {
      throw ModelError.settingType(name: name, expected: Value.kind)
    }
    try check(given)
    return value
  }

  private func check(_ value: HyperparameterValue) throws {
    guard let range else { return }
    let numbers: [Double]
    switch value {
    case .integer(let number): numbers = [Double(number)]
    case .real(let number): numbers = [number]
    case .integers(let list): numbers = list.map(Double.init)
    default: return
    }
    if let bad = numbers.first(where: { !range.contains($0) }) {
      throw ModelError.settingRange(name: name, value: bad, range: range)
    }
  }
}
