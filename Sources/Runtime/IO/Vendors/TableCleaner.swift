// What a table needs after reading: codes made missing, questions asked, prices and percent put right.
//
// Everything that is changed is said in a remark with its count. Order: codes, then stray codes, then prices, then
// units, so that a code never counts as a return.

/// Applies what is known about the maker of a table.
struct TableCleaner {
  private let table: CSVTable
  private let options: CSVOptions
  private let source: FileSource
  private var columns: [Column]
  private var missing: [[MissingReason]]
  private var notes: [String]

  static func clean(_ table: CSVTable, _ options: CSVOptions) throws(CSVError) -> CSVTable {
    var cleaner = TableCleaner(table, options)
    try cleaner.checkNames()
    for place in table.names.indices { try cleaner.removeCodes(place) }
    cleaner.describeMissing()
    cleaner.mendPrices()
    try cleaner.readPercent()
    cleaner.noteWrittenNumbers()
    cleaner.scaleReturns()
    for place in table.names.indices where ReturnAliases.isLead(table.names[place]) {
      cleaner.columns[place].known = 1
      cleaner.notes.append("\(table.names[place]): known a period after its row")
    }
    return table.with(cleaner.columns, missing: cleaner.missing, notes: cleaner.notes)
  }

  private init(_ table: CSVTable, _ options: CSVOptions) {
    (self.table, self.options) = (table, options)
    source = options.source(of: table.names)
    (columns, missing, notes) = (table.columns, table.missing, table.notes)
    if source != .plain, options.source == .auto {
      notes.append("source: \(source.rawValue), by its columns")
    }
  }

  private func checkNames() throws(CSVError) {
    for name in options.percent + options.decimal where !table.names.contains(name) {
      throw .noSuchColumn(name: name, available: table.names)
    }
  }

  // MARK: Codes

  private mutating func removeCodes(_ place: Int) throws(CSVError) {
    guard case .numbers(var numbers) = columns[place].values else { return }
    let codes = options.codes(of: table.names[place], source)
    var counts = [Int](repeating: 0, count: codes.values.count)
    for (number, code) in codes.values.enumerated() {
      for row in numbers.indices where numbers[row] == code.value {
        numbers[row] = .nan
        counts[number] += 1
      }
    }
    missing[place] += zip(codes.values, counts).filter { $1 > 0 }.map {
      MissingReason(code: $0.code, count: $1)
    }
    if options.source != .plain { try refuseStrayCodes(numbers, table.names[place]) }
    if counts.contains(where: { $0 > 0 }) {
      columns[place] = Column(
        finite: numbers, unit: columns[place].unit, known: columns[place].known)
    }
  }

  /// Codes of missing returns in columns they were not declared for.
  private func refuseStrayCodes(_ numbers: [Double], _ name: String) throws(CSVError) {
    let known: [(code: String, value: Double)] = [("-99.99", -99.99), ("-999", -999)]
    // Every column of every file passes here, and hardly any goes further.
    var least = Double.infinity
    for number in numbers where number < least { least = number }
    guard least <= -44 else { return }
    var candidates = known.filter { code in numbers.contains(code.value) }
    if ReturnAliases.isReturn(name), candidates.isEmpty {
      candidates = FileSource.crspNumbers.compactMap { code in Double(code).map { (code, $0) } }
        .filter { numbers.contains($0.value) && isAlone($0.value, numbers) }
    } else if !ReturnAliases.isReturn(name) {
      candidates = candidates.filter { isAlone($0.value, numbers) }
    }
    guard let stray = candidates.first else { return }
    let rows = numbers.indices.filter { numbers[$0] == stray.value }
    throw .strayCode(
      line: table.line(ofRow: rows[0]), field: name, code: stray.code, count: rows.count)
  }

  /// Whether nothing but codes lies below half of a number: values of a quantity come closer.
  private func isAlone(_ code: Double, _ numbers: [Double]) -> Bool {
    let codes: Set<Double> = [-99.99, -999, -44, -55, -66, -77, -88, -99]
    return !numbers.contains { $0 < code / 2 && !codes.contains($0) }
  }

  /// A remark for each reason why values are missing; columns with the same reasons share it.
  private mutating func describeMissing() {
    var found: [(words: String, names: [String])] = []
    for place in table.names.indices {
      guard let words = missingWords(place) else { continue }
      if let same = found.firstIndex(where: { $0.words == words }) {
        found[same].names.append(table.names[place])
      } else {
        found.append((words, [table.names[place]]))
      }
    }
    notes += found.map { Self.listed($0.names) + ": " + $0.words }
  }

  private func missingWords(_ place: Int) -> String? {
    guard missing[place].contains(where: { isCode($0.code) }) else { return nil }
    let total = columns[place].missingCount
    let rest = total - missing[place].reduce(0) { $0 + $1.count }
    let reasons = missing[place].sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    let parts =
      reasons.map { "\($0.code) \(NumberFormat.count($0.count))" }
      + (rest > 0 ? ["empty \(NumberFormat.count(rest))"] : [])
    let legend = reasons.compactMap { reason in
      FileSource.meaning(reason.code, in: table.names[place]).map { "\(reason.code) \($0)" }
    }
    return "\(NumberFormat.count(total)) missing (\(parts.joined(separator: ", ")))"
      + (source == .crsp && !legend.isEmpty ? "; " + legend.joined(separator: ", ") : "")
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
  }

