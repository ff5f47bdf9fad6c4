// Who made a file, and which codes stand for missing values in it.
//
// A code counts only in the columns it was made for. A number that is a code elsewhere and stands in a column it was
// not declared for is no value and no missing value but a question, and the reader asks it (TableCleaner.swift).
// References: CRSP data descriptions (RET, DLRET, PRC); the notes in the files of Kenneth French's data library.

/// A maker of files.
public enum FileSource: String, Sendable, CaseIterable {
  /// Told by the names of the columns.
  case auto
  case crsp, french, yahoo
  /// Nobody in particular: every number is what it says.
  case plain

  /// The maker that names of columns prove; nil if they prove none.
  static func proved(by names: [String]) -> FileSource? {
    let names = Set(names.map { $0.lowercased() })
    if !names.isDisjoint(with: ["permno", "permco"]), !names.isDisjoint(with: crspColumns) {
      return .crsp
    }
    if names.contains("mkt-rf"), !names.isDisjoint(with: ["smb", "rf"]) { return .french }
    if names.isSuperset(of: ["open", "high", "low", "close", "adj close"]) { return .yahoo }
    return nil
  }

  private static let crspColumns: Set<String> = [
    "ret", "retx", "dlret", "prc", "mthret", "mthretx", "mthprc", "shrout", "dlyret",
  ]

  /// What the letters and numbers of CRSP mean, in the order a legend lists them.
  static let crspReturns = ["A", "B", "C", "D", "E"]
  static let crspDelisting = ["A", "P", "S", "T"]
  static let crspNumbers = ["-44", "-55", "-66", "-77", "-88", "-99"]
  static let frenchNumbers = ["-99.99", "-999"]

  /// The codes of one column.
  func codes(_ column: String) -> [String] {
    switch (self, column.lowercased()) {
    case (.crsp, "ret"), (.crsp, "retx"):
      Self.crspReturns + Self.crspNumbers
    case (.crsp, "dlret"), (.crsp, "dlretx"): Self.crspDelisting + Self.crspNumbers
    case (.french, _): Self.frenchNumbers
    default: []
    }
  }

  /// A word about a code, for a legend; nil where the code says it itself.
  static func meaning(_ code: String, in column: String) -> String? {
    let column = column.lowercased()
    guard column.hasPrefix("ret") else {
      return column.hasPrefix("dlret") ? delistingMeanings[code] : nil
    }
    return returnMeanings[code]
  }

  private static let returnMeanings = [
    "A": "no data", "B": "off exchange", "C": "no valid price before", "D": "no listing",
    "E": "nothing to compare with", "-88": "no data", "-77": "off exchange",
    "-66": "no valid price before", "-55": "no listing", "-44": "nothing to compare with",
    "-99": "no valid price",
  ]
  private static let delistingMeanings = [
    "A": "still trading", "P": "price over ten periods later", "S": "no price after",
    "T": "no price found",
    "-55": "no source", "-66": "over ten periods later", "-88": "still trading",
    "-99": "amount unknown",
  ]
}

/// The codes of missing values of one column of numbers.
struct ColumnCodes: Sendable {
  /// Codes that are no numbers, as they are written.
  private(set) var words: [[UInt8]] = []
  /// Codes that are numbers.
  private(set) var values: [(code: String, value: Double)] = []

  init(_ codes: [String] = []) {
    for code in codes {
      let bytes = Array(code.utf8)
      if let value = bytes.withUnsafeBufferPointer({ NumberParser.shared.parse($0) }) {
        values.append((code, value))
      } else {
        words.append(bytes)
      }
    }
  }

  func has(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    words.contains { $0.count == text.count && $0.elementsEqual(text) }
  }

  func code(of value: Double) -> String? { values.first { $0.value == value }?.code }
}

/// Why values of a column are missing, and how many of them for that reason.
public struct MissingReason: Sendable, Equatable {
  /// The code as the file writes it; empty for a field without text.
  public let code: String
  public let count: Int

  public init(code: String, count: Int) { (self.code, self.count) = (code, count) }
}

/// Counts of codes of at most eight bytes, without text until they are shown.
struct ReasonTally: Sendable {
  private var items: [(key: UInt64, count: Int)] = []

  mutating func note(_ text: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    var key: UInt64 = 0
    for byte in text.prefix(8) { key = key << 8 | UInt64(byte) }
    add(key, times)
  }

  mutating func add(_ other: ReasonTally) {
    for item in other.items { add(item.key, item.count) }
  }

  private mutating func add(_ key: UInt64, _ count: Int) {
    if let place = items.firstIndex(where: { $0.key == key }) {
      items[place].count += count
    } else {
      items.append((key, count))
    }
  }

  /// The codes by number, the most frequent first.
  var reasons: [MissingReason] {
    items.filter { $0.key != 0 }.map { item in
      let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: item.key >> ($0 * 8)) }
      return MissingReason(
        code: String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self), count: item.count)
    }.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
  }
}
