// Typing at a person's pace: the pauses between keys are drawn from a counter, so that every show is the same.

import FactorRuntime

/// How fast statements appear.
struct TypingPace: Equatable, Sendable {
  /// Times as fast as a person; infinite for at once.
  let speed: Double

  static let human = TypingPace(speed: 1)
  static let fast = TypingPace(speed: 4)
  static let instant = TypingPace(speed: .infinity)

  /// Reads a word or a number; nil for anything else.
  init?(_ word: String) {
    switch word {
    case "human": self = .human
    case "fast": self = .fast
    case "instant": self = .instant
    default:
      guard let number = Double(word), number >= 0.1, number <= 1000 else { return nil }
      speed = number
    }
  }

  init(speed: Double) { self.speed = speed }
}

/// Gives the pauses of one show, in order.
struct Typist {
  private var pace: TypingPace
  private var stream = RandomStream(seed: 1, purpose: .example)
  private var last: Character = "\n"

  init(_ pace: TypingPace) { self.pace = pace }

  /// Goes on at another pace.
  mutating func change(_ pace: TypingPace) { self.pace = pace }

  /// Milliseconds before a character.
  mutating func pause(before character: Character) -> Int {
    defer { last = character }
    var pause = 48 * min(3, max(0.4, 1 + 0.4 * stream.normal()))
    if last == " " || last == "," { pause *= 1.4 }
    if last == "\n" { pause += 220 }
    if "|=".contains(character) { pause += 90 }
    return scaled(pause)
  }

  /// Milliseconds between the last character and Enter.
  mutating func pauseBeforeEnter() -> Int {
    last = "\n"
    return scaled(320)
  }

  /// Milliseconds that a line of prose is looked at.
  func pauseAfter(proseOf words: Int) -> Int { scaled(Double(words) * 60) }

  private func scaled(_ milliseconds: Double) -> Int {
    pace.speed.isFinite ? Int((milliseconds / pace.speed).rounded()) : 0
  }
}
