// A diagnostic to lines of text: message, place, excerpts with marks, reason, data, advice, notes.
// Plain by default; a decorator passed in supplies colours, this module knows none.

/// Names the parts of a rendered message that may look different.
public enum DiagnosticStyle: Sendable, CaseIterable {
  case error, warning, note
  case message, gutter, location, primaryMark, secondaryMark, help, fix
}

/// Puts text around each styled part, such as terminal escape codes.
public struct Decorator: Sendable {
  /// Gives what stands before and after a part.
  public let around: @Sendable (DiagnosticStyle) -> (before: String, after: String)

  /// Creates a decorator.
  public init(_ around: @escaping @Sendable (DiagnosticStyle) -> (before: String, after: String)) {
    self.around = around
  }

  /// Adds nothing.
  public static let plain = Decorator { _ in ("", "") }

  func apply(_ style: DiagnosticStyle, _ text: String) -> String {
    let (before, after) = around(style)
    return text.isEmpty ? "" : before + text + after
  }
}

/// Renders diagnostics.
public struct Renderer: Sendable {
  /// Excerpts shown at most.
  private static let excerptLimit = 3

  private let decorator: Decorator

  /// Creates a renderer.
  public init(_ decorator: Decorator = .plain) { self.decorator = decorator }

  /// Renders the full form, lines ending in a line break; fixes are numbered from `firstFix`. Where there is a
  /// width, sentences that are longer go on below their own beginning.
  public func render(_ diagnostic: Diagnostic, firstFix: Int = 1, width: Int? = nil) -> String {
    let groups = excerptGroups(diagnostic)
    let last = groups.map { $0.source.firstLine + $0.lines.last.line }.max() ?? 1
    let gutter = Gutter(width: String(last).count, decorator: decorator)
    let advice = AdviceLines(indent: gutter.indent, width: width, decorator: decorator)
    var lines = advice.wrapped(Excerpt.clean(diagnostic.message), behind: heading(diagnostic))
    for (index, group) in groups.enumerated() {
      lines += excerpt(group, gutter, opensWith: index == 0 ? "┌─" : "├─")
    }
    lines += gutter.block(diagnostic.data.map(Excerpt.clean))
    lines += advice.lines(diagnostic, firstFix)
    return lines.map { $0 + "\n" }.joined()
  }

  /// Renders several diagnostics with blank lines between, numbering fixes through.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    var first = 1
    var parts: [String] = []
    for diagnostic in diagnostics {
      parts.append(render(diagnostic, firstFix: first))
      first += diagnostic.fixes.count
    }
    return parts.joined(separator: "\n")
  }

  /// Renders the form for experts: `file:line:column: error[F0101]: message`.
  public func short(_ diagnostic: Diagnostic) -> String {
    let place = decorator.apply(
      .location, Excerpt.clean(diagnostic.source.describe(diagnostic.span.start)))
    return "\(place): \(headline(diagnostic))"
  }

  private func headline(_ diagnostic: Diagnostic) -> String {
    let (style, text) = heading(diagnostic)
    return decorator.apply(style, text) + ": "
      + decorator.apply(.message, Excerpt.clean(diagnostic.message))
  }

  private func heading(_ diagnostic: Diagnostic) -> (DiagnosticStyle, String) {
    let text = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]"
    switch diagnostic.severity {
    case .error: return (.error, text)
    case .warning: return (.warning, text)
    case .note: return (.note, text)
    }
  }

  // MARK: Excerpts

  /// The labels of one source by line.
  private struct Group {
    let source: Source
    let start: Int
    var lines: Lines
  }

  private struct Lines {
    var all: [(line: Int, labels: [(label: Label, isPrimary: Bool)])]
    var last: (line: Int, labels: [(label: Label, isPrimary: Bool)]) { all[all.count - 1] }
  }

  private func excerptGroups(_ diagnostic: Diagnostic) -> [Group] {
    let secondary = diagnostic.secondary.prefix(Self.excerptLimit - 1).map { ($0, false) }
    var groups: [Group] = []
    for (label, isPrimary) in [(diagnostic.primary, true)] + secondary {
      let source = label.location.source
      let line = source.lineIndex(at: min(label.location.span.start, source.bytes.count))
      let entry = (label: label, isPrimary: isPrimary)
      guard let place = groups.firstIndex(where: { $0.source == source }) else {
        let start = label.location.span.start
        groups.append(Group(source: source, start: start, lines: Lines(all: [(line, [entry])])))
        continue
      }
      if let row = groups[place].lines.all.firstIndex(where: { $0.line == line }) {
        groups[place].lines.all[row].labels.append(entry)
      } else {
        groups[place].lines.all.append((line, [entry]))
        groups[place].lines.all.sort { $0.line < $1.line }
      }
    }
    return groups
  }

  private func excerpt(_ group: Group, _ gutter: Gutter, opensWith corner: String) -> [String] {
    let place = decorator.apply(.location, Excerpt.clean(group.source.describe(group.start)))
    var lines = [gutter.corner(corner) + " " + place, gutter.empty]
    var previous: Int?
    for (line, labels) in group.lines.all {
      if let previous, line > previous + 1 { lines.append(gutter.skipped) }
      previous = line
      let focus = labels.first { $0.isPrimary } ?? labels[0]
      let excerpt = Excerpt(group.source, line: line, focus: focus.label.location.span)
      lines.append(gutter.numbered(line + group.source.firstLine, excerpt.text))
      lines += labels.map { gutter.line(mark($0.label, $0.isPrimary, excerpt)) }
    }
    return lines + [gutter.empty]
  }

  private func mark(_ label: Label, _ isPrimary: Bool, _ excerpt: Excerpt) -> String {
    let place = excerpt.place(of: label.location.span)
    let sign = String(repeating: isPrimary ? "^" : "─", count: place.width)
    let style: DiagnosticStyle = isPrimary ? .primaryMark : .secondaryMark
    let words = label.text.isEmpty ? sign : "\(sign) \(Excerpt.clean(label.text))"
    return String(repeating: " ", count: place.start) + decorator.apply(style, words)
  }
}

/// The left margin with line numbers.
private struct Gutter {
  let width: Int
  let decorator: Decorator

  var indent: String { String(repeating: " ", count: width + 1) }
  var empty: String { indent + decorator.apply(.gutter, "│") }
  var skipped: String { indent + decorator.apply(.gutter, "·") }

  func corner(_ text: String) -> String { indent + decorator.apply(.gutter, text) }

  func numbered(_ number: Int, _ text: String) -> String {
    let digits = String(number)
    let padded = String(repeating: " ", count: max(0, width - digits.count)) + digits
    let margin = decorator.apply(.gutter, "\(padded) │")
    return text.isEmpty ? margin : "\(margin) \(text)"
  }

  func line(_ text: String) -> String { empty + " " + text }

  /// Lines of data, closed by an empty line.
  func block(_ lines: [String]) -> [String] {
    lines.isEmpty ? [] : lines.map { indent + $0 } + [empty]
  }
}
