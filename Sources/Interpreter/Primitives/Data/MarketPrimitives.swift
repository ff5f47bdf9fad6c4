// Series of markets from files: factors and indices with a row a period, candles of an exchange.

import FactorLang
import FactorRuntime

/// Files by their paths, each of which may have a star.
struct FileList: Sendable {
  let paths: [String]
}

extension Parameter where Input == FileList {
  /// One path or more.
  fileprivate static func files(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .text, isVariadic: true, isRequired: true, sentence),
      isReceiver: false
    ) { arguments in
      let paths = arguments.compactMap { argument -> String? in
        if case .value(.text(let path)) = argument { return path }
        return nil
      }
      return paths.isEmpty || paths.count < arguments.count ? nil : FileList(paths: paths)
    }
  }
}

extension CandleJoin: ChoiceWord {
  public var sentence: String {
    switch self {
    case .inner: "periods that all assets have"
    case .outer: "all periods"
    }
  }
}

let marketPrimitives: [Primitive] = [
  Primitive(
    "series", topic: .data, "Reads a table with a row a month or day from a CSV file.",
    Parameter<String>.required("path", "the file, relative to the script"),
    Parameter<ColumnNames>.columns(
      "date", required: false, "the column of months or days; found by its usual names if left out"
    ).labelled,
    Parameter<Double?>.optional(
      "scale",
      "what numbers are multiplied by, such as 0.01; columns of factors that are clearly in percent become decimals "
        + "without it"
    ).labelled,
    LoadParameters.source, LoadParameters.missing, LoadParameters.percent, LoadParameters.decimal,
    LoadParameters.member,
    returns: "a table, its months or days first under the name of the file, to `join` to a panel",
    examples: [
      "series \"market.csv\", scale: 0.01"
    ]
  ) { context, path, date, scale, source, missing, percent, decimal, member in
    let file = context.reading(path)
    var options = try LoadParameters.options(
      source, missing, percent: percent, decimal: decimal, member: member)
    options.detectsUnits = scale == nil
    return try LoadedFiles.blaming("path") {
      try SeriesFile.table(
        file, date: date.names.first, scale: scale ?? 1, options, path, context)
    }
  }.costing(.perByte(2)),
  Primitive(
    "candles", topic: .data, "Reads candles of an exchange: pages of its JSON, or CSV files.",
    Parameter<FileList>.files(
      "files", "files, or paths with a star; an asset may have several pages"),
    Parameter<CandleJoin>.choice(
      "join", default: .inner, "which periods stay where assets differ"
    ).labelled,
    Parameter<Value>.value(
      "interval", default: .missing, shown: "the smallest distance",
      "how long a candle is, such as 1h or 1d"
    ).labelled,
    returns: "a panel of open, high, low, close, volume, turnover and ret = close / close "
      + "before - 1, missing over a gap; log returns are log(1 + ret)",
    effect: .gives(
      Schema(
        [ColumnInfo("date", .any), ColumnInfo("month", .month), ColumnInfo("symbol", .text)]
          + Candle.names.map { ColumnInfo($0, .number, known: 0) } + [
            ColumnInfo("ret", .ratio, known: 0)
          ], keys: ["date", "symbol"])),
    examples: ["candles \"candles.json\""]
  ) { context, files, join, interval in
    try CandleFiles.panel(files.paths, join, interval, context)
  }.costing(.perByte(10)),
]

/// A file with a row a period.
private enum SeriesFile {
  private static func read(
    _ file: String, _ date: String?, _ options: CSVOptions, _ context: Context
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    do {
      return try PanelReader.read(
        path: file, date: date, named: "", frequency: .found, options: options,
        budget: context.budget)
    } catch let error as CSVError {
      guard case .noKey = error else { throw error }
      // A series has one key, and another word for it.
      var fault = Fault(error)
      fault.helps = ["name the column of months or days:  date: month"]
      throw fault
    }
  }

