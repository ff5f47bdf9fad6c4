// Statements from libedit. The only file that knows the shim; called from one thread.

import CEditShim

/// Edits statements on the terminal.
final class LineEditor: LineSource {
  /// What the editor asks while a line is typed.
  struct Hooks {
    /// Tells whether Enter submits.
    var isWhole: (String) -> Bool
    /// Answers Tab: the text and the cursor's byte offset.
    var complete: (String, Int) -> CompletionAnswer
  }

  let isInteractive = true
  private let hooks: Hooks
  private var handle: OpaquePointer?

  /// Creates an editor; nil where the terminal or the user's settings do not want one.
  init?(_ hooks: Hooks) {
    self.hooks = hooks
    let context = Unmanaged.passUnretained(self).toOpaque()
    handle = fq_edit_new(
      fq_edit_hooks(
        context: context,
        complete: { context, edit in LineEditor.from(context)?.complete(edit) },
        is_complete: { context, text in
          LineEditor.from(context)?.hooks.isWhole(String(cString: text)) == false ? 0 : 1
        }))
    guard handle != nil else { return nil }
  }

  deinit { fq_edit_free(handle) }

  func readStatement(prompt: String) -> LineInput {
    guard let handle else { return .endOfInput }
    var text: UnsafeMutablePointer<CChar>?
    let status = fq_edit_read(handle, prompt, &text)
    defer { text?.deallocate() }
    switch status {
    case FQ_EDIT_TEXT: return .text(text.map { String(cString: $0) } ?? "")
    case FQ_EDIT_INTERRUPTED: return .interrupted
    default: return .endOfInput
    }
  }

  func remember(_ text: String) {
    if let handle { fq_edit_remember(handle, text) }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> LineEditor? {
    context.map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }

  private func complete(_ edit: OpaquePointer) {
    var cursor = 0
    guard let bytes = fq_edit_text(edit, &cursor) else { return }
    defer { bytes.deallocate() }
    let answer = hooks.complete(String(cString: bytes), cursor)
    if answer.isEmpty { return fq_edit_beep(edit) }
    fq_edit_replace(edit, Int32(answer.replacedCharacters), answer.insertion)
    if !answer.lines.isEmpty {
      fq_edit_list(edit, answer.lines.map { $0 + "\n" }.joined())
    }
  }
}
