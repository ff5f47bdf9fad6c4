// Styles to colours. Styled text carries marks instead of escape codes; only the output gate turns
// marks into codes, so no text from data can.

import FactorLang

/// How parts of the output look.
enum Theme {
  /// Parts of messages that diagnostics do not know.
  enum Part: CaseIterable {
    case faint, heading
  }

  /// Marks are noncharacters, which no text contains: U+FDD0 and up begin a style, U+FDEF ends it.
  private static let firstMark: UInt32 = 0xFDD0
  private static let endMark = text(of: 0xFDEF)
  static let marks: ClosedRange<UInt32> = 0xFDD0...0xFDEF

  /// Puts marks around the parts of diagnostics.
  static let decorator = Decorator { (mark(codes(for: $0)), endMark) }

  /// Puts marks around a text.
  static func style(_ text: String, _ part: Part) -> String {
    mark(part == .faint ? "2" : "1") + text + endMark
  }

  /// The marks around a part of a program; nil where it looks like any text.
  static func marks(for style: StyleClass) -> (open: String, close: String)? {
    code(for: style).map { (mark($0), endMark) }
  }

  private static func code(for style: StyleClass) -> String? {
    switch style {
    case .keyword: "35"
    case .verb: "1;34"
    case .option, .format: "36"
    case .variable: "33"
    case .number, .date: "96"
    case .string: "32"
    case .comment, .output: "2"
    case .prose: "3"
    case .cell: "1"
    case .invalid: "4;31"
    case .diagnostic: "31"
    case .name, .quotedName, .operatorSign, .punctuation: nil
    }
  }

  /// The escape sequence that a mark stands for.
  static func escape(for mark: UInt32) -> String {
    let index = Int(mark - firstMark)
    return index < palette.count ? "\u{1B}[\(palette[index])m" : "\u{1B}[0m"
  }

  private static let palette = [
    "1;31", "1;33", "1;36", "1", "34", "2", "31", "35", "32", "1;32", "1;34", "36", "33", "96", "3",
    "4;31",
  ]

  private static func codes(for style: DiagnosticStyle) -> String {
    switch style {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    case .message: "1"
    case .gutter: "34"
    case .location: "2"
    case .primaryMark: "31"
    case .secondaryMark: "35"
    case .help: "32"
    case .fix: "1;32"
    }
  }

  private static func mark(_ code: String) -> String {
    let index = UInt32(palette.firstIndex(of: code) ?? 0)
    return text(of: firstMark + index)
  }

  private static func text(of mark: UInt32) -> String {
    UnicodeScalar(mark).map { String($0) } ?? ""
  }
}
