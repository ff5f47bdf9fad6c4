// A script with its recorded outputs: lines `#> ` after a statement are what it showed, `#! ` what went wrong.
//
// Recorded lines are comments to the language. Running compares them, updating rewrites them; all other
// bytes of the file stay as they are.

import FactorLang
import FactorRuntime

/// A source and the recorded lines in it.
public struct Notebook {
  /// What was recorded after one line of code.
  struct Record: Equatable {
    /// The line, from 0, after which it stands in the text without recorded lines.
    let line: Int
    let lines: [String]
  }

  /// The text without recorded lines, line by line.
  let code: [String]
  /// What is recorded, in order.
  let records: [Record]
  private let source: Source

  /// Reads a notebook.
  public init(_ source: Source) {
    self.source = source
    let covered = Notebook.linesInsideTokens(source)
    var code: [String] = []
    var records: [Record] = []
    var open: [String] = []
    func close() {
      if !open.isEmpty { records.append(Record(line: code.count - 1, lines: open)) }
      open = []
    }
    // By bytes: a carriage return and the newline after it would be one character.
    let lines = source.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = String(decoding: bytes, as: UTF8.self)
      if Notebook.isRecorded(line, index), !covered.contains(index) {
        open.append(String(line.drop { $0 == " " }.prefix { $0 != "\r" }))
      } else {
        close()
        code.append(line)
      }
    }
    close()
    (self.code, self.records) = (code, records)
  }

  private static func isRecorded(_ line: String, _ index: Int) -> Bool {
    let bare = line.drop { $0 == " " }
    if bare.hasPrefix("#>") { return true }
    // The first line of a script may name its interpreter.
    return bare.hasPrefix("#!") && index > 0
  }

  // A line of a long string may begin like a recorded one.
  private static func linesInsideTokens(_ source: Source) -> Set<Int> {
    var lines: Set<Int> = []
    for token in Parser.parse(source).tokens {
      let (first, last) = (source.lineIndex(at: token.start), source.lineIndex(at: token.end))
      if last > first { lines.formUnion((first + 1)...last) }
    }
    return lines
  }

  /// The text with these records in place of its own.
  func text(with records: [Record]) -> String {
    var lines: [String] = []
    var rest = records[...]
    for (index, line) in code.enumerated() {
      lines.append(line)
      while let record = rest.first, record.line <= index {
        lines += record.lines
        rest = rest.dropFirst()
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The line, without recorded ones, on which a byte of the source stands.
  func codeLine(at offset: Int) -> Int {
    let line = source.lineIndex(at: offset)
    // Count the recorded lines above by walking the records.
    var recorded = 0
    for record in records {
      guard record.line + recorded < line else { break }
      recorded += record.lines.count
    }
    return max(0, line - recorded)
  }

  /// A shown line and a line of what went wrong, as recorded.
  static func recorded(_ line: String, isDiagnostic: Bool) -> String {
    // A file is printed too.
    var text = (isDiagnostic ? "#! " : "#> ") + VisibleText.block(line)
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
