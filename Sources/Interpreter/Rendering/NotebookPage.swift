// A notebook as a page: title, sections of prose, code and what the code showed, and where the numbers come from.
//
// Definition: the title is the first sentence of the prose at the top, up to its full stop, colon or question mark;
// a file that begins otherwise is called by its name. Each `#%%` begins a section. The line of the interpreter and the
// edition say nothing to a reader and are left out.

import FactorLang
import FactorRuntime

/// What a page consists of; HTML and Markdown are two ways to write it.
struct NotebookPage {
  enum Block {
    case prose([ProseBlock])
    case code([CodeLine])
    case output(PageOutput)
  }

  struct Section {
    var title: String?
    var blocks: [Block]
  }

  let title: String
  /// The script's name without its folders.
  let file: String
  let sections: [Section]
  /// Where the numbers come from.
  let facts: [ReportDocument.Fact]

  /// Takes apart a script, its recorded lines left out, and puts what was shown after its lines.
  init(
    _ notebook: Notebook, name: String, outputs: [NotebookResult.Output],
    facts: [ReportDocument.Fact]
  ) {
    file = name.split(separator: "/").last.map(String.init) ?? name
    self.facts = facts
    var builder = PageBuilder(notebook, outputs)
    builder.build()
    let (heading, opening) = Self.title(of: builder.opening)
    var sections = builder.sections
    if heading != nil, case .prose? = sections[0].blocks.first {
      let rest = ProseMarkup.blocks(opening)
      sections[0].blocks[0] = .prose(rest)
      if rest.isEmpty { sections[0].blocks.removeFirst() }
    }
    title = heading ?? Self.called(file)
    self.sections = sections.filter { $0.title != nil || !$0.blocks.isEmpty }
  }

  /// The sections that have a title, which a list of contents names, with the names of their places.
  ///
  /// As GitHub names headings: letters, digits, hyphens and underscores; spaces become hyphens, and what comes again
  /// gets a number. The page's own title has such a name too.
  var titled: [(title: String, anchor: String)] {
    var seen = [Self.anchor(title): 1]
    return sections.compactMap(\.title).map { title in
      let anchor = Self.anchor(title)
      let count = seen[anchor, default: 0]
      seen[anchor] = count + 1
      return (title, count == 0 ? anchor : "\(anchor)-\(count)")
    }
  }

  private static func anchor(_ title: String) -> String {
    var result = ""
    for character in VisibleText.line(title).lowercased() {
      if character == " " {
        result += "-"
      } else if character.isLetter || character.isNumber || "-_".contains(character) {
        result.append(character)
      }
    }
    return result.isEmpty ? "section" : result
  }

  private static let longestTitle = 90

  // The first sentence, and the lines that are left.
  private static func title(of lines: [String]) -> (String?, [String]) {
    let end = lines.firstIndex { $0.isEmpty } ?? lines.count
    let words = Array(lines[..<end].joined(separator: " "))
    let rest = lines[end...].drop { $0.isEmpty }
    guard !words.isEmpty, !lines[0].hasPrefix("- ") else { return (nil, lines) }
    var stop = words.count
    for (place, sign) in words.enumerated() where ".:?!".contains(sign) {
      guard place + 1 == words.count || words[place + 1] == " " else { continue }
      stop = place
      break
    }
    let isQuestion = stop < words.count && (words[stop] == "?" || words[stop] == "!")
    let title = String(words[..<(isQuestion ? stop + 1 : stop)])
    guard stop > 0, title.count <= longestTitle, !title.contains("`") else { return (nil, lines) }
    let after = words[min(words.count, stop + 1)...].drop { $0 == " " }
    let opening = after.isEmpty ? "" : after[after.startIndex].uppercased() + after.dropFirst()
    return (title, (opening.isEmpty ? [] : [opening, ""]) + rest)
  }

