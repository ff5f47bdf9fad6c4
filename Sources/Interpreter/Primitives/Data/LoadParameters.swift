// What verbs that read files may be told about them, said once for all of them.

import FactorLang
import FactorRuntime

extension FileSource: ChoiceWord {
  public var sentence: String {
    switch self {
    case .auto: "told by the names of the columns"
    case .crsp:
      "letters and -44 to -99 in RET and DLRET say why they are missing; a negative PRC is a midpoint"
    case .french: "-99.99 and -999 are missing"
    case .yahoo: "rows of null are days without a trade; the file's name is the firm"
    case .plain: "every number is what it says"
    }
  }
}

/// What is done with rows that repeat a firm and period.
enum DuplicateRows: String, ChoiceWord {
  case error, first, last

  var sentence: String {
    switch self {
    case .error: "are refused, with their lines"
    case .first: "the first in the file stays, the others are counted"
    case .last: "the last in the file stays, the others are counted"
    }
  }

  var reading: PanelReader.Duplicates {
    switch self {
    case .error: .refused
    case .first: .first
    case .last: .last
    }
  }
}

enum LoadParameters {
  static let source = Parameter<FileSource>.choice(
    "source", default: .auto, "who made the file, and so which codes stand for missing values"
  ).labelled
  static let missing = Parameter<Value>.value(
    "missing", default: .missing, shown: "those of the source",
    "further codes of missing values in columns of numbers, such as -99.99 or [-9, \"X\"]"
  ).labelled
  static let percent = Parameter<ColumnNames>.columns(
    "percent", required: false, "columns in percent, which become decimals"
  ).labelled
  static let decimal = Parameter<ColumnNames>.columns(
    "decimal", required: false, "columns of returns that stay as they are, whatever their size"
  ).labelled
  static let member = Parameter<String?>.optional(
    "member", "the file to read of a zip archive that holds several"
  ).labelled

  /// Codes given by `missing:` as texts.
  static func codes(_ value: Value) throws -> [String] {
    switch value {
    case .missing: return []
    case .list(let items): return try items.flatMap(codes)
    case .text(let text): return [text]
    case .integer(let number): return [String(number)]
    default:
      guard let number = Double(value) else {
        throw Fault(
          .wrongType, "`missing` takes numbers and texts, not \(value.type.phrase)",
          helps: ["missing: [-99.99, \"NA\"]"], parameter: "missing")
      }
      return ["\(number)"]
    }
  }

  static func options(
    _ source: FileSource, _ missing: Value, percent: ColumnNames, decimal: ColumnNames,
    member: String?
  ) throws -> CSVOptions {
    var options = CSVOptions()
    (options.source, options.missingCodes) = (source, try codes(missing))
    (options.percent, options.decimal, options.member) = (percent.names, decimal.names, member)
    return options
  }
}
