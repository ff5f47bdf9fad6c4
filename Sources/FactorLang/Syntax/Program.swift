// A parsed source: cells of statements with their prose, the tokens for losslessness, and the
// verdict.

/// Says whether more input could complete the program.
public enum Verdict: Sendable, Equatable {
  case complete, incomplete, invalid
}

/// A `##` line.
public struct Prose: Sendable, Equatable {
  /// The words after `##`.
  public let text: String
  /// The bytes of the line.
  public let span: Span
}

/// The statements and prose between two `#%%` lines.
public struct Cell: Sendable {
  /// The words after `#%%`; nil for what stands before the first such line.
  public let title: String?
  /// The bytes of the `#%%` line.
  public let titleSpan: Span?
  /// The prose lines; their spans order them among the statements.
  public let prose: [Prose]
  /// The statements in order.
  public let statements: [Statement]
  /// The bytes of the cell, title included.
  public let span: Span
}

/// A parsed source.
public struct Program: Sendable {
  /// The text.
  public let source: Source
  /// All tokens; their trivia and text together are the source again.
  public let tokens: [Token]
  /// The number after `fq` at the top.
  public let edition: Int?
  /// The cells in order; at least one.
  public let cells: [Cell]
  /// What is wrong with characters and grammar, in the order of the text.
  public let diagnostics: [Diagnostic]
  /// Whether the program is whole, could become so, or is wrong.
  public let verdict: Verdict

  /// All statements of all cells.
  public var statements: [Statement] { cells.flatMap(\.statements) }

  /// The edition this module speaks.
  public static let currentEdition = 1
}
