// Where statements come from: an editor, a pipe, or a list. Nothing else knows which.

import FactorLang

/// What was read.
enum LineInput: Equatable {
  case text(String)
  case endOfInput
  /// The line was given up with Ctrl-C.
  case interrupted
}

/// Gives statements one by one.
protocol LineSource: AnyObject {
  /// Tells whether a person types here.
  var isInteractive: Bool { get }
  /// Reads one whole statement, of one or several lines; what it may begin with can be changed.
  func readStatement(prompt: String, beginning: String) -> LineInput
  /// Adds a statement to what can be recalled.
  func remember(_ text: String)
  /// The keys as libedit prints them, a line each; empty where lines are read as they are.
  var bindings: String { get }
}

extension LineSource {
  func remember(_ text: String) {}

  var bindings: String { "" }

  func readStatement(prompt: String) -> LineInput { readStatement(prompt: prompt, beginning: "") }
}

/// Tells whether a text can be submitted or wants more lines.
enum Submission {
  /// Whole, wrong, a command, or closed by an empty line: all of these are to be looked at now.
  static func isWhole(_ text: String) -> Bool {
    let words = text.drop { $0 == " " || $0 == "\n" || $0 == "\t" }
    if words.isEmpty || ShellCommand.isCommand(text) { return true }
    // What comes next stands on another line, where a string of this one cannot be closed.
    guard Parser.parse(text + "\n").verdict == .incomplete else { return true }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count > 1 && lines[lines.count - 1].allSatisfy { $0 == " " || $0 == "\t" }
  }
}

/// Reads lines without editing, from a pipe or a terminal that cannot do more; joins them by the
/// parser's verdict.
final class PlainLineSource: LineSource {
  let isInteractive: Bool
  private let gate: OutputGate
  private let read: () -> [UInt8]?
  private let wasInterrupted: () -> Bool
  private var waiting: [UInt8] = []
  private var isAtEnd = false

  /// Reads chunks of bytes until there are none.
  ///
  /// Where reading ends because Ctrl-C was pressed, `wasInterrupted` tells so.
  init(
    isInteractive: Bool, gate: OutputGate, wasInterrupted: @escaping () -> Bool = { false },
    read: @escaping () -> [UInt8]?
  ) {
    (self.isInteractive, self.gate, self.read) = (isInteractive, gate, read)
    self.wasInterrupted = wasInterrupted
  }

  func readStatement(prompt: String, beginning: String) -> LineInput {
    // What cannot be edited is taken as it is.
    if !beginning.isEmpty { return .text(beginning) }
    if isInteractive { gate.show(prompt: prompt) }
    guard var text = readLine() else {
      if isInteractive { gate.print("") }
      return takeInterruption() ? .interrupted : .endOfInput
    }
    // An empty line belongs to the statement here: piped scripts have them between stages.
    while !isWhole(text), let line = readLine() { text += "\n" + line }
    guard isAtEnd, takeInterruption() else { return .text(text) }
    gate.print("")
    return .interrupted
  }

  /// Whether there is more to come although reading ended.
  private func takeInterruption() -> Bool {
    guard wasInterrupted() else { return false }
    (isAtEnd, waiting) = (false, [])
    return true
  }

  private func isWhole(_ text: String) -> Bool {
    if isInteractive { return Submission.isWhole(text) }
    return ShellCommand.isCommand(text) || Parser.parse(text).verdict != .incomplete
  }

  private func readLine() -> String? {
    while true {
      if let end = waiting.firstIndex(of: 0x0A) {
        let line = waiting[..<end]
        waiting.removeSubrange(...end)
        return Self.text(line)
      }
      guard !isAtEnd, let more = read(), !more.isEmpty else {
        isAtEnd = true
        defer { waiting = [] }
        return waiting.isEmpty ? nil : Self.text(waiting[...])
      }
      waiting += more
    }
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
  }
}

/// Gives what it was given; for tests.
final class ScriptedLineSource: LineSource {
  let isInteractive: Bool
  private var inputs: ArraySlice<LineInput>
  private(set) var remembered: [String] = []

  init(_ inputs: [LineInput], isInteractive: Bool = true) {
    (self.inputs, self.isInteractive) = (inputs[...], isInteractive)
  }

  convenience init(_ lines: String...) { self.init(lines.map(LineInput.text)) }

  func readStatement(prompt: String, beginning: String) -> LineInput {
    beginning.isEmpty ? inputs.popFirst() ?? .endOfInput : .text(beginning)
  }

  func remember(_ text: String) { remembered.append(text) }
}
