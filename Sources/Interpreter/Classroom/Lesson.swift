// A lesson as data: what its script says about itself, and what it does, in order.
//
// The script is an ordinary one. Of the statements of a cell, those directly above an `expect`, with no prose and
// no other verb of lessons between, are the solution of that exercise, which the learner does not see; all
// others are shown and run.

import FactorLang
import FactorRuntime

/// A script that can be taught.
struct Lesson {
  /// What it is called on the command line: a name of the house, or a path.
  let name: String
  let source: Source
  /// The folder that its paths are beside.
  let folder: String
  let title: String
  let minutes: Int?
  /// Tells whether the learner types the lesson's own statements, or has them typed.
  let isGuided: Bool
  /// Tells whether `reveal` shows solutions.
  let canReveal: Bool
  let parts: [Part]

  /// What stands under one cell title.
  struct Part {
    var title: String?
    var items: [Item] = []
  }

  /// One thing that a lesson does.
  enum Item {
    /// Lines of prose that follow each other.
    case prose([String])
    case code(Step)
    case speech(Step)
    case pause
    /// A line to type that no script could hold: a page, a command of the shell, a mistake.
    case invitation(Step)
    case question(Question)
    case exercise(Exercise)
  }

  /// A statement with what progress calls it.
  struct Step {
    let statement: Statement
    let key: String
  }

  /// A question that a value answers.
  struct Question {
    let verb: LessonVerb
    var hints: [LessonVerb] = []
    let key: String
  }

  /// Claims that the learner's own statements are to make true.
  struct Exercise {
    let solution: [Statement]
    var claims: [LessonVerb]
    var hints: [LessonVerb] = []
    let key: String
  }

  /// Reads a script.
  init(name: String, source: Source, folder: String = "") {
    (self.name, self.source, self.folder) = (name, source, folder)
    let program = Parser.parse(source)
    let card = program.statements.lazy.compactMap { LessonVerb($0) }.first { $0.kind == .lesson }
    title =
      card?.first?.plainText ?? program.cells.lazy.compactMap(\.title).first
      ?? ModuleName.stem(name)
    minutes = card?.count("minutes")
    isGuided = card?.flag("guided") ?? false
    canReveal = card?.flag("reveal") ?? true
    var reader = LessonReader(source)
    parts = program.cells.map { reader.part($0) }.filter { $0.title != nil || !$0.items.isEmpty }
  }

  /// The text of a statement.
  func text(_ statement: Statement) -> String { source.text(statement.span) }

  /// A statement, or another piece, as a source of its own that counts lines as the script does.
  func piece(_ span: Span) -> Source {
    Source(
      name: source.name, text: source.text(span),
      firstLine: source.lineColumn(at: span.start).line)
  }

  /// What the learner does, in order; progress counts these.
  var keys: [String] { parts.flatMap(\.items).compactMap(key) }

  /// The name of an item in the record of progress; nil for what nobody has to do.
  func key(_ item: Item) -> String? {
    switch item {
    case .question(let question): question.key
    case .exercise(let exercise): exercise.solution.isEmpty ? nil : exercise.key
    case .code(let step): isGuided ? step.key : nil
    case .invitation(let step): step.key
    case .prose, .speech, .pause: nil
    }
  }
}
