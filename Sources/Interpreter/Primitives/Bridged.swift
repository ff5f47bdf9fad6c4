// Swift types that parameters and results may have, each with its type in the language.

import FactorLang
import FactorRuntime
import Models

/// A Swift type that crosses between the language and a primitive's body.
public protocol Bridged: Sendable {
  /// The type as the checker knows it.
  static var type: Type { get }
  /// The unit that values count in, such as `months`; nil if they have none.
  static var unit: String? { get }
  /// Reads a value; nil if it does not fit.
  init?(_ value: Value)
  /// Gives the value back to the language.
  var value: Value { get }
}

extension Bridged {
  public static var unit: String? { nil }
}

extension Value: Bridged {
  public static var type: Type { .any }
  public init?(_ value: Value) { self = value }
  public var value: Value { self }
}

extension Int: Bridged {
  public static var type: Type { .integer }
  public init?(_ value: Value) {
    switch value {
    case .integer(let number): self = number
    case .number(let number) where number == number.rounded() && abs(number) < 1e15:
      self = Int(number)
    default: return nil
    }
  }
  public var value: Value { .integer(self) }
}

extension Double: Bridged {
  public static var type: Type { .number }
  public init?(_ value: Value) {
    switch value {
    case .integer(let number): self = Double(number)
    case .number(let number), .ratio(let number, _): self = number
    default: return nil
    }
  }
  public var value: Value { .number(self) }
}

extension String: Bridged {
  public static var type: Type { .text }
  public init?(_ value: Value) {
    guard case .text(let text) = value else { return nil }
    self = text
  }
  public var value: Value { .text(self) }
}

extension Bool: Bridged {
  public static var type: Type { .bool }
  public init?(_ value: Value) {
    guard case .bool(let flag) = value else { return nil }
    self = flag
  }
  public var value: Value { .bool(self) }
}

extension PanelValue: Bridged {
  public static var type: Type { .panel(nil) }
  public init?(_ value: Value) {
    guard case .panel(let panel) = value else { return nil }
    self = panel
  }
  public var value: Value { .panel(self) }
}

extension TaskValue: Bridged {
  public static var type: Type { .task(nil) }
  public init?(_ value: Value) {
    guard case .task(let task) = value else { return nil }
    self = task
  }
  public var value: Value { .task(self) }
}

extension ModelValue: Bridged {
  public static var type: Type { .model }
  public init?(_ value: Value) {
    guard case .model(let model) = value else { return nil }
    self = model
  }
  public var value: Value { .model(self) }
}

extension Table: Bridged {
  public static var type: Type { .table(nil) }
  public init?(_ value: Value) {
    guard case .table(let table) = value else { return nil }
    self = table
  }
  public var value: Value { .table(self) }
}

extension BacktestValue: Bridged {
  public static var type: Type { .backtest }
  public init?(_ value: Value) {
    guard case .backtest(let backtest) = value else { return nil }
    self = backtest
  }
  public var value: Value { .backtest(self) }
}

extension SheetValue: Bridged {
  public static var type: Type { .sheet }
  public init?(_ value: Value) {
    guard case .sheet(let sheet) = value else { return nil }
    self = sheet
  }
  public var value: Value { .sheet(self) }
}

extension EvaluationValue: Bridged {
  public static var type: Type { .evaluation }
  public init?(_ value: Value) {
    guard case .evaluation(let evaluation) = value else { return nil }
    self = evaluation
  }
  public var value: Value { .evaluation(self) }
}

extension PlotValue: Bridged {
  public static var type: Type { .plot }
  public init?(_ value: Value) {
    guard case .plot(let plot) = value else { return nil }
    self = plot
  }
  public var value: Value { .plot(self) }
}

extension RangeValue: Bridged {
  public static var type: Type { .range(of: .any) }
  public init?(_ value: Value) {
    guard case .range(let range) = value else { return nil }
    self = range
  }
  public var value: Value { .range(self) }
}

/// A number of calendar months.
public struct Months: Bridged {
  public let count: Int
  public static var type: Type { .duration }
  public static var unit: String? { "months" }
  public init?(_ value: Value) {
    guard case .duration(let amount, let unit) = value else { return nil }
    guard let months = unit.months(amount) else { return nil }
    count = months
  }
  public init(_ count: Int) { self.count = count }
  public var value: Value { .duration(count, .month) }
}

/// Nothing: for bodies that only do something.
public struct Done: Bridged {
  public static var type: Type { .nothing }
  public init() {}
  public init?(_ value: Value) { nil }
  public var value: Value { .nothing }
}

extension Optional: Bridged where Wrapped: Bridged {
  public static var type: Type { Wrapped.type }
  public static var unit: String? { Wrapped.unit }
  public init?(_ value: Value) {
    guard let wrapped = Wrapped(value) else { return nil }
    self = .some(wrapped)
  }
  public var value: Value { self?.value ?? .missing }
}

extension Array: Bridged where Element: Bridged {
  public static var type: Type { .list(of: Element.type) }
  public init?(_ value: Value) {
    switch value {
    case .list(let items):
      let elements = items.compactMap { Element($0) }
      guard elements.count == items.count else { return nil }
      self = elements
    case .column(let column):
      let elements = (0..<column.column.count).compactMap { Element(column.column.value(at: $0)) }
      guard elements.count == column.column.count else { return nil }
      self = elements
    default: return nil
    }
  }
  public var value: Value { .list(map(\.value)) }
}

/// A closed list of words, each with a sentence.
public protocol ChoiceWord: Bridged, CaseIterable, RawRepresentable where RawValue == String {
  var sentence: String { get }
}

extension ChoiceWord {
  public static var type: Type { .choice }
  public init?(_ value: Value) {
    guard case .text(let word) = value else { return nil }
    self.init(rawValue: word)
  }
  public var value: Value { .text(rawValue) }
  static var choices: [Choice] { allCases.map { Choice($0.rawValue, $0.sentence) } }
}
