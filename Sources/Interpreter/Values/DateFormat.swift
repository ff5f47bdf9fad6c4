// Months and dates in words of a format: `{m:mmm yyyy}` is Dec 2004.
//
// The words are yyyy, yy, mmmm, mmm, mm, m, dd, d and q; everything else stands for itself.

import FactorRuntime

enum DateFormat {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let words = ["yyyy", "yy", "mmmm", "mmm", "mm", "m", "dd", "d", "q"]

  /// The value under the format; nil if it is no month or date, or the format names a day that it lacks.
  static func text(_ value: Value, _ format: String) -> String? {
    let (month, day): (Period, Int?)
    switch value {
    case .month(let value): (month, day) = (value, nil)
    case .date(let value): (month, day) = (value.month, value.parts.day)
    default: return nil
    }
    var rest = format[...]
    var text = ""
    while let first = rest.first {
      guard let word = words.first(where: rest.hasPrefix) else {
        text.append(first)
        rest.removeFirst()
        continue
      }
      guard let part = part(word, month, day) else { return nil }
      text += part
      rest = rest.dropFirst(word.count)
    }
    return text
  }

  private static func part(_ word: String, _ month: Period, _ day: Int?) -> String? {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch word {
    case "yyyy": return "\(month.year)"
    case "yy": return two(month.year % 100)
    case "mmmm": return months[month.month - 1]
    case "mmm": return String(months[month.month - 1].prefix(3))
    case "mm": return two(month.month)
    case "m": return "\(month.month)"
    case "q": return "\((month.month - 1) / 3 + 1)"
    case "dd": return day.map(two)
    default: return day.map { "\($0)" }
    }
  }
}