  static func table(
    _ file: String, date: String?, scale: Double, _ options: CSVOptions, _ path: String,
    _ context: Context
  ) throws -> Table {
    let (panel, line) = try read(file, date, options, context)
    guard panel.assetCount == 1, panel.assetKey == "asset" else {
      throw Fault(
        .wrongType, "the file has several rows a period, told apart by `\(panel.assetKey)`",
        helps: ["read it as a panel:  load \"\(path)\""])
    }
    try context.record(panel, path: path, file: file)
    let months = panel.index.months
    context.ledger(
      LedgerLine(stage: "series", rowsIn: line.rowsIn, rowsOut: panel.count, notes: line.notes),
      detail: "\(months.first?.description ?? "")..\(months.last?.description ?? "")  "
        + "\(panel.index.clock.description)  \(Counted.text(panel.names.count, "column"))")
    let columns = panel.named.map { name, column in
      guard scale != 1, let numbers = column.numbers else { return (name: name, column: column) }
      return (name, Column(numbers: numbers.map { $0 * scale }, unit: .ratio, known: column.known))
    }
    let time = (name: panel.dateKey, column: Column(periods: months))
    return Table(title: path, columns: [time] + columns)
  }
}

/// Files of candles as a panel.
private enum CandleFiles {
  static func panel(
    _ paths: [String], _ join: CandleJoin, _ interval: Value, _ context: Context
  ) throws -> PanelValue {
    let files = try LoadedFiles.blaming("files") {
      try paths.flatMap { path in
        try FilePattern.files(context.reading(path)).map { (path: path, file: $0) }
      }
    }
    let pages = try files.map { _, file in
      try LoadedFiles.blaming("files", of: file) { try page(file, context) }
    }
    let minutes = try length(interval)
    let joined = try LoadedFiles.blaming("files") {
      try CandlePanel(pages, minutes: minutes, join: join)
    }
    for (path, file) in files {
      try context.record(joined.panel, path: LoadedFiles.written(path, file), file: file)
    }
    let months = joined.panel.index.months
    context.ledger(
      joined.ledger,
      detail: Counted.text(joined.panel.assetCount, "asset") + "  "
        + "\(months.first?.description ?? "")..\(months.last?.description ?? "")  "
        + joined.panel.index.clock.description)
    for gap in joined.gaps {
      context.note(
        "\(gap.asset) has \(Counted.text(gap.count, "gap")): no return over them, `ret` is na")
    }
    if pages.contains(where: { $0.answered == nil }) {
      context.note("CSV files do not say when they were written: the last candle may be open still")
    }
    return PanelValue(panel: joined.panel, origin: paths[0])
  }

  private static func page(_ file: String, _ context: Context) throws -> CandlePage {
    guard [".json", ".json.gz", ".json.zip"].contains(where: file.hasSuffix) else {
      let table = try CSVReader.read(path: file, budget: context.budget)
      return try CandlePage(table, symbol: FilePattern.stem(file))
    }
    let bytes = try PackedText.read(file, budget: context.budget)
    do { return try CandlePage(json: JSON(parsing: bytes, mostValues: 10_000_000)) } catch let error
      as JSON.Fault
    {
      throw Fault(.badValue, "the file is not JSON: \(error.reason) at byte \(error.offset)")
    }
  }

  private static func length(_ interval: Value) throws -> Int? {
    if interval.isMissing { return nil }
    guard case .duration(let amount, let unit) = interval, amount > 0,
      let minutes = unit.minutes(amount)
    else {
      throw Fault(
        .wrongType, "`interval` is a length of time such as 15min, 1h, 1d or 1w",
        parameter: "interval")
    }
    return minutes
  }
}

extension Fault {
  /// A fault of one file of candles.
  init(_ error: CandlePage.Fault) {
    switch error {
    case .refused(let code, let message):
      self.init(
        .badValue, "the exchange refused to answer: \(message) (retCode \(code))",
        helps: ["ask for the page again; the file holds no candles"])
    case .malformed(let member, let wanted):
      self.init(.badValue, "`\(member)` is not \(wanted)")
    case .candle(let number, let reason):
      self.init(.badValue, "candle \(number) cannot be used: \(reason)")
    }
  }

  /// A fault of files of candles together.
  init(_ error: CandlePanel.Fault) {
    switch error {
    case .empty: self.init(.allMissing, "the files hold no closed candle")
    case .unknownInterval:
      self.init(
        .badValue, "one candle does not tell its length", helps: ["say it:  interval: 1h"],
        parameter: "interval")
    case .uneven(let asset, let minutes, let interval):
      self.init(
        .badValue,
        "two candles of \(asset) are \(minutes) minutes apart, which is no number of intervals of "
          + "\(interval)", helps: ["keep files of different intervals apart"])
    case .nothingShared(let assets):
      self.init(
        .outsideData,
        "\(assets.joined(separator: ", ")) have no period in common",
        helps: ["keep all periods:  join: outer"])
    }
  }
}
