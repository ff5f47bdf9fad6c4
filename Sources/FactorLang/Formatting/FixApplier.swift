// Fixes that are certain, written into the text; what is left needs a person to choose.

/// Applies fixes to sources.
public enum FixApplier {
  /// Applies the first certain fix of each diagnostic, unless it overlaps one already taken or
  /// changes another source. Gives the new text, and what was done in the order of the diagnostics.
  public static func apply(
    _ diagnostics: [Diagnostic], to source: Source
  ) -> (text: String, applied: [String]) {
    var accepted: [Edit] = []
    var applied: [String] = []
    for diagnostic in diagnostics {
      guard let fix = diagnostic.fixes.first(where: \.isCertain) else { continue }
      guard let edits = joined(fix.edits, to: accepted, in: source) else { continue }
      accepted = edits
      applied.append(fix.title)
    }
    return (rewritten(source, accepted), applied)
  }

  /// Adds the edits of one fix, or gives nil if any of them cannot be made beside the others.
  private static func joined(_ edits: [Edit], to accepted: [Edit], in source: Source) -> [Edit]? {
    guard !edits.isEmpty else { return nil }
    var result = accepted
    for edit in edits {
      let span = edit.location.span
      guard edit.location.source == source, span.end <= source.bytes.count,
        !result.contains(where: { overlap($0.location.span, span) })
      else { return nil }
      result.append(edit)
    }
    return result
  }

  /// Tells whether two ranges share bytes, or a place to insert whose order would be open.
  private static func overlap(_ left: Span, _ right: Span) -> Bool {
    if left.start == right.start { return true }
    return left.start < right.end && right.start < left.end
  }

  /// Makes the edits from the end backwards, so that offsets before them stay as they are.
  private static func rewritten(_ source: Source, _ edits: [Edit]) -> String {
    var bytes = source.bytes
    for edit in edits.sorted(by: { $0.location.span.start > $1.location.span.start }) {
      let span = edit.location.span
      bytes.replaceSubrange(span.start..<span.end, with: edit.replacement.utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
