// Reads a script as a lesson: which statements are shown, which are solutions, which ask.

import FactorLang
import FactorRuntime

/// The prose of a cell, taken piece by piece on the way through its statements.
struct ProseLines {
  private let source: Source
  private var rest: ArraySlice<Prose>

  /// Words on a statement's own line document it; they are left out.
  init(_ cell: Cell, _ source: Source) {
    self.source = source
    rest = cell.prose.filter { source.beginsItsLine($0.span.start) }[...]
  }

  /// The lines before a place; an empty line stands where the script leaves one.
  mutating func before(_ place: Int) -> [String] {
    var lines: [String] = []
    var last: Int?
    while let prose = rest.first, prose.span.start < place {
      rest = rest.dropFirst()
      let number = source.lineIndex(at: prose.span.start)
      if let last, number > last + 1 { lines.append("") }
      lines.append(prose.text)
      last = number
    }
    return lines
  }
}

/// Sorts the statements of a cell into what a lesson does.
struct LessonReader {
  private let source: Source
  private var used: [String: Int] = [:]
  private var part = Lesson.Part()
  /// Statements of which it is not yet known whether an `expect` follows.
  private var open: [Statement] = []

  init(_ source: Source) { self.source = source }

  /// Reads a cell.
  mutating func part(_ cell: Cell) -> Lesson.Part {
    part = Lesson.Part(title: cell.title)
    var prose = ProseLines(cell, source)
    for statement in cell.statements {
      add(prose: prose.before(statement.span.start))
      add(statement)
    }
    add(prose: prose.before(.max))
    flush()
    return part
  }

  private mutating func add(prose lines: [String]) {
    guard !lines.isEmpty else { return }
    flush()
    part.items.append(.prose(lines))
  }

  private mutating func add(_ statement: Statement) {
    guard let verb = LessonVerb(statement) else { return open.append(statement) }
    if verb.kind == .expect { return add(claim: verb) }
    if verb.kind == .hint { return add(hint: verb) }
    flush()
    switch verb.kind {
    case .say: part.items.append(.speech(step(statement)))
    case .pause: part.items.append(.pause)
    case .attempt: part.items.append(.invitation(step(statement)))
    case .ask: part.items.append(.question(Lesson.Question(verb: verb, key: key([statement]))))
    case .lesson, .hint, .expect: break
    }
  }

  private mutating func add(claim verb: LessonVerb) {
    if open.isEmpty, case .exercise(var exercise)? = part.items.last, exercise.hints.isEmpty {
      exercise.claims.append(verb)
      part.items[part.items.count - 1] = .exercise(exercise)
      return
    }
    let exercise = Lesson.Exercise(
      solution: open, claims: [verb], key: key(open + [verb.statement]))
    open = []
    part.items.append(.exercise(exercise))
  }

  private mutating func add(hint verb: LessonVerb) {
    switch part.items.last {
    case .question(var question)? where open.isEmpty:
      question.hints.append(verb)
      part.items[part.items.count - 1] = .question(question)
    case .exercise(var exercise)? where open.isEmpty:
      exercise.hints.append(verb)
      part.items[part.items.count - 1] = .exercise(exercise)
    default: break
    }
  }

  private mutating func flush() {
    part.items += open.map { .code(step($0)) }
    open = []
  }

  private mutating func step(_ statement: Statement) -> Lesson.Step {
    Lesson.Step(statement: statement, key: key([statement]))
  }

  // Progress outlives small changes of a lesson: what a step is called depends on its own words only.
  private mutating func key(_ statements: [Statement]) -> String {
    let text = statements.map { source.text($0.span) }.joined(separator: "\n")
    let digest = String(SHA256.digest(Array(text.utf8)).prefix(10))
    used[digest, default: 0] += 1
    let count = used[digest] ?? 1
    return count == 1 ? digest : "\(digest).\(count)"
  }
}
