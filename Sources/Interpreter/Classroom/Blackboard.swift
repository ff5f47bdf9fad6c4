// What a classroom writes: titles, prose, and statements as if typed. It counts the lines since the reader last
// pressed a key, so that nothing runs off the screen unread.

import FactorLang
import FactorRuntime

/// Writes to a gate whose lines are counted.
final class Blackboard: Sendable {
  let gate: OutputGate
  let width: @Sendable () -> Int
  /// Lines of the screen; nil where nobody has to turn pages.
  let height: @Sendable () -> Int?
  fileprivate struct Page {
    /// Lines since it was turned.
    var lines = 0
    /// Tells whether the last line is empty.
    var endsBlank = false
    var endsLine = true
  }
  private let page: Guarded<Page>

  /// Writes to given streams; tests pass their own `write`.
  init(
    output: OutputGate.Stream, errors: OutputGate.Stream, width: @escaping @Sendable () -> Int,
    height: @escaping @Sendable () -> Int?,
    write: @escaping @Sendable (Terminal.Stream, [UInt8]) -> Void
  ) {
    (self.width, self.height) = (width, height)
    let page = Guarded(Page())
    self.page = page
    gate = OutputGate(output: output, errors: errors) { stream, bytes in
      page.change { $0.add(bytes) }
      write(stream, bytes)
    }
  }

  /// The terminal, or what takes its place.
  static func standard(_ fixed: Int?) -> Blackboard {
    let isWatched = Terminal.isTerminal(0) && Terminal.isTerminal(1)
    return Blackboard(
      output: Terminal.stream(.output), errors: Terminal.stream(.error),
      width: { fixed ?? Terminal.width() }, height: { isWatched ? Terminal.size().rows : nil },
      write: { Terminal.write($1, to: $0) })
  }

  /// Lines written since the page was turned.
  var lines: Int { page.read { $0.lines } }

  /// Begins to count anew: whatever stands above has been read.
  func turnPage() { page.change { $0 = Page() } }

  /// Tells whether so many more lines would push unread ones off the screen.
  func isFull(for more: Int) -> Bool {
    guard let height = height(), lines > 0 else { return false }
    return lines + more > height - 1
  }

  /// Leaves an empty line, if there is none yet.
  func gap() {
    if !page.read({ $0.endsBlank }) { gate.print("") }
  }

  // MARK: Words

  func say(_ text: String) { gate.print(text) }

  func say(faint text: String) {
    gate.print(Self.wrapped(text, proseWidth).map { Theme.style($0, .faint) })
  }

  /// Praise.
  func say(right text: String) {
    gate.print(Self.wrapped(text, proseWidth).map { Self.coloured($0, .help) })
  }

  /// What is not right yet.
  func say(wrong text: String) {
    gate.print(Self.wrapped(text, proseWidth).map { Self.coloured($0, .warning) })
  }

  /// A title across the page.
  func title(_ text: String, _ place: String = "") {
    let width = min(self.width(), 79)
    let used = TextWidth.of(text) + TextWidth.of(place) + 2 + (place.isEmpty ? 0 : 1)
    let rule = String(repeating: "─", count: max(3, width - used))
    gap()
    gate.print([
      Theme.style(text, .heading) + " "
        + Theme.style(rule + (place.isEmpty ? "" : " " + place), .faint)
    ])
  }

  /// The lines that prose takes.
  func lines(of prose: [String]) -> [String] { Self.paragraphs(prose, proseWidth) }

  func show(prose: [String]) { gate.print(lines(of: prose).map(Self.marked)) }

  private var proseWidth: Int { max(20, min(width() - 1, 78)) }

  /// Puts the words of lines into lines of a width; empty lines part paragraphs, and lines that begin with a
  /// dash begin anew.
  static func paragraphs(_ prose: [String], _ width: Int) -> [String] {
    var result: [String] = []
    var open = ""
    func close() {
      if !open.isEmpty { result += wrapped(open, width) }
      open = ""
    }
    for line in prose {
      if line.isEmpty {
        close()
        result.append("")
      } else if line.hasPrefix("- ") {
        close()
        open = line
      } else {
        open += (open.isEmpty ? "" : " ") + line
      }
    }
    close()
    while result.last?.isEmpty == true { result.removeLast() }
    return Array(result.drop(while: \.isEmpty))
  }

  // Code in backquotes is not broken.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    let indent = text.hasPrefix("- ") ? "  " : ""
    var lines: [String] = []
    var line = ""
    for word in words(text) {
      let next = line.isEmpty ? word : line + " " + word
      if TextWidth.of(next) > width, !line.isEmpty {
        lines.append(line)
        line = indent + word
      } else {
        line = next
      }
    }
    return lines + (line.isEmpty ? [] : [line])
  }

  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var isOpen = false
    for word in text.split(separator: " ") {
      let marks = word.count { $0 == "`" }
      if isOpen, let last = words.popLast() {
        words.append(last + " " + word)
      } else {
        words.append(String(word))
      }
      if marks % 2 == 1 { isOpen.toggle() }
    }
    return words
  }

  /// Code in backquotes stands out.
  private static func marked(_ line: String) -> String {
    let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
    guard pieces.count > 2 else { return line }
    return pieces.enumerated().map { place, piece in
      guard place % 2 == 1, place < pieces.count - 1 else { return String(piece) }
      return coloured("`\(piece)`", .note)
    }.joined()
  }

  private static func coloured(_ text: String, _ style: DiagnosticStyle) -> String {
    let (before, after) = Theme.decorator.around(style)
    return before + text + after
  }

  // MARK: Statements

  /// A statement as it stands at the prompt, coloured, in pieces of a character each.
  static func strokes(_ text: String) -> [String] {
    let source = Source(name: "", text: text)
    var styles = [StyleClass?](repeating: nil, count: source.bytes.count)
    for span in Highlighter.highlight(source) {
      for place in span.span.start..<min(span.span.end, styles.count) { styles[place] = span.style }
    }
    var place = 0
    return text.map { character in
      defer { place += String(character).utf8.count }
      guard place < styles.count, character != "\n",
        let marks = styles[place].flatMap({ Theme.marks(for: $0) })
      else { return String(character) }
      return marks.open + String(character) + marks.close
    }
  }

  /// Writes a statement behind the prompt at once.
  func show(statement text: String, prompt: String) {
    gate.print(
      (prompt + Self.strokes(text).joined()).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map(String.init))
  }
}

extension Blackboard.Page {
  fileprivate mutating func add(_ bytes: [UInt8]) {
    lines += bytes.count { $0 == 0x0A }
    guard bytes.last == 0x0A else {
      if !bytes.isEmpty { (endsBlank, endsLine) = (false, false) }
      return
    }
    endsBlank = bytes.count > 1 ? bytes[bytes.count - 2] == 0x0A : endsLine
    endsLine = true
  }
}
