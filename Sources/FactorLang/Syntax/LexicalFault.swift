// What the lexer can complain of; the wording is the extension below the enum.

/// Names a situation in which bytes do not form a token.
enum LexicalFault: Sendable, Equatable {
  case unexpected(String?)
  case singleQuotes
  case curlyQuotes
  case unterminatedString(atEnd: Bool, inHole: Bool)
  case unterminatedName(atEnd: Bool)
  case emptyName
  case bareDollar
  case unknownEscape
  case unknownUnit(String)
  case fractionalDuration
  case notAMonth(year: Int, month: Int)
  case notADate(year: Int, month: Int, day: Int)
  case notAQuarter
  case sourceTooLarge

  /// Tells whether more input could mend it.
  var isIncomplete: Bool {
    switch self {
    case .unterminatedString(let atEnd, _), .unterminatedName(let atEnd): return atEnd
    default: return false
    }
  }

  var code: Code {
    switch self {
    case .unexpected, .singleQuotes, .curlyQuotes: return .unexpectedCharacter
    case .unterminatedString: return .unterminatedString
    case .unterminatedName, .emptyName, .bareDollar: return .malformedName
    case .unknownEscape: return .unknownEscape
    case .unknownUnit, .fractionalDuration: return .malformedNumber
    case .notAMonth, .notADate, .notAQuarter: return .impossibleDate
    case .sourceTooLarge: return .sourceTooLarge
    }
  }
}

extension LexicalFinding {
  /// Words the fault.
  func diagnostic(in source: Source) -> Diagnostic {
    let text = source.text(span)
    let (message, label) = fault.wording(text)
    return Diagnostic(
      fault.code, message, at: Label(source, span, label), helps: fault.helps(text, span, source))
  }
}

extension LexicalFault {
  /// Gives the first line and the words beside the mark.
  func wording(_ text: String) -> (message: String, label: String) {
    switch self {
    case .unexpected(nil): return ("these bytes are not text", "not UTF-8")
    case .unexpected(.some(let character)):
      return ("`\(character)` has no meaning here", "begins nothing that fq knows")
    case .singleQuotes: return ("single quotes do not make a string", "strings use double quotes")
    case .curlyQuotes: return ("curly quotes do not make a string", "strings use straight quotes")
    case .unterminatedString:
      let quotes = text.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
      return ("this string is never closed", "the closing `\(quotes)` is missing")
    case .unterminatedName: return ("this name is never closed", "the closing backquote is missing")
    case .emptyName: return ("a quoted name cannot be empty", "no name between the backquotes")
    case .bareDollar: return ("`$` stands alone", "a variable's name must follow at once")
    case .unknownEscape: return ("`\(text)` is not an escape", "stands for nothing")
    case .unknownUnit(let unit):
      return ("`\(unit)` is not a unit", "a name cannot begin with a digit")
    case .fractionalDuration:
      return ("a duration is a whole number", "neither decimals nor powers of ten")
    case .notAMonth: return ("`\(text)` is not a month", "months run from 01 to 12")
    case .notADate(let year, let month, _):
      return ("`\(text)` is not a date", Self.dateLabel(year, month))
    case .notAQuarter: return ("`\(text)` is not a quarter", "quarters run from Q1 to Q4")
    case .sourceTooLarge: return ("this source is larger than one gigabyte", "begins here")
    }
  }

  private static func dateLabel(_ year: Int, _ month: Int) -> String {
    guard (1...12).contains(month) else { return "months run from 01 to 12" }
    let two = month < 10 ? "0\(month)" : "\(month)"
    return "\(padded(year))-\(two) has days 01 to \(CalendarRules.days(year, month))"
  }

  private static func padded(_ year: Int) -> String {
    String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
  }

