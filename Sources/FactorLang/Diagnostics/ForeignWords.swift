// Words that other languages use for what fq says otherwise, and how fq says it.

enum ForeignWords {
  /// The verb of fq that does what this verb of another language does.
  static let verbs = [
    "mutate": "derive", "assign": "derive", "filter": "where", "arrange": "order_by",
    "sort_by": "order_by", "sort_values": "order_by", "aggregate": "summarise",
    "agg": "summarise", "summarize": "summarise", "merge": "join", "left_join": "join",
    "concat_rows": "stack", "bind_rows": "stack", "print": "show", "echo": "show",
    "read_csv": "load", "write_csv": "save", "regress": "fit", "train": "fit",
  ]

  /// The type of fq that this type of another language is.
  static let types = [
    "float": "num", "double": "num", "number": "num", "real": "num", "integer": "int",
    "str": "string", "text": "string", "boolean": "bool", "percent": "ratio", "array": "list",
    "dict": "record", "dataframe": "panel", "datetime": "date", "path": "string",
  ]

  private static let statements = [
    "while": "go through a list or a range instead:  for x in 1..10 { … }",
    "return": "a function gives its last value; leave `return` out",
    "let": "a name is defined without `let`:  k = 5",
    "var": "a name is defined without `var`:  k = 5",
    "const": "a name is defined without `const`:  k = 5",
    "def": "functions are written:  fn twice(x) = 2 * x",
    "func": "functions are written:  fn twice(x) = 2 * x",
    "function": "functions are written:  fn twice(x) = 2 * x",
    "fn": "functions are written:  fn twice(x) = 2 * x",
    "lambda": "functions without a name are written:  x -> x + 1",
    "import": "modules are used:  use \"settings.fq\"",
    "require": "modules are used:  use \"settings.fq\"",
    "include": "modules are used:  use \"settings.fq\"",
    "use": "a module is a file in quotes:  use \"settings.fq\"",
    "seed": "a seed is a whole number:  seed 42",
    "elif": "write `else if … then … else …`",
    "try": "write `… catch …`, with what stands in for the failure",
    "group_by": "groups are an option:  summarise …, by: …",
    "rename": "derive the new name, then:  select except: …",
    "fq": "the edition stands on the first line of a script:  fq 1",
    "for": "write `for x in … { … }`",
  ]

  /// Says how fq does what a statement that begins with this word means elsewhere.
  static func advice(for word: String) -> String? { statements[word] }

  /// Gives the first word of the line on which a byte stands.
  static func firstWord(ofLineAt offset: Int, in source: Source) -> String {
    let line = source.text(source.lineSpan(source.lineIndex(at: offset)))
    let word = line.drop { $0 == " " || $0 == "\t" }.prefix { $0.isLetter || $0 == "_" }
    return String(word)
  }
}
