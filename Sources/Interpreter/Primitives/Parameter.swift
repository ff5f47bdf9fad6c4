// A typed parameter: name, role, default, range and sentence, said once.

import FactorLang
import FactorRuntime

/// One parameter of a primitive whose body receives a `Value`.
public struct Parameter<Input: Sendable>: Sendable {
  let info: ParameterInfo
  let isReceiver: Bool
  let convert: @Sendable ([BoundArgument]) -> Input?

  func named(_ change: (inout ParameterInfo) -> Void) -> Parameter {
    var info = info
    change(&info)
    return Parameter(info: info, isReceiver: isReceiver, convert: convert)
  }

  /// Takes all further positional arguments.
  var variadic: Parameter { named { $0.isVariadic = true } }
  /// Can be given by label only.
  var labelled: Parameter { named { $0.isLabelOnly = true } }
  /// Takes a share such as 30bps; the checker asks for the unit where the number is large.
  var share: Parameter { named { $0.unit = "ratio" } }
  /// Takes months that begin after those of another parameter.
  func following(_ other: String) -> Parameter { named { $0.follows = other } }
  /// Must be given where another parameter is not.
  func required(unless other: String) -> Parameter { named { $0.isRequiredUnless = other } }
  /// Takes columns of numbers only.
  var numeric: Parameter { named { $0.columnType = .oneOf([.number, .bool]) } }
  /// Takes a number in a closed range.
  func within(_ range: ClosedRange<Int>) -> Parameter {
    named {
      ($0.minimum, $0.maximum) = (Double(range.lowerBound), Double(range.upperBound))
      $0.rangeText = "\(range.lowerBound)..\(range.upperBound)"
    }
  }
  /// Says when a column given here must be known.
  func timed(_ timing: ParameterTiming) -> Parameter { named { $0.timing = timing } }
}

extension Parameter where Input: Bridged {
  /// What flows in through the pipe.
  static func flow(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, Input.type, isRequired: true, sentence), isReceiver: true,
      convert: read)
  }

  /// A value that must be given.
  static func required(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, Input.type, isRequired: true, unit: Input.unit, sentence),
      isReceiver: false,
      convert: read)
  }

  /// A value with a default.
  static func value(
    _ name: String, default fallback: Input, in range: ClosedRange<Double>? = nil,
    shown: String? = nil, _ sentence: String
  ) -> Parameter {
    let text = shown ?? ValueText.short(fallback.value)
    return Parameter(
      info: ParameterInfo(
        name, Input.type, defaultText: text,
        rangeText: range.map {
          "\(ValueText.number($0.lowerBound))..\(ValueText.number($0.upperBound))"
        },
        minimum: range?.lowerBound, maximum: range?.upperBound, unit: Input.unit, sentence),
      isReceiver: false,
      convert: { $0.isEmpty ? fallback : read($0) })
  }

  private static func read(_ arguments: [BoundArgument]) -> Input? {
    switch arguments.first {
    case .value(let value): Input(value)
    case .names(let names) where names.count == 1: Input(.text(names[0]))
    default: nil
    }
  }
}

extension Parameter where Input: ChoiceWord {
  /// One of a list of words.
  static func choice(_ name: String, default fallback: Input, _ sentence: String) -> Parameter {
    var parameter = Parameter.value(name, default: fallback, shown: fallback.rawValue, sentence)
    parameter = parameter.named { $0.role = .choice(Input.choices) }
    return parameter
  }
}

extension Parameter {
  /// One of a list of words, or nothing.
  static func optionalWord<Word: ChoiceWord>(_ name: String, _ sentence: String) -> Parameter
  where Input == Word? {
    Parameter(
      info: ParameterInfo(name, .choice, role: .choice(Word.choices), sentence), isReceiver: false,
      convert: {
        guard case .value(let value)? = $0.first else { return .some(nil) }
        return Word(value).map { .some($0) }
      })
  }

  /// A word from a list known only at run time, such as the models.
  static func word(
    _ name: String, among choices: [Choice], default fallback: String? = nil, _ sentence: String
  ) -> Parameter where Input == String {
    Parameter(
      info: ParameterInfo(
        name, .choice, role: .choice(choices), isRequired: fallback == nil, defaultText: fallback,
        sentence),
      isReceiver: false,
      convert: {
        guard case .value(.text(let word))? = $0.first else { return $0.isEmpty ? fallback : nil }
        return word
      })
  }

  /// One or several words from a list known only at run time; none where it may be left out and is.
  static func words(
    _ name: String, among choices: [Choice], required: Bool = true, _ sentence: String
  ) -> Parameter where Input == [String] {
    Parameter(
      info: ParameterInfo(name, .choice, role: .choice(choices), isRequired: required, sentence),
      isReceiver: false,
      convert: {
        guard case .value(let value)? = $0.first else { return $0.isEmpty ? [] : nil }
        return String(value).map { [$0] } ?? [String](value)
      })
  }

  /// A value that may be left out.
  static func optional<Wrapped: Bridged>(_ name: String, _ sentence: String) -> Parameter
  where Input == Wrapped? {
    Parameter(
      info: ParameterInfo(name, Wrapped.type, unit: Wrapped.unit, sentence), isReceiver: false,
      convert: { arguments in
        if arguments.isEmpty { return .some(nil) }
        guard case .value(let value)? = arguments.first else { return nil }
        if case .missing = value { return .some(nil) }
        return Wrapped(value).map { .some($0) }
      })
  }
}

extension Parameter where Input == [ColumnExpression] {
  /// Expressions over the columns that flow in.
  static func expressions(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(
        name, .any, role: .columnExpression, isVariadic: true, isRequired: true, sentence),
      isReceiver: false,
      convert: { arguments in
        let found = arguments.compactMap { argument -> ColumnExpression? in
          if case .expression(let expression) = argument { return expression }
          return nil
        }
        return found.count == arguments.count ? found : nil
      })
  }
}

extension Parameter where Input == ColumnExpression {
  /// One expression over the columns that flow in.
  static func expression(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .any, role: .columnExpression, isRequired: true, sentence),
      isReceiver: false,
      convert: {
        if case .expression(let expression)? = $0.first { return expression }
        return nil
      })
  }
}

extension Parameter where Input == ColumnNames {
  /// Columns by name; `required` says whether at least one must be given.
  static func columns(_ name: String, required: Bool = true, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(
        name, .list(of: .text), role: .columnNames, isVariadic: true, isRequired: required,
        sentence),
      isReceiver: false,
      convert: { arguments in
        let lists = arguments.compactMap { argument -> [String]? in
          if case .names(let names) = argument { return names }
          return nil
        }
        return lists.count == arguments.count ? ColumnNames(names: lists.flatMap { $0 }) : nil
      })
  }
}

extension Parameter where Input == Definitions {
  /// `name = expression` pairs.
  static func definitions(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(
        name, .any, role: .definitions, isVariadic: true, isRequired: true, sentence),
      isReceiver: false,
      convert: { arguments in
        let pairs = arguments.compactMap { argument -> (String, ColumnExpression)? in
          if case .definition(let name, let expression) = argument { return (name, expression) }
          return nil
        }
        return pairs.count == arguments.count ? Definitions(pairs: pairs) : nil
      })
  }
}

extension Parameter where Input == [(name: String, value: Value)] {
  /// `name: value` pairs whose names the user chooses.
  static func fields(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .any, role: .fields, isVariadic: true, isRequired: true, sentence),
      isReceiver: false,
      convert: { arguments in
        arguments.compactMap { argument in
          if case .field(let name, let value) = argument { return (name, value) }
          return nil
        }
      })
  }
}
