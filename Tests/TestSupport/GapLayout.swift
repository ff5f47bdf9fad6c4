// Spaces, line breaks and comments between the parts of a generated program. Places where they may
// stand are marked by control characters that no program contains.

/// Marks of places between parts.
enum Gap {
  /// A space or none.
  static let may = "\u{1}"
  /// One space at least.
  static let must = "\u{2}"
  /// Inside brackets: spaces, or a line break with or without a comment.
  static let free = "\u{3}"
  /// Beside a block's brace: a space or a line break.
  static let line = "\u{4}"
  /// Between statements of a block.
  static let end = "\u{5}"
  /// Between stages.
  static let pipe = "\u{6}"
}

/// Fills the gaps.
struct GapLayout {
  var numbers: SeededNumbers
  let isMessy: Bool

  mutating func text(_ lines: [String]) -> String {
    var result = ""
    for line in lines {
      for scalar in line.unicodeScalars {
        if scalar.value > 0, scalar.value < 7 {
          result += isMessy ? messy(scalar.value) : neat(scalar.value)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
      if isMessy, !line.hasPrefix("#"), numbers.once(in: 8) { result += "   # trailing" }
      result += isMessy ? numbers.pick(["\n", "\n", "\n\n\n", "\r\n"]) : "\n"
    }
    return result
  }

  private func neat(_ gap: UInt32) -> String {
    switch gap {
    case 3: return ""
    case 5: return "\n"
    case 6: return " | "
    default: return " "
    }
  }

  private mutating func messy(_ gap: UInt32) -> String {
    switch gap {
    case 1: return numbers.pick(["", " ", "  "])
    case 2: return numbers.pick([" ", " ", "   ", "\t"])
    case 3: return numbers.pick(["", " ", "", "\n  ", "\n", " # why\n", "\n\n    "])
    case 4: return numbers.pick([" ", "\n", "", " # in a block\n "])
    case 5: return numbers.pick(["\n", "; ", "\n\n   ", " # next\n"])
    default: return numbers.pick([" | ", "|", "\n  | ", " |> ", "\n# stage\n| ", " |\n  "])
    }
  }
}
