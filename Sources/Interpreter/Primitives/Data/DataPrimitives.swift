// Data in and out: files, simulated worlds, panels written out.

import FactorLang
import FactorRuntime
import Models

/// How often rows come.
enum Frequency: String, ChoiceWord {
  case auto, monthly, daily

  var sentence: String {
    switch self {
    case .auto: "daily if a month has five days or more and firms have two rows or more in a month"
    case .monthly: "one row a firm and month, whatever the day"
    case .daily: "one row a firm and trading day"
    }
  }

  var reading: PanelReader.Frequency {
    switch self {
    case .auto: .found
    case .monthly: .monthly
    case .daily: .daily
    }
  }
}

private let loadPrimitive = Primitive(
  "load", topic: .data,
  "Reads a panel from files: CSV, plain or packed, SAS, Stata, Parquet, or a query to a database.",
  Parameter<String?>.optional(
    "path", "the file, relative to the script; a star in its name stands for several"
  ).required(unless: "from"),
  Parameter<ColumnNames>.columns(
    "keys", required: false,
    "the firm and the month column; found by their usual names if left out"
  ).labelled,
  Parameter<Value>.value(
    "known", default: .missing,
    "periods after its row at which a column is known, such as {RET: 0m, else: -1m}"
  ).labelled,
  Parameter<Frequency>.choice(
    "freq", default: .auto, "how often rows come, where dates are days"
  ).labelled,
  LoadParameters.source, LoadParameters.missing, LoadParameters.percent, LoadParameters.decimal,
  Parameter<DuplicateRows>.choice(
    "duplicates", default: .error, "what is done with rows that repeat a firm and period"
  ).labelled,
  LoadParameters.member,
  Parameter<String?>.optional(
    "query", "a `select` for a DuckDB database, or for a Parquet file under the name data"
  ).labelled,
  Parameter<String?>.optional("from", "the file that a query is for, in place of the path")
    .labelled,
  returns: "the panel, its rows sorted by period and firm", effect: .loadsFile,
  examples: ["load \"toy.csv\", keys: [date, id], known: {ret: 0m, else: -1m}"]
) {
  context, path, keys, known, frequency, source, missing, percent, decimal, duplicates, member,
  query, from in
  guard let path = path ?? from else {
    throw Fault(.wrongType, "`load` needs a file", helps: ["load \"panel.csv\""])
  }
  var options = try LoadParameters.options(
    source, missing, percent: percent, decimal: decimal, member: member)
  options.query = query
  let request = LoadRequest(
    keys: keys.names, frequency: frequency.reading, duplicates: duplicates.reading,
    options: options)
  return try loaded(path, request, known, context)
}.costing(.perByte(2))

private func loaded(
  _ path: String, _ request: LoadRequest, _ known: Value, _ context: Context
) throws -> PanelValue {
  let (panel, line) = try LoadedFiles.read(path, request, context)
  let offsets = try KnownOffsets(known, panel)
  let dated = try panel.with(
    panel.named.map { name, column in
      var column = column
      // The return of the month that follows is never known at the row's end, whatever is said of the rest.
      column.known = ReturnAliases.isLead(name) ? max(1, offsets[name]) : offsets[name]
      return (name, column)
    })
  let (months, clock) = (dated.index.months, dated.index.clock)
  context.ledger(
    line,
    detail: Counted.text(dated.assetCount, "firm") + "  "
      + "\(months.first?.description ?? "")..\(months.last?.description ?? "")  "
      + (clock == .months
        ? "" : "\(clock.description), \(Counted.text(months.count, clock.noun))  ")
      + Counted.text(dated.names.count, "column"))
  return PanelValue(panel: dated, origin: path)
}

let dataPrimitives: [Primitive] = [
  loadPrimitive,
  Primitive(
    "stdin", topic: .data, "Names the standard input, to load data that another program writes.",
    returns: "the path of the standard input", examples: ["stdin"]
  ) { _ in "/dev/stdin" },
  synthPrimitive,
  Primitive(
    "panel", topic: .data, "Writes out a small panel by its columns.",
    Parameter<[(name: String, value: Value)]>.fields(
      "columns",
      "name: list pairs, or ranges or single values; one column of months or days, one of firms, the others values"
    ),
    returns: "the panel", effect: .definesFields,
    examples: ["panel(firm: [\"A\", \"B\"], month: 2020-01, bm: [0.2, 0.9])"]
  ) { _, fields in
    try PanelValue(panel: WrittenPanel.panel(fields), origin: "panel")
  },
  Primitive(
    "toy", topic: .data, "Gives a small simulated panel to try things on: ret, size and mom.",
    returns: "a panel of 30 firms and 24 months",
    effect: .addsNamed([
      ColumnInfo("date", .month), ColumnInfo("id", .text), ColumnInfo("month", .month),
      ColumnInfo("ret", .ratio, known: 0), ColumnInfo("size", .number, known: -1),
      ColumnInfo("mom", .number, known: -1),
    ]), examples: ["toy | describe"]
  ) { _ in try ToyPanel.panel() },
  Primitive(
    "save", topic: .data,
    "Writes a sheet or table as HTML, Markdown, LaTeX, CSV or JSON, a plot as SVG or its numbers, a model as .fqm.",
    Parameter<Value>.flow("value", "what to write"),
    Parameter<String>.required(
      "path",
      "the file; its ending .html, .md, .tex, .csv, .json, .svg, .fqm or .txt says the format"),
    returns: "nothing", isEffect: true, examples: ["save toy, \"out.csv\""]
  ) { context, value, path in
    try Saver.save(value, to: path, context.budget)
    if case .model(let model) = value, model.model.pause != nil {
      context.note(
        "the fit is not finished: the file holds its best epoch, and what `resume` needs to go on")
    }
    context.events.send(.artifact(path: path))
    return Done()
  },
]

/// Puts the blame for what a file holds on the parameter that names the file.
private func blaming<Result>(_ parameter: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as BudgetError { throw error } catch {
    var fault = Fault(error)
    fault.parameter = fault.parameter ?? parameter
    throw fault
  }
}

/// The availability offsets of `known:`.
private struct KnownOffsets {
  private var named: [String: Int] = [:]
  private var rest = 0

  init(_ value: Value, _ panel: Panel) throws {
    switch value {
    case .missing: return
    case .record(let record):
      for field in record.fields {
        guard let periods = Periods(field.value) else {
          throw Fault(
            .wrongType,
            "`known` takes durations; `\(field.name)` is \(field.value.type.phrase)",
            helps: ["write known: {\(field.name): 6m}"], parameter: "known")
        }
        let count = try periods.count(on: panel.index.clock, parameter: "known")
        if field.name == "else" {
          rest = count
        } else {
          _ = try panel.column(field.name)
          named[field.name] = count
        }
      }
    default:
      throw Fault(
        .wrongType, "`known` takes a record such as {RET: 0m, else: -1m}", parameter: "known")
    }
  }

  subscript(name: String) -> Int { named[name] ?? rest }
}
