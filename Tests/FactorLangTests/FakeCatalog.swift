// A small catalog and a file with a header, for checker and completer.

@testable import FactorLang

struct FakeCatalog: Catalog {
  static let condition = ParameterInfo(
    "condition", .bool, role: .columnExpression, isVariadic: true, isRequired: true,
    timing: .presentOnly, "rows to keep")
  static let columns = ParameterInfo(
    "columns", role: .columnNames, isVariadic: true, "columns to treat")
  static let treated = ParameterInfo(
    "columns", role: .columnNames, isVariadic: true, timing: .presentOnly, "columns to treat")
  static let expressions = ParameterInfo(
    "x", role: .columnExpression, isVariadic: true, timing: .marked, "what to show")
  static let signal = ParameterInfo(
    "signal", role: .columnExpression, isRequired: true, timing: .presentOnly, "what to sort by")

  static let panels: [Signature] = [
    Signature(
      "load",
      parameters: [
        ParameterInfo("path", .text, isRequired: true), ParameterInfo("keys", role: .columnNames),
        ParameterInfo("known", .record(nil)),
      ], result: .panel(nil), effect: .loadsFile),
    Signature(
      "where", summary: "Keeps rows.", parameters: [condition], receiver: .table(nil),
      effect: .keeps),
    Signature(
      "derive", summary: "Adds columns.",
      parameters: [ParameterInfo("columns", role: .definitions, isVariadic: true)],
      receiver: .table(nil), effect: .addsDefinitions),
    Signature(
      "select",
      parameters: [columns, ParameterInfo("except", role: .columnNames, isLabelOnly: true)],
      receiver: .table(nil), effect: .selects),
    Signature(
      "winsorize",
      parameters: [
        treated, ParameterInfo("tails", .ratio, minimum: 0, maximum: 0.5, unit: "ratio"),
      ],
      receiver: .panel(nil), result: .panel(nil), effect: .keeps),
    Signature(
      "rank_normalize", parameters: [treated, ParameterInfo("to", .range(of: .number))],
      receiver: .panel(nil), result: .panel(nil), effect: .keeps),
    Signature(
      "deciles",
      parameters: [
        signal, ParameterInfo("within", role: .columnNames, isLabelOnly: true),
        ParameterInfo(
          "ties", .choice, role: .choice([Choice("together", "Keeps ties."), Choice("apart")])),
      ], receiver: .panel(nil), result: .panel(nil),
      effect: .addsNamed([ColumnInfo("decile", .integer), ColumnInfo("signal", .number)])),
    Signature(
      "portfolio",
      parameters: [
        ParameterInfo("returns", role: .columnNames, timing: .earned(by: "signal")),
        ParameterInfo("weight", role: .columnExpression, timing: .presentOnly),
      ], receiver: .panel(nil), result: .backtest),
    Signature(
      "summarise",
      parameters: [
        ParameterInfo("values", role: .definitions, isVariadic: true),
        ParameterInfo("by", role: .columnNames),
      ], receiver: .table(nil), result: .table(nil), effect: .summarises),
    Signature(
      "describe", summary: "Describes it.",
      receiver: .oneOf([.table(nil), .column(of: .any), .model]), result: .table(nil)),
    Signature(
      "setup",
      parameters: [
        ParameterInfo("target", role: .columnExpression, isRequired: true, timing: .target),
        ParameterInfo("features", role: .columnNames, timing: .beforeTarget),
      ], receiver: .panel(nil), result: .task(nil), effect: .keeps),
    Signature(
      "split",
      parameters: [
        ParameterInfo("train", .range(of: .any)),
        ParameterInfo("valid", .range(of: .any), follows: "train"),
        ParameterInfo("test", .range(of: .any), follows: "valid"),
      ], receiver: .task(nil), result: .task(nil), effect: .keeps),
    Signature(
      "synth",
      parameters: [
        ParameterInfo("chars", .integer), ParameterInfo("wait", .duration, unit: "seconds"),
      ],
      result: .panel(nil),
      effect: .givesNumbered(
        NumberedColumns("c", count: "chars", fallback: 3, known: -1, set: "chars"),
        Schema(
          [
            ColumnInfo("month", .month), ColumnInfo("id", .text),
            ColumnInfo("ret", .ratio, known: 0),
          ],
          keys: ["month", "id"]))),
    Signature(
      "top",
      parameters: [
        ParameterInfo("count", .integer, isRequired: true),
        ParameterInfo("by", role: .columnNames),
        ParameterInfo(
          "on", .choice, role: .choice([Choice("valid"), Choice("test")]), selects: true),
      ], receiver: .table(nil), effect: .keeps),
  ]

