// The one way to the terminal. Whatever passes is made harmless: control bytes become pictures of
// themselves, and only the theme's own marks become escape codes. It also owns the progress line and
// the statement being edited, so that text and they never overwrite each other, whichever thread the
// text comes from: it is printed above them.

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

  /// What stands below the last line that was printed.
  private struct Bottom {
    /// The progress line; nil if there is none.
    var status: String?
    /// The statement being edited; nil if none is.
    var input: EditRegion?
  }

  private let bottom = Guarded(Bottom())
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
    bottom.change { bottom in
      if bottom.status != nil { write(.error, Array("\r\u{1B}[K".utf8)) }
      bottom.status = nil
      guard let input = bottom.input else { return write(stream, Array(text.utf8)) }
      let raw = text.replacing("\n", with: "\r\n")
      write(.output, Array((input.erased() + raw + input.fresh).utf8))
    }
  }

  /// Gives lines, harmless and without colours, to something else that prints them; tells whether it did.
  func hand(_ lines: [String], to printer: ([UInt8]) -> Bool) -> Bool {
    var look = output
    look.hasColour = false
    let text = lines.map { Self.finish($0, look) + "\n" }.joined()
    return bottom.change { bottom in
      if bottom.status != nil { write(.error, Array("\r\u{1B}[K".utf8)) }
      bottom.status = nil
      return printer(Array(text.utf8))
    }
  }

  /// Prints one line.
  func print(_ line: String, to stream: Terminal.Stream = .output) { print([line], to: stream) }

  /// Prints a prompt for a terminal without an editor.
  func show(prompt: String) { write(.output, Array(Self.clean(prompt).utf8)) }

  /// Takes back the line that is being written, where lines can be rewritten.
  func eraseLine() { write(.output, Array((output.canRewrite ? "\r\u{1B}[K" : "\n").utf8)) }

  /// Goes back to the line above and empties it, where lines can be rewritten.
  func retakeLine() {
    if output.canRewrite { write(.output, Array("\u{1B}[A\r\u{1B}[K".utf8)) }
  }

  /// Prints a piece of a line.
  func write(_ piece: String) { write(.output, Array(Self.finish(piece, output).utf8)) }

  /// Tells whether output is read on a screen, as it comes.
  var isScreen: Bool { output.isTerminal }

  /// Tells whether there is a place for a progress line.
  var canShowStatus: Bool { errors.canRewrite }

  /// Rewrites the progress line in place; nil removes it.
  func show(status text: String?) {
    guard errors.canRewrite else { return }
    bottom.change { bottom in
      guard bottom.input == nil, text != nil || bottom.status != nil else { return }
      let line = text.map { Self.finish($0, errors) } ?? ""
      write(.error, Array(("\r" + line + "\u{1B}[K").utf8))
      if text == nil { write(.error, Array("\r".utf8)) }
      bottom.status = text
    }
  }

  // MARK: The statement being edited

  /// Draws a statement in place of the one on the screen; `isFresh` where the screen is not what it was.
  func draw(
    _ rows: [(text: String, width: Int)], cursor: EditRegion.Place, columns: Int, isFresh: Bool
  ) {
    let finished = rows.map { EditRegion.Row(text: Self.finish($0.text, output), width: $0.width) }
    let new = EditRegion(rows: finished, cursor: cursor, columns: columns)
    bottom.change { bottom in
      let text = isFresh ? "\r" + new.fresh : new.update(from: bottom.input ?? EditRegion())
      bottom.input = new
      if !text.isEmpty { write(.output, Array(text.utf8)) }
    }
  }

  /// Leaves the statement on the screen and goes on below it.
  func leaveInput() {
    bottom.change { bottom in
      if let input = bottom.input { write(.output, Array(input.left.utf8)) }
      bottom.input = nil
    }
  }

  /// Takes the statement off the screen; what comes next stands in its place.
  func eraseInput() {
    bottom.change { bottom in
      if let input = bottom.input { write(.output, Array(input.erased().utf8)) }
      bottom.input = nil
    }
  }

  /// Empties the screen; what is drawn next stands at its top.
  func clearScreen() {
    bottom.change { bottom in
      write(.output, Array("\u{1B}[H\u{1B}[2J".utf8))
      bottom.input = nil
    }
  }

  /// Sounds the bell.
  func beep() { write(.output, [7]) }

  // MARK: Making text harmless

  /// Replaces every control character except line breaks and tabs by something visible.
  static func clean(_ text: String) -> String { VisibleText.block(text) }

  /// A text without the theme's marks.
  static func withoutMarks(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.lazy.filter { !(Theme.marks ~= $0.value) })
    return String(result)
  }

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
