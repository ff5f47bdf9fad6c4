// Exercises: the learner works at the prompt until the claims hold.

import FactorLang
import FactorRuntime

extension Classroom {
  /// Lets the learner work until the claims hold.
  mutating func practise(_ exercise: Lesson.Exercise) -> Turn {
    guard !exercise.solution.isEmpty else { return .goOn }
    if lesson.isGuided { return follow(exercise) }
    board.say(
      faint: unmet(exercise) == nil
        ? "That holds already: Enter goes on, or do it again." : "Your turn at the prompt.")
    var attempts = 0
    var hints = exercise.hints[...]
    while true {
      switch read(REPL.prompt) {
      case .quit: return .quit
      case .enter:
        if unmet(exercise) == nil { return done(exercise, .solved, "Right.") }
        board.say(faint: "Type a statement, or `hint`, `reveal` or `skip`.")
      case .word(.hint): give(&hints)
      case .word(.reveal):
        guard lesson.canReveal else { keepSecret(); continue }
        return reveal(exercise)
      case .word:
        return done(exercise, .skipped, "Skipped; what you need further on is defined.")
      case .line(let text):
        let status = repl.perform(text)
        if repl.isDone { return .quit }
        guard status == .done else { continue }
        guard let remark = unmet(exercise) else { return done(exercise, .solved, "Right.") }
        attempts += 1
        if !remark.isEmpty { board.say(wrong: remark) }
        if attempts % 3 == 0 { board.say(faint: "`hint` helps, `reveal` shows the way.") }
      }
    }
  }

  private mutating func reveal(_ exercise: Lesson.Exercise) -> Turn {
    for statement in exercise.solution {
      let text = lesson.text(statement)
      board.show(statement: text, prompt: REPL.prompt)
      if repl.perform(text) != .done {
        repeatOwn()
        run(lesson.piece(statement.span))
      }
    }
    return done(exercise, .revealed, nil)
  }

  // Whatever way the learner took, what the lesson needs further on is there afterwards.
  private mutating func done(
    _ exercise: Lesson.Exercise, _ way: ProgressBook.Way, _ words: String?
  ) -> Turn {
    switch way {
    case .solved:
      for statement in exercise.solution {
        guard case .binding(let name, _) = statement.kind, session.environment[name.text] == nil
        else { continue }
        silently(statement)
      }
      if let words { board.say(right: words) }
    case .skipped:
      for statement in exercise.solution where silently(statement) != .done {
        repeatOwn()
        silently(statement)
      }
      if let words { board.say(faint: words) }
    case .revealed, .begun, .finished: break
    }
    own += exercise.solution
    book.note(exercise.key, of: lesson.name, way)
    return .goOn
  }

  /// What may be said of the first claim that does not hold; nil if all do.
  private func unmet(_ exercise: Lesson.Exercise) -> String? {
    for claim in exercise.claims {
      let events = EventList()
      let status = session.probe(lesson.piece(claim.statement.span), to: events)
      switch status {
      case .done: continue
      case .failed(.assertionFailed): return remark(on: claim)
      case .failed, .refused, .interrupted: return missing(for: claim)
      }
    }
    return nil
  }

  private func missing(for claim: LessonVerb) -> String {
    guard let words = claim.first.map({ source(of: $0) }) else { return "" }
    let tokens = Parser.parse(words).tokens
    let absent = tokens.indices.lazy
      .filter { tokens[$0].kind == .name && ($0 == 0 || tokens[$0 - 1].kind != .dot) }
      .map { words.text(tokens[$0].span) }
      .first {
        session.environment[$0] == nil && session.catalog.signature(named: $0) == nil
      }
    return absent.map { "There is no `\($0)` yet." } ?? "Not yet."
  }

  // What was found is shown; what is wanted only as far as it tells which way to go.
  private func remark(on claim: LessonVerb) -> String {
    guard let expression = claim.first else { return "Not yet." }
    guard case .comparison(let left, let links) = expression.kind, links.count == 1,
      let found = value(of: left), let wanted = value(of: links[0].operand)
    else { return "Not yet: `\(lesson.source.text(expression.span))` does not hold." }
    let name = "`\(lesson.source.text(left.span))`"
    let near = claim.option("near").flatMap { value(of: $0) }.flatMap { Double($0) } ?? 0
    switch try? Claim.comparison(found, links[0].comparison, wanted).mismatch(near: near) {
    case .counts(let found, let wanted)?:
      return "\(name) has \(Counted.text(found, "value")) where \(wanted) are wanted."
    case .pairs(let wrong, let count)? where count > 1:
      return "\(name) is not right yet in \(wrong.count) of \(count) values; "
        + "number \(wrong[0].place) is \(ValueText.short(wrong[0].found))."
    case .pairs(let wrong, _)? where !wrong.isEmpty:
      return "\(name) is \(ValueText.short(wrong[0].found)) so far; that is not it yet."
    default: return "Not yet."
    }
  }
}
