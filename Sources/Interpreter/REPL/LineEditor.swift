// Statements from libedit, drawn by us. The only file that knows the shim; called from one thread.

import CEditShim
import FactorLang

/// Edits statements on the terminal.
final class LineEditor: LineSource {
  /// What the editor asks while a line is typed.
  struct Hooks {
    /// Tells whether Enter submits.
    var isWhole: (String) -> Bool
    /// Answers Tab: the text and the cursor's byte offset.
    var complete: (String, Int) -> CompletionAnswer
    /// Lines of help with what is being typed; the text and the cursor's byte offset.
    var hint: (String, Int) -> [String]
    /// Puts a text through another program; nil if it stays as it is.
    var editOutside: (String) -> String?
  }

  let isInteractive = true
  private let hooks: Hooks
  private let gate: OutputGate
  private let size: () -> (columns: Int, rows: Int)
  private var handle: OpaquePointer?
  private var entries: [String] = []
  private var recall = Recall([])
  private var search: HistorySearch?
  private var view = InputView()
  /// Candidates, shown until another key is pressed.
  private var menu: (text: String, cursor: Int, lines: [String])?
  /// Colours of the text they were found for.
  private var colours: (text: String, spans: [StyledSpan]) = ("", [])

  /// A text as large as this was pasted; colours and hints for it would make each key slow.
  private static let decoratedLimit = 1 << 16

  /// Creates an editor; nil where the terminal or the user's settings do not want one.
  init?(_ hooks: Hooks, gate: OutputGate, size: @escaping () -> (columns: Int, rows: Int)) {
    (self.hooks, self.gate, self.size) = (hooks, gate, size)
    let context = Unmanaged.passUnretained(self).toOpaque()
    handle = fq_edit_new(Self.shimHooks(context))
    guard handle != nil else { return nil }
    Self.guardTerminal()
    Interrupts.keep()
  }

  /// Sees to it that the terminal is given back as it is now, however the process ends.
  static func guardTerminal() {
    fq_guard_terminal()
    let restore: @convention(c) () -> Void = fq_restore_terminal
    SuddenEnd.restoration.store(
      UInt(bitPattern: unsafeBitCast(restore, to: UnsafeRawPointer.self)), ordering: .relaxed)
  }

  deinit { fq_edit_free(handle) }

