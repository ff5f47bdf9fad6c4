// Pages of the words that belong to the language itself and are no verbs.

import FactorLang

/// A word of the language: how it is written, what it means, and code that shows it.
struct LanguageWord {
  let words: [String]
  let usage: String
  let summary: String
  /// Nil where there is nothing that runs anywhere.
  let example: String?

  /// The page.
  var page: [String] {
    let code = example.map { ["", "Example"] + $0.split(separator: "\n").map { "  " + $0 } }
    return [usage, "", summary] + (code ?? [])
  }

  /// The entry of a word; nil if it is none of the language.
  static func named(_ word: String) -> LanguageWord? { all.first { $0.words.contains(word) } }

  private init(_ words: [String], _ usage: String, _ summary: String, _ example: String?) {
    (self.words, self.usage, self.summary, self.example) = (words, usage, summary, example)
  }

  static let all = [
    LanguageWord(
      ["bg"], "bg name = pipeline",
      "Runs a statement behind the prompt. `.jobs` lists what runs, `.jobs wait 1` waits, `.jobs stop 1` stops; the "
        + "name is there when it has ended.",
      "bg s = toy | summarise n = count(), by: month"),
    LanguageWord(
      ["it"], "it", "The last value that was shown. A line that begins with `|` goes on with it.",
      "toy | where size > 0\nit.rows"),
    LanguageWord(
      ["seed"], "seed 20240131",
      "Fixes everything that is drawn from here on; a model or `synth` with its own `seed:` goes by that.",
      "seed 7\nsynth world: g21a, firms: 20, months: 24"),
    LanguageWord(
      ["param"], "param name: type = default in range  ## help",
      "Declares what the command line may set: `fq run sort.fq cost=10bps`. Type and range may be left out.",
      "param cost: ratio = 30bps\ncost * 2"),
    LanguageWord(
      ["fn"], "fn name(a, b: int = 1) -> type = value",
      "Defines a function; a body of several steps stands in braces. Functions are stages of pipelines too.",
      "fn annual(monthly: num, months: int = 12) -> num = monthly * months\nannual(0.5)"),
    LanguageWord(
      ["use", "as", "from"], "use \"settings.fq\" as s    use {cost} from \"settings.fq\"",
      "Runs another script once and gives what it defines behind its dot, or single names.",
      nil),
    LanguageWord(
      ["assert"], "assert condition, \"words\"",
      "States what a script relies on, and stops it with status 3 where that does not hold.",
      "assert toy.months >= 24, \"too short\""),
    LanguageWord(
      ["catch"], "value catch other    value catch e -> …",
      "Puts something in the place of what failed; a function gets the error: e.code, e.message, e.at.",
      "[1, 2, 3][5] catch 0\n[1, 2, 3][5] catch e -> e.code"),
    LanguageWord(
      ["if", "then", "else"], "if condition then value else value",
      "Chooses between two values; a choice whose condition is `na` is `na`.",
      "if toy.months > 12 then \"long\" else \"short\""),
    LanguageWord(
      ["for", "in"], "for name in list { value }    x in list",
      "Gives the list of what the block gives for each item. `in` alone asks whether a list or range has a value.",
      "for k in 1..4 { k * k }\n3 in [1, 2]"),
    LanguageWord(
      ["by"], "from..to by step    by: columns",
      "The step of a range; as an option of verbs, the columns that make groups.",
      "for k in 1..10 by 3 { k }\ntoy | summarise n = count(), by: id"),
    LanguageWord(
      ["and", "or", "not"], "a and b    a or b    not a",
      "Join conditions. With `na` they follow Kleene: `false and na` is false, `true or na` is true.",
      "[true or na, false and na, not true]"),
    LanguageWord(
      ["is", "na"], "x is na    x is not na    x ?? 0",
      "`na` is the one missing value of every type. A comparison with it is never true, so one asks `is na`; `??` puts "
        + "something in its place.",
      "[na is na, na + 1, na ?? 4]"),
    LanguageWord(["true", "false"], "true    false", "Yes and no.", "toy.months > 12"),
  ]
}