  // A name such as `value_and_growth.fq` or `lesson1.fq` as words.
  private static func called(_ file: String) -> String {
    let stem = file.hasSuffix(".fq") ? String(file.dropLast(3)) : file
    var words = ""
    for character in stem.replacing("_", with: " ") {
      if character.isNumber, words.last?.isLetter == true { words += " " }
      words.append(character)
    }
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

/// A line of code in pieces of one look each.
typealias CodeLine = [(text: String, style: StyleClass?)]

/// Goes through the lines of a script and gathers sections.
private struct PageBuilder {
  private enum Kind { case title(String), prose(String), code, blank, hidden }

  private(set) var sections = [NotebookPage.Section(title: nil, blocks: [])]
  /// The prose before anything else.
  private(set) var opening: [String] = []
  private let lines: [CodeLine]
  private let kinds: [Kind]
  private let outputs: [Int: [PageOutput]]
  private var code: [CodeLine] = []
  private var prose: [String] = []

  init(_ notebook: Notebook, _ outputs: [NotebookResult.Output]) {
    let source = Source(name: "", text: notebook.code.joined(separator: "\n"))
    lines = Self.styled(source)
    kinds = Self.kinds(source)
    self.outputs = Dictionary(outputs.map { ($0.line, $0.parts) }, uniquingKeysWith: +)
  }

  mutating func build() {
    for (number, kind) in kinds.enumerated() {
      switch kind {
      case .title(let title):
        closeAll()
        sections.append(NotebookPage.Section(title: title, blocks: []))
      case .prose(let words):
        closeCode()
        prose.append(words)
      case .code:
        closeProse()
        code.append(lines[number])
      case .blank: if code.isEmpty { closeProse() } else { code.append([]) }
      case .hidden: break
      }
      if let shown = outputs[number] {
        closeAll()
        add(PageOutput.joined(shown).map { .output($0) })
      }
    }
    closeAll()
  }

  private mutating func add(_ blocks: [NotebookPage.Block]) {
    sections[sections.count - 1].blocks += blocks
  }

  private mutating func closeAll() {
    closeProse()
    closeCode()
  }

  private mutating func closeProse() {
    guard !prose.isEmpty else { return }
    if sections.count == 1, sections[0].blocks.isEmpty { opening = prose }
    add([.prose(ProseMarkup.blocks(prose))])
    prose = []
  }

  private mutating func closeCode() {
    while code.last?.isEmpty == true { code.removeLast() }
    if !code.isEmpty { add([.code(code)]) }
    code = []
  }

  // MARK: Lines

  // What each line is; prose within a statement belongs to its code.
  private static func kinds(_ source: Source) -> [Kind] {
    let program = Parser.parse(source)
    var kinds = (0..<source.lineStarts.count).map { number -> Kind in
      let span = source.lineSpan(number)
      let isBlank = source.bytes[span.start..<span.end].allSatisfy { $0 <= 0x20 }
      return isBlank ? .blank : .code
    }
    if kinds.count > 0, source.text(source.lineSpan(0)).hasPrefix("#!") { kinds[0] = .hidden }
    let inside = program.statements.map(\.span)
    if program.edition != nil, let token = program.tokens.first {
      let line = source.lineIndex(at: token.start)
      let rest = source.text(source.lineSpan(line)).split(separator: " ")
      if rest.count == 2 { kinds[line] = .hidden }
    }
    for cell in program.cells {
      if let span = cell.titleSpan {
        kinds[source.lineIndex(at: span.start)] = .title(cell.title ?? "")
      }
      for line in cell.prose {
        let number = source.lineIndex(at: line.span.start)
        let isInside = inside.contains { $0.start < line.span.start && line.span.start < $0.end }
        guard !isInside, source.beginsItsLine(line.span.start) else { continue }
        kinds[number] = .prose(line.text)
      }
    }
    return kinds
  }

  // The pieces of each line; a string of several lines is cut at their ends.
  private static func styled(_ source: Source) -> [CodeLine] {
    var lines = [CodeLine](repeating: [], count: source.lineStarts.count)
    var place = 0
    func add(_ span: Span, _ style: StyleClass?) {
      var number = source.lineIndex(at: span.start)
      var start = span.start
      while start < span.end {
        let line = source.lineSpan(number)
        let text = source.text(Span(start, min(span.end, max(start, line.end))))
        if !text.isEmpty { lines[number].append((text, style)) }
        number += 1
        start = number < source.lineStarts.count ? source.lineStarts[number] : span.end
      }
    }
    for piece in Highlighter.highlight(source) {
      add(Span(place, piece.span.start), nil)
      add(piece.span, piece.style)
      place = piece.span.end
    }
    add(Span(place, source.bytes.count), nil)
    return lines
  }
}