  private static func shimHooks(_ context: UnsafeMutableRawPointer) -> fq_edit_hooks {
    fq_edit_hooks(
      context: context,
      complete: { context, edit in LineEditor.from(context)?.complete(edit) },
      is_complete: { context, text in
        LineEditor.from(context)?.hooks.isWhole(String(cString: text)) == false ? 0 : 1
      },
      draw: { context, edit, moment in LineEditor.from(context)?.draw(edit, moment) },
      bell: { context in LineEditor.from(context)?.gate.beep() },
      recall: { context, edit, direction in
        LineEditor.from(context)?.recall(edit, Int(direction)) == true ? 1 : 0
      },
      accept: { context, edit, onlyWord in
        LineEditor.from(context)?.accept(edit, onlyWord: onlyWord != 0) == true ? 1 : 0
      },
      search: { context, edit, key in
        LineEditor.from(context)?.search(edit, key) ?? FQ_SEARCH_ENDS
      },
      edit_outside: { context, edit in LineEditor.from(context)?.editOutside(edit) })
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> LineEditor? {
    context.map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }

  func readStatement(prompt: String, beginning: String) -> LineInput {
    guard let handle else { return .endOfInput }
    (view, menu, search, recall) = (InputView(), nil, nil, Recall(entries))
    view.prompt = prompt
    var text: UnsafeMutablePointer<CChar>?
    let status = fq_edit_read(handle, beginning, &text)
    defer { text?.deallocate() }
    switch status {
    case FQ_EDIT_TEXT: return .text(text.map { String(cString: $0) } ?? "")
    case FQ_EDIT_INTERRUPTED: return .interrupted
    default: return .endOfInput
    }
  }

  func remember(_ text: String) {
    if entries.last != text { entries.append(text) }
    if let handle { fq_edit_remember(handle, text) }
  }

  var bindings: String {
    guard let handle, let text = fq_edit_bindings(handle) else { return "" }
    defer { text.deallocate() }
    return String(cString: text)
  }

  private func text(_ edit: OpaquePointer) -> (text: String, cursor: Int) {
    var cursor = 0
    guard let bytes = fq_edit_text(edit, &cursor) else { return ("", 0) }
    defer { bytes.deallocate() }
    return (String(cString: bytes), cursor)
  }

  // MARK: Keys

  private func complete(_ edit: OpaquePointer) {
    let (text, cursor) = text(edit)
    let answer = hooks.complete(text, cursor)
    if answer.isEmpty { return gate.beep() }
    fq_edit_replace(edit, Int32(answer.replacedCharacters), answer.insertion)
    let now = self.text(edit)
    menu = answer.lines.isEmpty ? nil : (now.text, now.cursor, answer.lines)
  }

  private func recall(_ edit: OpaquePointer, _ direction: Int) -> Bool {
    guard let next = recall.move(direction, from: text(edit).text) else { return false }
    fq_edit_set_text(edit, next)
    return true
  }

  private func accept(_ edit: OpaquePointer, onlyWord: Bool) -> Bool {
    let ghost = view.ghost
    guard !ghost.isEmpty, text(edit).text == view.text else { return false }
    let word = ghost.prefix { $0 == " " } + ghost.drop { $0 == " " }.prefix { $0 != " " }
    fq_edit_replace(edit, 0, onlyWord ? String(word) : ghost)
    return true
  }

  private func editOutside(_ edit: OpaquePointer) {
    gate.eraseInput()
    if let new = hooks.editOutside(text(edit).text) { fq_edit_set_text(edit, new) }
  }

  // MARK: Searching

  private enum SearchKey {
    static let backspaces: [UInt32] = [8, 127]
    static let (older, leave, escape) = (UInt32(0x12), UInt32(7), UInt32(0x1B))
  }

  private func search(_ edit: OpaquePointer, _ key: UInt32) -> fq_edit_search {
    guard var now = search else {
      search = HistorySearch(entries, original: text(edit).text)
      return FQ_SEARCH_GOES_ON
    }
    var next = FQ_SEARCH_GOES_ON
    switch key {
    case SearchKey.older: if !now.older() { gate.beep() }
    case _ where SearchKey.backspaces.contains(key): now.erase()
    case SearchKey.escape: next = FQ_SEARCH_ENDS
    case SearchKey.leave:
      next = FQ_SEARCH_ENDS
      fq_edit_set_text(edit, now.original)
    case 0x20...:
      if let letter = Unicode.Scalar(key) { now.type(Character(letter)) }
    default: next = FQ_SEARCH_ENDS_BEFORE_KEY
    }
    if next == FQ_SEARCH_GOES_ON { fq_edit_set_text(edit, now.found ?? now.original) }
    search = next == FQ_SEARCH_GOES_ON ? now : nil
    return next
  }

  private func line(of search: HistorySearch) -> String {
    let fault = search.found == nil && !search.words.isEmpty ? "  (nothing has these words)" : ""
    return "search: \(search.words)\(fault)   Ctrl-R older · Enter runs · Esc edits · Ctrl-G leaves"
  }

  // MARK: Drawing

  private func draw(_ edit: OpaquePointer, _ moment: fq_edit_moment) {
    switch moment {
    case FQ_MOMENT_WAITING, FQ_MOMENT_RESIZED: show(edit, isFresh: false)
    case FQ_MOMENT_RESUMED: show(edit, isFresh: true)
    case FQ_MOMENT_CLEARED: gate.clearScreen()
    case FQ_MOMENT_SUBMITTED:
      // What was pressed before is not meant for the statement that begins.
      Interrupts.takePress()
      (view.text, view.cursor) = text(edit)
      leave(view.text)
    case FQ_MOMENT_INTERRUPTED: leave(view.text + "^C")
    default: leave(view.text)
    }
  }

  private func show(_ edit: OpaquePointer, isFresh: Bool) {
    let before = view.text
    (view.text, view.cursor) = text(edit)
    let isDecorated = view.text.utf8.count < Self.decoratedLimit
    if view.text != colours.text {
      let spans = isDecorated ? Highlighter.highlight(Source(name: "", text: view.text)) : []
      colours = (view.text, spans)
    }
    view.spans = colours.spans
    view.ghost = ""
    if let search {
      view.below = [line(of: search)]
    } else if let menu, menu.text == view.text, menu.cursor == view.cursor {
      view.below = menu.lines
    } else {
      menu = nil
      if view.cursor == view.text.utf8.count, !view.text.contains("\n") || before != view.text {
        view.ghost = recall.continuation(of: view.text) ?? ""
      }
      view.below = isDecorated ? hooks.hint(view.text, view.cursor) : []
    }
    put(isFresh: isFresh)
  }

  /// Draws the text without what only helps to type it, and goes below.
  private func leave(_ text: String) {
    view.spans = view.spans.filter { $0.span.end <= text.utf8.count }
    (view.text, view.cursor, view.ghost, view.below) = (text, text.utf8.count, "", [])
    put(isFresh: false, isWhole: true)
    gate.leaveInput()
  }

  private func put(isFresh: Bool, isWhole: Bool = false) {
    let size = size()
    let picture = view.picture(columns: size.columns, height: isWhole ? .max / 2 : size.rows)
    gate.draw(
      zip(picture.rows, picture.widths).map { ($0, $1) }, cursor: picture.cursor,
      columns: size.columns, isFresh: isFresh)
  }
}