  static let others: [Signature] = [
    Signature(
      "fit",
      parameters: [
        ParameterInfo(
          "model", .choice, role: .choice([Choice("pca"), Choice("cvra")]), isRequired: true)
      ],
      receiver: .task(nil), result: .model,
      variants: Variants(
        selector: "model",
        [
          Variant("pca", "PCA", [ParameterInfo("k", .integer, minimum: 1, maximum: 50)]),
          Variant(
            "cvra", "CVRA",
            [
              ParameterInfo("k", .integer, rangeText: "1..50", minimum: 1, maximum: 50),
              ParameterInfo("epochs", .integer, minimum: 1, "passes over the data"),
              ParameterInfo("seeds", .integer, minimum: 1),
            ], isStochastic: true),
        ])),
    Signature(
      "plot.line", summary: "Draws lines.",
      parameters: [expressions, ParameterInfo("title", .text)],
      receiver: .oneOf([.table(nil), .backtest]), result: .plot, isEffect: true),
    Signature(
      "save", parameters: [ParameterInfo("path", .text, isRequired: true)], receiver: .any,
      result: .nothing, isEffect: true),
    Signature("pause", result: .nothing),
  ]

  static let functions: [Signature] = [
    ("lag", 2), ("lead", 2), ("log", 1), ("abs", 1), ("mean", 1), ("xs.rank", 1), ("ts.mean", 2),
    ("ts.compound", 2),
  ].map { name, count in
    let shifts = name == "lag" || name == "lead"
    let window = ParameterInfo(
      shifts ? "by" : "window", .duration, isRequired: true, minimum: 1, unit: "months")
    return Signature(
      name, summary: "Computes \(name).",
      parameters: [ParameterInfo("x", .number, role: .columnExpression, isRequired: true)]
        + (count == 2 ? [window] : []),
      result: .number, isColumnFunction: true,
      timing: name == "lag"
        ? .shiftsEarlier(by: "by") : name == "lead" ? .shiftsLater(by: "by") : .latest)
  }

  static let table = Dictionary(
    (panels + others + functions).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  func signature(named name: String) -> Signature? { Self.table[name] }
  var names: [String] { Self.table.keys.sorted() }
  func members(of type: Type) -> [MemberInfo]? {
    switch type {
    case .model: return [MemberInfo("best", .model, "The best epoch.")]
    case .panel: return [MemberInfo("entities", .integer, "How many firms.")]
    case .failure: return [MemberInfo("code", .text, "The code.")]
    case .integer: return []
    default: return nil
    }
  }
  func constant(named name: String) -> Type? { name == "nyse" ? .bool : nil }
}

struct FakeFiles: FileSchemas {
  func schema(of request: FileRequest) -> FileSchemaResult {
    guard request.path == "x.csv" else { return .missing }
    var schema = Self.columns
    schema.months = MonthSpan(
      first: MonthSpan.index(year: 1990, month: 1), last: MonthSpan.index(year: 2010, month: 12))
    return .found(schema)
  }

  static let columns =
    Schema([
      ColumnInfo("permno", .integer), ColumnInfo("month", .month), ColumnInfo("ret", .ratio),
      ColumnInfo("size", .number), ColumnInfo("exchange", .text),
      ColumnInfo("cusip", .number, isGuessed: true),
    ])
}
