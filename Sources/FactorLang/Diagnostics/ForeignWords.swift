// Words that other languages use for what fq says otherwise, and how fq says it.

public enum ForeignWords {
  /// The verb of fq that does what this verb of another language does.
  static let verbs = [
    "mutate": "derive", "assign": "derive", "filter": "where", "arrange": "order_by",
    "sort_by": "order_by", "sort_values": "order_by", "aggregate": "summarise",
    "agg": "summarise", "summarize": "summarise", "left_join": "join", "query": "where",
    "concat_rows": "stack", "bind_rows": "stack", "print": "show", "echo": "show",
    "read_csv": "load", "read_parquet": "load", "write_csv": "save", "to_csv": "save",
    "savefig": "save", "train": "fit", "pivot_table": "pivot", "unstack": "pivot",
    "fillna": "impute", "ffill": "impute", "shift": "lag", "diff": "ts.delta",
    "qcut": "deciles", "info": "describe", "summary": "describe", "average": "mean",
    "corr": "correlate", "cor": "correlate", "correlation": "correlate",
  ]

  /// Further built-ins that a word of other languages, or of everyday speech, asks for.
  static let others: [String: [String]] = [
    "groupby": ["summarise"], "group_by": ["summarise"], "group": ["summarise"],
    "value_counts": ["summarise", "count"], "dropna": ["where"], "subset": ["where", "select"],
    "head": ["show", "top"], "tail": ["show", "top"], "sort": ["order_by"], "nlargest": ["top"],
    "pct_change": ["lag", "growth"], "cumsum": ["growth"], "cumprod": ["growth"],
    "cumulative": ["growth", "log_growth"], "fill": ["impute"], "missing": ["impute"],
    "concat": ["stack"], "append": ["stack"], "apply": ["derive", "each"],
    "column": ["derive", "select", "rename"], "average": ["summarise"], "picture": ["save"],
    "png": ["save"], "svg": ["save"], "export": ["save"], "write": ["save"],
    "latex": ["save", "table"], "read": ["load"], "import": ["load"], "csv": ["load", "save"],
    "ols": ["regress"], "newey": ["regress", "fama_macbeth"], "west": ["regress", "fama_macbeth"],
    "hac": ["regress"], "t-stat": ["regress", "fama_macbeth", "alphas"], "tstat": ["regress"],
    "information": ["ic"], "coefficient": ["ic", "correlate"], "spearman": ["ic", "correlate"],
    "zscore": ["xs.zscore", "ts.zscore"], "standardize": ["xs.zscore"],
    "standardise": ["xs.zscore"], "demean": ["xs.demean"], "qcut": ["xs.decile"],
    "quintile": ["deciles", "sorts"], "backtest": ["portfolio", "costs"],
    "transaction": ["costs"], "commission": ["costs"], "slippage": ["costs"],
    "alphalens": ["ic", "deciles", "tearsheet"], "pyfolio": ["tearsheet", "performance"],
    "window": ["ts.mean", "rolling"], "beta": ["ts.beta", "loadings"], "forecast": ["predict"],
  ]

  /// The words that stand for built-ins.
  public static var words: Set<String> { Set(verbs.keys).union(others.keys) }

  /// The built-ins that do what a word asks for, the nearest first.
  public static func pages(for word: String) -> [String] {
    (verbs[word].map { [$0] } ?? []) + (others[word] ?? [])
  }

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
    "fq":
      "the edition stands on the first line of a script:  fq 1;  `fq teach` and the like are typed outside, where "
      + "fq was started",
    "for": "write `for x in … { … }`",
  ]

  /// Of words that a name may well be, so that they say nothing of a line that begins with them.
  private static let uses = [
    "groupby": "groups are an option:  summarise …, by: …",
    "head": "a name alone shows its first and last rows; more of them:  show …, rows: 20",
    "tail": "a name alone shows its first and last rows; more of them:  show …, rows: 20",
    "dropna": "choose the rows that have a value:  where x is not na",
    "pct_change": "a return is:  derive r = x / lag(x, 1m) - 1",
    "cumsum": "returns are added up by growth(…), in columns and plots",
    "value_counts": "count the rows of each value:  summarise n = count(), by: x",
    "apply": "compute a column:  derive y = …",
    "plot": "plots are named by their kind:  plot.line, plot.bars, plot.histogram, plot.scatter",
    "shape": "how large it is say `.rows` and `.columns`",
  ]
  /// Says how columns are named where this word stands for all of them.
  static func column(_ name: String) -> String? {
    guard name == "all" || name == "everything" else { return nil }
    return
      "columns are named one by one or by a list, such as  feats = (p | select except: [ret]).columns  and then  $feats"
  }

  /// Members that have another name here.
  private static let members = [
    "chars":
      "a file does not say which of its columns are characteristics:  feats = (p | select except: [ret]).columns  and "
      + "then  $feats",
    "firms": "`.entities` counts firms", "assets": "`.entities` counts assets",
    "nrow": "`.rows` counts rows",
    "size": "`.rows` counts rows", "len": "`.rows` counts rows", "length": "`.rows` counts rows",
    "dtypes": "`.type p` lists the columns with their types",
    "best": "a cell is chosen by its scores:  (g | top 1, by: r2_pred, on: valid).model",
  ]

  /// What methods of columns and of modules do, and how it is said here.
  private static let calls = [
    "read_csv": "a file is read by:  p = load \"panel.csv\"",
    "read_parquet": "a file is read by:  p = load \"panel.parquet\"",
    "shift": "the value of the month before is:  lag(x, 1m)",
    "diff": "a change is:  x - lag(x, 1m)", "rank": "a rank within each month is:  xs.rank(x)",
    "rolling": "a statistic of the last months is:  ts.mean(x, 12m)",
    "ewm": "an average that decays is:  ts.decay(x, 12m)",
  ]

  /// Functions of values that are methods elsewhere.
  private static let functions: Set = [
    "mean", "std", "var", "sum", "min", "max", "median", "count", "quantile", "abs", "log", "sqrt",
    "round",
  ]

  /// Says how fq does what a statement that begins with this word means elsewhere.
  static func advice(for word: String) -> String? { statements[word] }

  /// Says how fq does what a verb or function that it does not have does elsewhere.
  static func meaning(of name: String) -> String? { statements[name] ?? uses[name] }

  /// Says how fq does what this member of a value does elsewhere; nil if nobody knows.
  public static func member(_ name: String) -> String? {
    if let meaning = members[name] ?? meaning(of: name) { return meaning }
    if functions.contains(name) { return "functions take values:  \(name)(p.ret)" }
    return verbs[name].map { "verbs follow a bar:  p | \($0) …" }
  }

  /// Says how fq does what a method of an object does; nil for a name without a dot.
  static func methods(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let (object, method) = (name[..<dot], String(name[name.index(after: dot)...]))
    if let meaning = calls[method] ?? meaning(of: method) { return meaning }
    let word = verbs[method] ?? method
    return
      "nothing has methods: verbs follow a bar, as in  \(object) | \(word),  and functions take values, as in "
      + " mean(\(object))"
  }

  /// Says what is meant instead where a verb is used for something else.
  static func misuse(of verb: String) -> String? {
    verb == "sort" ? "`sort` is for lists; rows are put in order by:  order_by …" : nil
  }

  /// Gives the first word of the line on which a byte stands.
  static func firstWord(ofLineAt offset: Int, in source: Source) -> String {
    let line = source.text(source.lineSpan(source.lineIndex(at: offset)))
    let word = line.drop { $0 == " " || $0 == "\t" }.prefix { $0.isLetter || $0 == "_" }
    return String(word)
  }
}
