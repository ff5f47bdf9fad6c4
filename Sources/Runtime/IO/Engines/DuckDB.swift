// The engine that reads Parquet files and databases: found, opened, asked.
//
// It is looked for where the variable FQ_DUCKDB points, in the user's own folder, and among the system's libraries.
// A database is opened for reading only, and what the user asks must be one statement that reads.

import CDuckDB

/// A database that is open for reading.
final class DuckDB {
  private let database: OpaquePointer

  /// Where the engine is looked for if nothing says otherwise, below the home folder.
  static let folder = ".local/share/fq/duckdb"

  /// Opens a database; an empty one without a path.
  init(_ path: String?, format: String, budget: Budget) throws(FileError) {
    guard Self.isLoaded else {
      throw .missingEngine(
        format: format,
        command:
          "apt-get install -y libpython3.11 && python3.11 -m pip install --no-deps --target ~/\(Self.folder) duckdb"
      )
    }
    let memory = budget.memoryLimit == .max ? nil : "\(max(32, budget.memoryLimit >> 20))MB"
    var reason: UnsafeMutablePointer<CChar>?
    guard
      let opened = fq_duck_open(path ?? ":memory:", Int32(min(64, budget.threads)), memory, &reason)
    else { throw .malformed(format: format, reason: Self.words(reason)) }
    database = opened
  }

  deinit { fq_duck_close(database) }

  /// Whether the engine is at hand.
  static let isLoaded: Bool = places.contains { place in
    fq_duck_load(place.file, place.python) == 1
  }

  private static var places: [(file: String, python: String?)] {
    let home = FileSystem.environment("HOME").map { $0 + "/" + folder }
    let wanted = FileSystem.environment("FQ_DUCKDB")
    let folders = [wanted, home].compactMap { $0 }.flatMap { [$0, $0 + "/duckdb"] }
    var found: [(String, String?)] = []
    if let wanted, FileSystem.exists(wanted), !FileSystem.isFolder(wanted) {
      found.append((wanted, python(wanted)))
    }
    for folder in folders where FileSystem.isFolder(folder) {
      let names = (try? FileSystem.list(folder)) ?? []
      for name in names.sorted()
      where name.hasSuffix(".so") && (name.contains("duckdb.cpython") || name == "libduckdb.so") {
        found.append((folder + "/" + name, python(name)))
      }
    }
    return found + [("libduckdb.so", nil), ("libduckdb.dylib", nil)]
  }

  /// The library of the Python that a wheel was built for: `_duckdb.cpython-311-…` needs that of 3.11.
  private static func python(_ name: String) -> String? {
    guard let start = name.firstRange(of: "cpython-3")?.upperBound else { return nil }
    let minor = name[start...].prefix { $0.isNumber }
    return minor.isEmpty ? nil : "libpython3.\(minor).so.1.0"
  }

  private static func words(_ reason: UnsafeMutablePointer<CChar>?) -> String {
    guard let reason else { return "no reason is given" }
    defer { fq_duck_free(reason) }
    // The first line says it; those behind repeat the question.
    let text = String(cString: reason)
    return String(text.prefix { $0 != "\n" })
  }

  // MARK: Asking

  /// Runs a statement of ours.
  func run(_ sql: String) throws(FileError) {
    var reason: UnsafeMutablePointer<CChar>?
    if fq_duck_run(database, sql, &reason) != 0 {
      throw .malformed(format: "Parquet", reason: Self.words(reason))
    }
  }

  /// Lets questions see one file only, where the engine's version can.
  func confine(to path: String) {
    let name = path.reduce(into: "") { $0 += $1 == "'" ? "''" : String($1) }
    guard (try? run("SET allowed_paths = ['\(name)']")) != nil else { return }
    try? run("SET enable_external_access = false")
    try? run("SET lock_configuration = true")
  }

  /// Refuses whatever is not one statement that reads.
  func checkOnlyReads(_ sql: String) throws(FileError) {
    var reason: UnsafeMutablePointer<CChar>?
    switch fq_duck_only_reads(database, sql, &reason) {
    case 1: return
    case 0: throw .refusedQuery(reason: "it is not one `select`, and only that is run")
    default: throw .refusedQuery(reason: Self.words(reason))
    }
  }

  /// Asks, and hands over the answer chunk by chunk.
  func ask(_ sql: String, _ budget: Budget, _ take: (Chunk) throws -> Void) throws {
    var reason: UnsafeMutablePointer<CChar>?
    guard let answer = fq_duck_ask(database, sql, &reason) else {
      throw FileError.refusedQuery(reason: Self.words(reason))
    }
    defer { fq_duck_forget(answer) }
    var state: Int32 = 1
    while state == 1 {
      try budget.check()
      state = fq_duck_step(answer, &reason)
    }
    guard state == 0 else { throw FileError.refusedQuery(reason: Self.words(reason)) }
    while true {
      try budget.check()
      let rows = fq_duck_next(answer, &reason)
      if rows < 0 { throw FileError.refusedQuery(reason: Self.words(reason)) }
      if rows == 0 { return }
      try take(Chunk(answer: answer, rows: Int(rows)))
    }
  }

  /// Some rows of an answer; valid only while it is handed over.
  struct Chunk {
    fileprivate let answer: OpaquePointer
    let rows: Int

    private func isThere(_ column: Int) -> (Int) -> Bool {
      guard let bits = fq_duck_present(answer, Int32(column)) else { return { _ in true } }
      return { row in bits[row >> 6] >> UInt64(row & 63) & 1 == 1 }
    }

    /// Adds the numbers of a column to a list; missing ones as NaN.
    func append(numbers column: Int, to list: inout [Double]) {
      guard let values = fq_duck_values(answer, Int32(column)) else { return }
      let first = list.count
      list.append(
        contentsOf: UnsafeBufferPointer(
          start: values.assumingMemoryBound(to: Double.self), count: rows))
      guard let bits = fq_duck_present(answer, Int32(column)) else { return }
      // Most words say that all 64 are there.
      for word in 0..<(rows + 63) / 64 where bits[word] != .max {
        for row in word * 64..<min(rows, word * 64 + 64)
        where bits[word] >> UInt64(row & 63) & 1 == 0 {
          list[first + row] = .nan
        }
      }
    }

    func days(_ column: Int) -> [CalendarDate] {
      guard let values = fq_duck_values(answer, Int32(column)) else { return [] }
      let (days, isThere) = (values.assumingMemoryBound(to: Int32.self), isThere(column))
      return (0..<rows).map { isThere($0) ? CalendarDate(days: days[$0]) : .missing }
    }

    func texts(_ column: Int, _ take: (UnsafeBufferPointer<UInt8>) -> Void) {
      guard let values = fq_duck_values(answer, Int32(column)) else { return }
      let (texts, isThere) = (values.assumingMemoryBound(to: fq_duck_text.self), isThere(column))
      for row in 0..<rows {
        let count = isThere(row) ? Int(texts[row].length) : 0
        guard count > 0, let bytes = fq_duck_bytes(texts + row) else {
          take(UnsafeBufferPointer(start: nil, count: 0))
          continue
        }
        bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
          take(UnsafeBufferPointer(start: $0, count: count))
        }
      }
    }
  }
}
