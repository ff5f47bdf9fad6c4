// What went wrong, as data: code, words, places and remedies. Rendering is elsewhere.

/// Says how bad a diagnostic is.
public enum Severity: String, Sendable {
  case error, warning, note
}

/// Points at a place and says what about it.
public struct Label: Sendable, Hashable {
  /// The place.
  public let location: Location
  /// The words beside the mark; may be empty.
  public let text: String

  /// Creates a label.
  public init(_ source: Source, _ span: Span, _ text: String = "") {
    location = Location(source, span)
    self.text = text
  }
}

/// Replaces one range of text.
public struct Edit: Sendable, Hashable {
  /// The range to replace; empty to insert.
  public let location: Location
  /// The new text.
  public let replacement: String

  /// Creates an edit.
  public init(_ source: Source, _ span: Span, _ replacement: String) {
    location = Location(source, span)
    self.replacement = replacement
  }
}

/// A remedy that a key press can apply.
public struct Fix: Sendable, Hashable {
  /// What the remedy does, in the imperative.
  public let title: String
  /// The edits that do it, all together.
  public let edits: [Edit]
  /// Tells whether the edit is surely what is meant.
  public let isCertain: Bool

  /// Creates a fix.
  public init(_ title: String, _ edits: [Edit], isCertain: Bool = true) {
    self.title = title
    self.edits = edits
    self.isCertain = isCertain
  }
}

/// One line of advice, with a fix when the edit is known.
public struct Help: Sendable, Hashable {
  /// The advice, in the imperative.
  public let text: String
  /// The edit that follows it, if one is known.
  public let fix: Fix?
  /// The word before the colon: `help` or `look`.
  public let heading: String

  /// Creates a line of advice.
  public init(_ text: String, fix: Fix? = nil, heading: String = "help") {
    self.text = text
    self.fix = fix
    self.heading = heading
  }

  /// Creates advice whose fix replaces one range.
  public init(_ text: String, replace span: Span, in source: Source, with replacement: String) {
    self.init(text, fix: Fix(text, [Edit(source, span, replacement)]))
  }
}

/// One message about a program or its data.
public struct Diagnostic: Sendable, Hashable {
  /// The stable code.
  public var code: Code
  /// How bad it is.
  public var severity: Severity
  /// What is wrong, in the user's words.
  public var message: String
  /// The place to change.
  public var primary: Label
  /// Where the offending thing came from.
  public var secondary: [Label]
  /// One sentence of why, at most.
  public var reason: String?
  /// Lines of data that show the trouble, such as months and counts.
  public var data: [String]
  /// Advice, in order of likelihood.
  public var helps: [Help]
  /// Facts worth knowing.
  public var notes: [String]

  /// Creates a diagnostic.
  public init(
    _ code: Code, _ message: String, at primary: Label, severity: Severity = .error,
    secondary: [Label] = [], reason: String? = nil, data: [String] = [], helps: [Help] = [],
    notes: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.primary = primary
    self.secondary = secondary
    self.reason = reason
    self.data = data
    self.helps = helps
    self.notes = notes
  }

  /// The source that the primary label points into.
  public var source: Source { primary.location.source }
  /// The range that the primary label points at.
  public var span: Span { primary.location.span }
  /// All fixes in the order in which they are numbered.
  public var fixes: [Fix] { helps.compactMap(\.fix) }
  /// Tells whether the program cannot run.
  public var isError: Bool { severity == .error }
}
