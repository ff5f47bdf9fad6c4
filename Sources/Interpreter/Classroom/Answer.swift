// Whether an answer is right: by its value, as people write and round values, never by its text.

import FactorLang
import FactorRuntime

enum Answer {
  enum Verdict: Equatable {
    case right
    /// Wrong, with what may be said of how.
    case wrong(String?)
    /// A panel, a plot or the like: an experiment and no answer.
    case experiment
  }

  /// Judges a value against the one wanted; `typed` says to how many digits a number was rounded.
  static func judge(_ given: Value, _ wanted: Value, near: Double, typed: String) -> Verdict {
    let (given, wanted) = (single(given), single(wanted))
    if let wantedItems = Claim.items(wanted) {
      guard let items = Claim.items(given) else { return scalar(given) ? .wrong(nil) : .experiment }
      guard items.count == wantedItems.count else {
        return .wrong(
          "That has \(Counted.text(items.count, "value")) where \(wantedItems.count) are wanted.")
      }
      let isRight = zip(items, wantedItems).allSatisfy {
        judgeOne($0, $1, near, "") == .right
      }
      return isRight ? .right : .wrong(nil)
    }
    if Claim.items(given) != nil { return .experiment }
    return judgeOne(given, wanted, near, typed)
  }

  private static func judgeOne(
    _ given: Value, _ wanted: Value, _ near: Double, _ typed: String
  ) -> Verdict {
    if wanted.isMissing || given.isMissing {
      return wanted.isMissing && given.isMissing ? .right : .wrong(nil)
    }
    if let a = Double(given), let b = Double(wanted) {
      return numbers(a, b, near, isWhole: isWhole(wanted), typed)
    }
    switch (given, wanted) {
    case (.text(let a), .text(let b)): return folded(a) == folded(b) ? .right : .wrong(nil)
    case (.text(let word), .bool(let flag)):
      return ["yes", "y", "true"].contains(folded(word)) && flag
        || ["no", "n", "false"].contains(folded(word)) && !flag ? .right : .wrong(nil)
    default: break
    }
    guard scalar(given) else { return .experiment }
    if let same = try? Operators.compare(.equal, given, wanted) {
      return Operators.isTrue(same) ? .right : .wrong(nil)
    }
    return .wrong("That is \(phrase(given)); \(phrase(wanted)) is wanted.")
  }

  /// Tells whether nothing is left to add to an answer that is right.
  static func isSame(_ given: Value, _ wanted: Value) -> Bool {
    if let a = Double(single(given)), let b = Double(single(wanted)) {
      return abs(a - b) <= abs(b) * 1e-9
    }
    return folded(text(given)) == folded(text(wanted))
      || ["yes", "y", "no", "n"].contains(folded(text(given)))
  }

  private static func phrase(_ value: Value) -> String {
    switch value {
    case .bool: "a yes or no"
    case .text: "a text"
    case .integer, .number: "a number"
    case .month: "a month such as 2020-01"
    default: value.type.phrase
    }
  }

  // MARK: Numbers

  private static func numbers(
    _ given: Double, _ wanted: Double, _ near: Double, isWhole: Bool, _ typed: String
  ) -> Verdict {
    let slack = isWhole ? 0 : max(abs(wanted) * 5e-4, rounding(typed))
    if abs(given - wanted) <= max(near, slack) { return .right }
    guard given != 0, wanted != 0 else { return .wrong(nil) }
    func isNear(_ ratio: Double) -> Bool { abs(given / wanted / ratio - 1) < 5e-3 }
    if isNear(-1) { return .wrong("The size is right, the sign is not.") }
    if isNear(100) || isNear(0.01) || isNear(10_000) || isNear(0.0001) {
      return .wrong("The digits are right, the unit is not: 5% is 0.05, and 30bps are 0.3%.")
    }
    if abs(given / wanted - 1) < 0.05 { return .wrong("Close, but not it.") }
    return .wrong(nil)
  }

  /// Half a unit of the last digit that was written, if there are two digits or more; else zero.
  static func rounding(_ typed: String) -> Double {
    var text = typed[...]
    if text.hasPrefix("-") { text = text.dropFirst() }
    var unit = 1.0
    for (ending, size) in [("%", 0.01), ("bps", 1e-4)] where text.hasSuffix(ending) {
      (text, unit) = (text.dropLast(ending.count), size)
    }
    let digits = text.filter(\.isNumber).drop { $0 == "0" }
    guard digits.count >= 2, text.allSatisfy({ $0.isNumber || $0 == "." }) else { return 0 }
    let decimals = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 }
    return (0..<(decimals ?? 0)).reduce(unit) { size, _ in size / 10 } * 0.5 * (1 + 1e-9)
  }

  private static func isWhole(_ value: Value) -> Bool {
    if case .integer = value { return true }
    return false
  }

  // MARK: Words

  /// Small letters and digits only: `Book-to-Market` is `book to market`.
  static func folded(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "." || $0 == "+" })
  }

  /// Tells whether a line may be meant as a text without its quotes.
  static func isWords(_ line: String) -> Bool {
    guard let first = line.first, first.isLetter else { return false }
    return line.allSatisfy { $0.isLetter || $0.isNumber || " -_'".contains($0) }
  }

  private static func scalar(_ value: Value) -> Bool {
    switch value {
    case .missing, .integer, .number, .ratio, .month, .date, .quarter, .duration, .text, .bool,
      .range:
      true
    default: false
    }
  }

  /// Of a column with one value, the value.
  private static func single(_ value: Value) -> Value {
    if case .column(let column) = value, column.column.count == 1 {
      return column.column.value(at: 0)
    }
    return value
  }

  /// An answer as a reader would write it.
  static func text(_ value: Value) -> String { ValueText.short(single(value)) }

  /// Choices with their numbers.
  static func numbered(_ choices: [String]) -> [String] {
    choices.enumerated().map { "  \($0.offset + 1)  \($0.element)" }
  }
}