  /// Gives advice, certain edits first.
  func helps(_ text: String, _ span: Span, _ source: Source) -> [Help] {
    func fix(_ words: String, _ replacement: String) -> Help {
      Help(words, replace: span, in: source, with: replacement)
    }
    switch self {
    case .unexpected(.some("~")):
      return [Help("a regression names its sides:  regress y, on: [a, b]")]
    case .unexpected(.some(let character)): return Self.respelling(character, fix)
    case .singleQuotes where text.hasSuffix("'") && text.count > 1 && !text.contains("\""):
      let quoted = "\"\(text.dropFirst().dropLast())\""
      return [fix("write `\(quoted)`", quoted)]
    case .curlyQuotes where !text.contains("\""):
      let quoted = "\"\(text.dropFirst().dropLast())\""
      return [fix("write `\(quoted)`", quoted)]
    case .unterminatedString(_, true): return [Help("for a brace inside a string write `\\{`")]
    case .unknownEscape:
      return [
        Help("escapes are \\n \\t \\r \\0 \\\\ \\\" \\{ \\} and \\u{…}; or use a raw string r\"…\"")
      ]
    case .unknownUnit(let unit): return Self.unitHelps(unit, text, fix)
    case .fractionalDuration:
      guard let whole = Self.wholeDuration(text) else {
        return [Help("use a smaller unit: 18m rather than 1.5y")]
      }
      return [fix("write `\(whole)`", whole)]
    case .notAMonth(let year, let month):
      let near = "\(Self.padded(year))-\(month == 0 ? "01" : "12")"
      let words = month == 0 ? "the year's start is `\(near)`" : "the year's end is `\(near)`"
      let spaced = "\(Self.padded(year)) - \(text.suffix(2))"
      return [fix(words, near), Help("for the subtraction write `\(spaced)`, with spaces")]
    case .notADate(let year, let month, let day) where (1...12).contains(month) && day > 0:
      let last = text.prefix(8) + "\(CalendarRules.days(year, month))"
      return [fix("the month's end is `\(last)`", String(last))]
    default: return []
    }
  }

  /// Writes a duration with decimals in the next smaller calendar unit, if it is whole there.
  private static func wholeDuration(_ text: String) -> String? {
    let smaller: [Character: (Double, String)] = ["y": (12, "m"), "q": (3, "m"), "w": (7, "d")]
    guard let (factor, unit) = text.last.flatMap({ smaller[$0] }),
      let whole = Double(text.dropLast()).flatMap({ ($0 * factor).asWhole })
    else { return nil }
    return "\(whole)\(unit)"
  }

  private static let spellings = [
    "&&": "and", "||": "or", "**": "^", "!": "not ", "“": "\"", "”": "\"", "−": "-", "–": "-",
    "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "…": "..",
    "\u{A0}": " ", "\u{200B}": "",
  ]

  private static func respelling(_ text: String, _ fix: (String, String) -> Help) -> [Help] {
    if text == "%" { return [Help("write a percentage without a space: `5%`; or use `mod(a, b)`")] }
    guard let plain = spellings[text] else { return [] }
    let isSpace = plain.allSatisfy { $0 == " " }
    // `not` takes a space along, which the reader need not see.
    let shown = plain.last == " " ? String(plain.dropLast()) : plain
    return [fix(isSpace ? "use an ordinary space" : "write `\(shown)`", plain)]
  }

  private static let unitWords = [
    "mo": "m", "mth": "m", "month": "m", "months": "m", "yr": "y", "Y": "y", "year": "y",
    "years": "y", "Q": "q", "D": "d", "day": "d", "days": "d", "sec": "s", "mins": "min",
    "minutes": "min", "hours": "h", "bp": "bps", "mm": "mn", "mln": "mn", "K": "k", "B": "bn",
    "b": "bn",
  ]

  /// The unit that a word behind a number means; nil if it is none.
  static func unit(_ word: String) -> String? {
    units.contains(word) ? word : unitWords[word]
  }

  private static let units: Set = [
    "k", "mn", "bn", "bps", "y", "q", "m", "w", "d", "h", "min", "s", "ms",
  ]

  private static func unitHelps(
    _ unit: String, _ text: String, _ fix: (String, String) -> Help
  ) -> [Help] {
    let number = text.dropLast(unit.count)
    var helps: [Help] = []
    if unit == "M" {
      // Millions or months: the number alone does not say.
      helps = [("millions", "mn"), ("months", "m")].map { meaning, known in
        let help = fix("for \(meaning) write `\(number)\(known)`", number + known)
        return Help(help.text, fix: help.fix.map { Fix($0.title, $0.edits, isCertain: false) })
      }
    } else if let known = unitWords[unit] {
      helps.append(fix("write `\(number)\(known)`", number + known))
    }
    helps.append(
      Help("units: k mn bn, % bps, y q m w d of the calendar, h min s ms of the clock"))
    return helps
  }
}
