// What a period of a panel is called, as far as its clock is known: messages speak of days where days are meant.

/// The name of a period, and how durations of some are written.
public struct Pace: Sendable, Hashable {
  /// One period, such as `day`.
  public let noun: String
  /// The unit of durations, and how many of it a period is.
  private let unit: String
  private let length: Int

  private init(_ noun: String, unit: String, length: Int = 1) {
    (self.noun, self.unit, self.length) = (noun, unit, length)
  }

  /// Calendar months.
  public static let months = Pace("month", unit: "m")
  /// Trading days.
  public static let days = Pace("day", unit: "d")
  /// Intervals of some minutes under a name of their own.
  public static func minutes(_ length: Int, noun: String) -> Pace {
    length % 1440 == 0
      ? Pace(noun, unit: "d", length: length / 1440)
      : length % 60 == 0
        ? Pace(noun, unit: "h", length: length / 60) : Pace(noun, unit: "min", length: length)
  }

  /// Some periods as a duration, such as `2d`.
  public func duration(_ periods: Int) -> String { "\(periods * length)\(unit)" }

  /// When something is known, such as `t+1d`.
  public func moment(_ offset: Int) -> String {
    if ColumnInfo.isWholeSample(offset) { return "the end of the sample" }
    return offset == 0 ? "t" : offset > 0 ? "t+\(duration(offset))" : "t\(duration(offset))"
  }

  /// The pace of the first duration of days or shorter in a text; nil where there is none.
  static func hinted(by text: String) -> Pace? {
    var digits = false
    var word = ""
    for scalar in text.unicodeScalars.map({ $0 }) + [" "] {
      let isDigit = ("0"..."9").contains(scalar)
      let isLetter = scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
      if isLetter || (isDigit && !word.isEmpty) {
        word.unicodeScalars.append(scalar)
      } else if isDigit {
        digits = true
      } else {
        if digits, word == "d" { return .days }
        if digits, word == "h" { return .minutes(60, noun: "hour") }
        (digits, word) = (false, "")
      }
    }
    return nil
  }
}