  // Spellings such as NA say no more than an empty field; rows of `null` are how Yahoo says "no trade".
  private func isCode(_ code: String) -> Bool {
    let spellings = ["NA", "NaN", "nan", "na", "N/A", "n/a", "#N/A", "<NA>", ".", "-", "NAN"]
    let nulls = ["null", "NULL", "Null"]
    return !spellings.contains(code) && (source == .yahoo || !nulls.contains(code))
  }

  // MARK: Prices and units

  /// A negative price of CRSP is the middle of bid and ask; zero says that there is none.
  private mutating func mendPrices() {
    guard source == .crsp else { return }
    let prices: Set<String> = ["prc", "altprc", "mthprc", "dlyprc"]
    for place in table.names.indices where prices.contains(table.names[place].lowercased()) {
      guard let numbers = columns[place].numbers else { continue }
      let negative = numbers.count { $0 < 0 }
      let zero = numbers.count { $0 == 0 }
      guard negative + zero > 0 else { continue }
      columns[place] = Column(
        finite: numbers.map { $0 == 0 ? .nan : abs($0) }, unit: columns[place].unit,
        known: columns[place].known)
      let name = table.names[place]
      if negative > 0 {
        notes.append(
          "\(name): \(NumberFormat.count(negative)) negative (bid/ask midpoint), sign removed")
      }
      if zero > 0 {
        notes.append("\(name): \(NumberFormat.count(zero)) zero (no price), made missing")
      }
    }
  }

  /// Text such as `1.5%` in the columns that are said to be in percent.
  private mutating func readPercent() throws(CSVError) {
    for place in table.names.indices where options.percent.contains(table.names[place]) {
      guard case .text(let codes, let words) = columns[place].values else { continue }
      let numbers = words.map(WrittenNumber.percent)
      if let code = numbers.firstIndex(of: nil), let row = codes.firstIndex(of: Int32(code)) {
        throw .badValue(
          line: table.line(ofRow: row), column: place + 1, field: table.names[place],
          value: words[code], expected: "a number or a percentage")
      }
      columns[place] = Column(
        finite: codes.map { $0 < 0 ? .nan : numbers[Int($0)] ?? .nan }, unit: .plain,
        known: columns[place].known)
    }
  }

  /// Columns of text whose words a person reads as numbers; a look at some of them tells.
  private mutating func noteWrittenNumbers() {
    let keys = options.textColumns + options.dateColumns
    for place in table.names.indices where !keys.contains(table.names[place]) {
      guard case .text(_, let words) = columns[place].values,
        let example = WrittenNumber.example(in: words.prefix(200))
      else { continue }
      let name = table.names[place]
      notes.append(
        "\(name): text, as in `\(example)`"
          + (example.hasSuffix("%") ? "; percent: [\(Self.written(name))] makes numbers of it" : "")
      )
    }
  }

  private mutating func scaleReturns() {
    let places = table.names.indices.filter { place in
      let name = table.names[place]
      return columns[place].numbers != nil && ReturnAliases.isReturn(name)
        && !options.percent.contains(name) && !options.decimal.contains(name)
    }
    var scaled = table.names.indices.filter { options.percent.contains(table.names[$0]) }
    if options.detectsUnits, !places.isEmpty {
      let unit = ReturnUnit(
        of: places.compactMap { columns[$0].numbers },
        arePortfolios: source == .french
          || places.allSatisfy { ReturnAliases.isPortfolio(table.names[$0]) })
      if unit == .percent {
        let names = places.map { table.names[$0] }
        notes.append(
          "\(Self.listed(names)): percent → decimals, by \(places.count == 1 ? "its" : "their") size; "
            + "decimal: [\(names.map(Self.written).joined(separator: ", "))] keeps them")
        scaled += places
      } else {
        noteImpossible(places)
      }
    }
    for place in scaled {
      guard let numbers = columns[place].numbers else { continue }
      columns[place] = Column(
        finite: numbers.map { $0 / 100 }, unit: columns[place].unit, known: columns[place].known)
    }
    if !options.percent.isEmpty {
      notes.append("\(options.percent.joined(separator: ", ")): percent → decimals")
    }
  }

  // Returns that stay as they are although some say a loss of more than everything.
  private mutating func noteImpossible(_ places: [Int]) {
    for place in places {
      let numbers = columns[place].numbers ?? []
      let count = numbers.count { $0 < ReturnUnit.beyondAll }
      guard count > 0 else { continue }
      let name = table.names[place]
      notes.append(
        "\(name): \(NumberFormat.count(count)) below -100%, which no return is; percent: [\(Self.written(name))] "
          + "makes decimals of percent")
    }
  }

  /// A column's name as a program writes it: in quotes if it is no word.
  private static func written(_ name: String) -> String {
    let isWord = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
    return isWord ? name : "\"\(name)\""
  }
}
