// The one way to the terminal. Whatever passes is made harmless: control bytes become pictures of
// themselves, and only the theme's own marks become escape codes. It also owns the progress line,
// so that text and progress never overwrite each other, whichever thread they come from.

import FactorRuntime

/// Prints lines to output and error.
final class OutputGate: Sendable {
  /// What one of the two streams can show.
  struct Stream: Sendable {
    var isTerminal = false
    /// Tells whether a line can be rewritten in place.
    var canRewrite = false
    var hasColour = false
    /// Tells whether letters and signs beyond ASCII arrive as written.
    var speaksUTF8 = true
  }

  /// The progress line on the screen; nil if there is none.
  private let status = Guarded<String?>(nil)
  private let output: Stream
  private let errors: Stream
  private let write: @Sendable (Terminal.Stream, [UInt8]) -> Void

  /// Creates a gate to given streams; tests pass their own `write`.
  init(
    output: Stream, errors: Stream,
    write: @escaping @Sendable (Terminal.Stream, [UInt8]) -> Void
  ) {
    (self.output, self.errors, self.write) = (output, errors, write)
  }

  /// The gate to this process's output and error.
  static let standard = OutputGate(
    output: Terminal.stream(.output), errors: Terminal.stream(.error),
    write: { Terminal.write($1, to: $0) })

  /// Prints lines.
  func print(_ lines: [String], to stream: Terminal.Stream = .output) {
    guard !lines.isEmpty else { return }
    let look = stream == .output ? output : errors
    let text = lines.map { Self.finish($0, look) + "\n" }.joined()
    status.change { shown in
      if shown != nil { write(.error, Array("\r\u{1B}[K".utf8)) }
      shown = nil
      write(stream, Array(text.utf8))
    }
  }

  /// Gives lines, harmless and without colours, to something else that prints them; tells whether it did.
  func hand(_ lines: [String], to printer: ([UInt8]) -> Bool) -> Bool {
    var look = output
    look.hasColour = false
    let text = lines.map { Self.finish($0, look) + "\n" }.joined()
    return status.change { shown in
      if shown != nil { write(.error, Array("\r\u{1B}[K".utf8)) }
      shown = nil
      return printer(Array(text.utf8))
    }
  }

  /// Prints one line.
  func print(_ line: String, to stream: Terminal.Stream = .output) { print([line], to: stream) }

  /// Prints a prompt for a terminal without an editor.
  func show(prompt: String) { write(.output, Array(Self.clean(prompt).utf8)) }

  /// Tells whether there is a place for a progress line.
  var canShowStatus: Bool { errors.canRewrite }

  /// Rewrites the progress line in place; nil removes it.
  func show(status text: String?) {
    guard errors.canRewrite else { return }
    status.change { shown in
      guard text != nil || shown != nil else { return }
      let line = text.map { Self.finish($0, errors) } ?? ""
      write(.error, Array(("\r" + line + "\u{1B}[K").utf8))
      if text == nil { write(.error, Array("\r".utf8)) }
      shown = text
    }
  }

  // MARK: Making text harmless

  /// Replaces every control character except line breaks and tabs by something visible.
  static func clean(_ text: String) -> String { VisibleText.block(text) }

  /// Turns marks into codes or drops them, makes the rest harmless, closes what is open.
  static func finish(_ line: String, _ look: Stream) -> String {
    if line.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return line }
    var result = ""
    var isOpen = false
    for scalar in line.unicodeScalars {
      if Theme.marks ~= scalar.value {
        let code = Theme.escape(for: scalar.value)
        if look.hasColour { result += code }
        isOpen = look.hasColour && code != "\u{1B}[0m"
      } else {
        let safe = VisibleText.harmless(scalar)
        if look.speaksUTF8 || safe.isASCII {
          result.unicodeScalars.append(safe)
        } else {
          result += spelled[safe] ?? "?"
        }
      }
    }
    return isOpen ? result + "\u{1B}[0m" : result
  }

  /// What a terminal without UTF-8 shows instead.
  private static let spelled: [Unicode.Scalar: String] = [
    "▁": "_", "▂": ".", "▃": ":", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#",
    "·": "-", "…": "...", "−": "-", "–": "-", "—": "-", "×": "x", "²": "2", "→": "->", "≥": ">=",
    "≤": "<=", "─": "-", "│": "|", "┌": "+", "├": "+", "└": "+", "┐": "+", "┘": "+", "┤": "+",
    "“": "\"", "”": "\"", "‘": "'", "’": "'",
  ]
}
