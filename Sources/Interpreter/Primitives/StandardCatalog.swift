// All primitives, in the order help lists them; how the language sees the bridge.

import FactorLang
import FactorRuntime
import Models

/// The built-ins of fq.
public struct StandardCatalog: Catalog {
  public let primitives: [Primitive]
  private let positions: [String: Int]

  /// Every primitive of fq.
  public static let standard = StandardCatalog(
    // One array of arrays: a chain of sums would copy the beginning again and again, at every start.
    [
      dataPrimitives, marketPrimitives, [frenchPrimitive], filePrimitives, panelPrimitives,
      columnVerbPrimitives, [characteristicsPrimitive, resamplePrimitive],
      [mergePrimitive, delistPrimitive, publishPrimitive], fillingPrimitives, tablePrimitives,
      [pivotPrimitive], columnPrimitives, crossSectionPrimitives, timeSeriesPrimitives,
      importPrimitives, mathPrimitives, listPrimitives, modelPrimitives,
      [loadingsPrimitive, latentsPrimitive], evaluationPrimitives, robustnessPrimitives,
      sweepPrimitives, rollingPrimitives, inferencePrimitives,
      [bootstrapPrimitive, sortPrimitive], seriesPrimitives, regimePrimitives,
      dynamicsPrimitives, portfolioPrimitives, strategyPrimitives, [explainPrimitive],
      plotPrimitives, fieldPlotPrimitives, lessonPrimitives, sessionPrimitives,
      conventionPrimitives,
    ].flatMap { $0 })

  /// Makes the catalog beside other work, such as waiting for the first key at the prompt.
  static func prepare() { Parallel.detached(stackBytes: 1 << 20) { _ = standard } }

  init(_ primitives: [Primitive]) {
    self.primitives = primitives
    positions = Dictionary(
      primitives.enumerated().map { ($1.signature.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Names of the formulaic-alpha literature; the formatter writes fq's own.
  public static let aliases = [
    "ts_rank": "ts.rank", "ts_min": "ts.min", "ts_max": "ts.max", "ts_sum": "ts.sum",
    "ts_argmax": "ts.argmax", "ts_argmin": "ts.argmin", "decay_linear": "ts.decay",
    "stddev": "ts.std", "correlation": "ts.corr", "covariance": "ts.cov", "delta": "ts.delta",
    "delay": "lag", "rank": "xs.rank", "scale": "xs.scale", "indneutralize": "xs.neutralize",
  ]

  func primitive(_ name: String) -> Primitive? {
    (positions[name] ?? Self.aliases[name].flatMap { positions[$0] }).map { primitives[$0] }
  }

  public func signature(named name: String) -> Signature? { primitive(name)?.signature }

  public var names: [String] { primitives.map(\.signature.name) }

  /// What can be named without arguments is a value, such as `toy`.
  public func constant(named name: String) -> Type? {
    guard let signature = signature(named: name), signature.receiver == nil,
      signature.parameters.isEmpty
    else { return nil }
    guard case .addsNamed(let columns) = signature.effect else { return signature.result }
    var schema = Schema(columns, keys: ["date", "id"])
    schema.months = ToyPanel.span
    return signature.result.with(schema)
  }

  public func members(of type: Type) -> [MemberInfo]? {
    let members = Members.list(of: type)?.map { MemberInfo($0.name, $0.type, $0.sentence) }
    switch type {
    // What has columns or nothing at all behind the dot, and no members besides.
    case .table, .integer, .number, .ratio, .month, .date, .quarter, .duration, .text, .bool, .list,
      .range, .plot:
      return members ?? []
    default: return members
    }
  }
}

/// Columns of files, read from their headers for the checker.
public struct HeaderSchemas: FileSchemas {
  let folder: String
  /// Answers for files that are not at hand.
  private let lock: LockFile?

  /// Looks for files from a folder.
  public init(folder: String) { self.init(folder: folder, lock: nil) }

  init(folder: String, lock: LockFile?) { (self.folder, self.lock) = (folder, lock) }

  public func schema(of request: FileRequest) -> FileSchemaResult {
    let written = ScriptFolder.find(request.path, beside: folder)
    let isPattern = FilePattern.isPattern(written)
    // The files of a pattern have the same columns, or are refused when they are read.
    let path = isPattern ? (try? FilePattern.files(written))?.first ?? written : written
    guard FileSystem.exists(path) else {
      return lock?.schema(of: request.path).map { .found($0) } ?? .missing
    }
    // What is read once is left to the run.
    guard !FileSystem.isStream(path) else { return .unknown }
    do {
      let keys = try LoadKeys.resolve(request.keys, path: path)
      let header = try PanelReader.header(
        of: path, asset: keys.asset, date: keys.date,
        named: isPattern ? FilePattern.stem(path) : nil, options: Self.options(request))
      // Later lines may turn a column of numbers into text, never the other way.
      let columns = header.columns.map { item in
        let type = Self.type(of: item.kind)
        return ColumnInfo(
          item.name, type, known: ReturnAliases.isLead(item.name) ? 1 : nil,
          isGuessed: type != .text)
      }
      let own = [ColumnInfo(header.dateKey, .any), ColumnInfo(header.assetKey, .text)]
      let month = header.dateKey == "month" ? [] : [ColumnInfo("month", .month)]
      var schema = Schema(
        own + columns + month,
        keys: [header.dateKey, header.assetKey])
      if header.isSurelyDaily { schema.pace = .days }
      return .found(schema)
    } catch {
      let fault = Fault(error)
      return fault.code == .cannotRead && fault.helps.isEmpty
        ? .unreadable(fault.message)
        : .refused(fault.code, fault.message, helps: fault.helps, notes: fault.notes)
    }
  }

  /// What changes which columns a file has, as far as the text of the program tells it.
  private static func options(_ request: FileRequest) -> CSVOptions {
    func text(_ name: String) -> String? {
      guard let written = request.options[name], written.count >= 2, written.hasPrefix("\""),
        written.hasSuffix("\""), !written.contains(where: { $0 == "{" || $0 == "\\" })
      else { return nil }
      return String(written.dropFirst().dropLast())
    }
    var options = CSVOptions()
    (options.member, options.query) = (text("member"), text("query"))
    options.source = request.options["source"].flatMap { FileSource(rawValue: $0) } ?? .auto
    options.percent = (request.options["percent"] ?? "").split(separator: ",").map { name in
      String(name.filter { !"[]\"".contains($0) }.drop { $0 == " " })
    }
    return options
  }

  static func type(of kind: String) -> Type {
    switch kind {
    case "num", "number": .number
    case "text": .text
    default: .any
    }
  }
}

/// Which of the named keys is the firm and which the month.
enum LoadKeys {
  static func resolve(_ keys: [String], path: String) throws -> (asset: String?, date: String?) {
    guard let first = keys.first else { return (nil, nil) }
    guard keys.count == 2 else {
      throw Fault(.wrongType, "`keys` names two columns, the firm and the month", parameter: "keys")
    }
    let second = keys[1]
    let dateNames = KeyAliases.date.map { $0.lowercased() }
    if dateNames.contains(first.lowercased()) { return (second, first) }
    if dateNames.contains(second.lowercased()) { return (first, second) }
    // Unusual names: the order firm, month.
    return (first, second)
  }
}
