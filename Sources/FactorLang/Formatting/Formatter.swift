// A program to its canonical text: the same tokens, comments and tree, with spaces and line starts
// put in order. Lines are never joined or wrapped; only the stages of a pipeline that its author
// broke are put on lines of their own.

/// Writes programs in one layout.
public enum Formatter {
  /// Gives the canonical text of a program. `aliases` maps the name of a function to the name it
  /// stands for, and calls are written with the latter unless the program defines the former. A
  /// program with diagnostics is given back as it is.
  public static func format(_ program: Program, aliases: [String: String] = [:]) -> String {
    formatted(program, aliases: aliases) ?? String(decoding: program.source.bytes, as: UTF8.self)
  }

  /// Gives the canonical text of a program, or nil if it has diagnostics.
  public static func formatted(_ program: Program, aliases: [String: String] = [:]) -> String? {
    guard program.diagnostics.isEmpty, program.verdict == .complete else { return nil }
    var writer = LayoutWriter(program, LayoutPlan(program, aliases: aliases))
    return writer.write()
  }
}

/// Goes through the tokens once, keeping track of the columns that lines align to.
struct LayoutWriter {
  let source: Source
  let tokens: [Token]
  let plan: LayoutPlan
  var text = LayoutText()
  var frames: [LayoutFrame] = []
  /// The place of the author's text at which a column was asked for last.
  var authorPlace = (offset: 0, column: 0)
  /// How many strings with holes are open; inside them nothing is changed.
  private var openStrings = 0

  init(_ program: Program, _ plan: LayoutPlan) {
    source = program.source
    tokens = program.tokens
    self.plan = plan
  }

  mutating func write() -> String {
    for index in tokens.indices {
      let token = tokens[index]
      if openStrings > 0 {
        text.append(source.bytes[token.triviaSpan.start..<token.start])
      } else {
        popFrames(before: token)
        writeTrivia(index)
        noteContent(token)
        pushFrames(at: token)
      }
      writeToken(token)
    }
    return text.finished()
  }

  private mutating func writeToken(_ token: Token) {
    if let name = plan.renamed[token.start] {
      text.append(name.utf8)
    } else if token.kind == .pipe {
      text.append("|".utf8)
    } else {
      text.append(source.bytes[token.start..<token.end])
    }
    if token.kind == .stringHead { openStrings += 1 }
    if token.kind == .stringTail { openStrings -= 1 }
    guard openStrings == 0 else { return }
    if token.kind.isOpener { frames.append(bracketFrame(token)) }
    if token.kind.isCloser, !frames.isEmpty { frames.removeLast() }
  }

  // MARK: Between two tokens

  private mutating func writeTrivia(_ index: Int) {
    let token = tokens[index]
    let previous = index > 0 ? tokens[index - 1] : nil
    let breaks = startsLine(index)
    let place =
      breaks || token.followsComment ? column(of: token, after: previous) : (token: 0, comments: 0)
    var pending = 0
    var allowsBlank = previous?.kind.isOpener != true
    for piece in token.followsComment ? source.pieces(before: token) : [] {
      switch piece.kind {
      case .newline: pending += 1
      case .space: break
      default:
        write(piece, at: place.comments, after: pending, allowsBlank)
        (pending, allowsBlank) = (0, true)
      }
    }
    guard token.kind != .endOfInput else { return }
    if breaks {
      if !token.followsComment { pending = lineBreaks(before: token) }
      let isInner = token.kind.isCloser || token.kind == .pipe
      text.breakLine(blank: pending > 1 && allowsBlank && !isInner)
      text.indent(to: place.token)
    } else if let previous {
      text.space(spaces(previous, token))
    }
  }

  private func lineBreaks(before token: Token) -> Int {
    source.bytes[token.triviaSpan.start..<token.start].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
  }

  /// Tells whether the token begins a line of the result.
  private func startsLine(_ index: Int) -> Bool {
    let token = tokens[index]
    if plan.joined.contains(token.start) { return false }
    if index == 0 { return token.followsComment }
    return token.isFirstOnLine || plan.broken.contains(token.start)
  }

  private mutating func write(
    _ piece: TriviaPiece, at column: Int, after breaks: Int, _ allowsBlank: Bool
  ) {
    if breaks == 0, !text.isEmpty {
      text.space(2)
    } else {
      // Moved to the very first byte, a recorded diagnostic would become a shebang.
      if text.isEmpty, piece.kind == .diagnostic { text.append("\n".utf8) }
      text.breakLine(blank: breaks > 1 && allowsBlank)
      text.indent(to: piece.isAtMargin ? 0 : column)
    }
    var end = piece.span.end
    let isRecorded = piece.kind == .output || piece.kind == .diagnostic
    while end > piece.span.start, Source.isBlank(source.bytes[end - 1]) {
      if isRecorded, source.bytes[end - 1] != 0x0D { break }
      end -= 1
    }
    text.append(source.bytes[piece.span.start..<end])
  }
}

extension TriviaPiece {
  /// Tells whether the piece belongs to the far left whatever stands around it.
  fileprivate var isAtMargin: Bool {
    switch kind {
    case .cell, .output, .diagnostic, .shebang: return true
    default: return false
    }
  }
}
