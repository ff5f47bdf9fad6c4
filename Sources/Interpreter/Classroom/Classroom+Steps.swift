// The steps that the learner takes: questions, exercises, and in guided lessons every statement.

import FactorLang
import FactorRuntime

extension Classroom {
  // MARK: Exercises

  /// Lets the learner work until the claims hold.
  mutating func practise(_ exercise: Lesson.Exercise) -> Turn {
    guard !exercise.solution.isEmpty else { return .goOn }
    if lesson.isGuided { return follow(exercise) }
    if unmet(exercise) == nil { return done(exercise, .solved, "That is done already.") }
    board.say(faint: "Your turn at the prompt.")
    var attempts = 0
    var hints = exercise.hints[...]
    while true {
      switch read(REPL.prompt) {
      case .quit: return .quit
      case .enter: board.say(faint: "Type a statement, or `hint`, `reveal` or `skip`.")
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

  // MARK: Questions

  /// Asks until the answer is right.
  mutating func ask(_ question: Lesson.Question) -> Turn {
    guard turnPageIfFull(for: Self.promptSlack) == .goOn else { return .quit }
    if wanted(question) == nil { repeatOwn() }
    guard let wanted = wanted(question) else { return .goOn }
    pose(question)
    var attempts = 0
    var hints = question.hints[...]
    while true {
      switch read("answer> ") {
      case .quit: return .quit
      case .enter: board.say(faint: "Type an answer, or `hint`, `reveal` or `skip`.")
      case .word(.hint): give(&hints)
      case .word(.reveal):
        guard lesson.canReveal else { keepSecret(); continue }
        reveal(question, wanted)
        return taken(question, .revealed)
      case .word: return taken(question, .skipped)
      case .line(let text):
        let (verdict, given) = judge(text, question, wanted)
        if repl.isDone { return .quit }
        switch verdict {
        case .right:
          let isExact = given.map { Answer.isSame($0, wanted) } ?? false
          board.say(right: isExact ? "Right." : "Right: \(Answer.text(wanted)).")
          return taken(question, .solved)
        case .wrong(let remark):
          attempts += 1
          board.say(wrong: remark ?? "Not that.")
          if attempts % 3 == 0 { board.say(faint: "`hint` helps, `reveal` tells.") }
        case .experiment: continue
        }
      }
    }
  }

  /// Writes a question with its choices.
  func pose(_ question: Lesson.Question) {
    board.gap()
    for line in Blackboard.wrapped(text(of: question.verb.first), 78) {
      board.say(Theme.style(line, .heading))
    }
    for line in Answer.numbered(choices(question)) { board.say(line) }
  }

  private func choices(_ question: Lesson.Question) -> [String] {
    question.verb.option("choices").flatMap { value(of: $0) }.flatMap { [String]($0) } ?? []
  }

  private func wanted(_ question: Lesson.Question) -> Value? {
    question.verb.option("answer").flatMap { value(of: $0) }
  }

  // The value is that of what was typed; nil where a number stood for a choice.
  private mutating func judge(
    _ text: String, _ question: Lesson.Question, _ wanted: Value
  ) -> (verdict: Answer.Verdict, given: Value?) {
    let near = question.verb.option("near").flatMap { value(of: $0) }.flatMap { Double($0) } ?? 0
    let choices = choices(question)
    if let number = Int(text), choices.indices.contains(number - 1) {
      return (Answer.judge(.text(choices[number - 1]), wanted, near: near, typed: ""), nil)
    }
    if isMeantAsText(text, wanted) {
      return (Answer.judge(.text(text), wanted, near: near, typed: ""), .text(text))
    }
    guard repl.perform(text) == .done, Self.isExpression(text),
      let value = session.environment.last
    else { return (.experiment, nil) }
    return (Answer.judge(value, wanted, near: near, typed: text), value)
  }

  // Quotes may be left out, unless the word is the name of something.
  private func isMeantAsText(_ text: String, _ wanted: Value) -> Bool {
    switch wanted {
    case .text(let answer) where Answer.folded(answer) == Answer.folded(text): return true
    case .text, .bool, .column, .month, .date, .quarter: break
    default: return false
    }
    guard Answer.isWords(text) else { return false }
    let isName = session.environment[text] != nil || session.catalog.signature(named: text) != nil
    return !isName
  }

  private static func isExpression(_ text: String) -> Bool {
    guard let statement = Parser.parse(text).statements.last else { return false }
    if case .pipeline = statement.kind { return true }
    return false
  }

  private func reveal(_ question: Lesson.Question, _ wanted: Value) {
    let answer = Answer.text(wanted)
    let written = question.verb.option("answer").map { lesson.source.text($0.span) } ?? ""
    // How it is computed teaches more than what comes out.
    let isComputed = Answer.folded(written) != Answer.folded(answer)
    board.say("  answer: \(answer)" + (isComputed ? "   from  \(written)" : ""))
  }

  private func taken(_ question: Lesson.Question, _ way: ProgressBook.Way) -> Turn {
    book.note(question.key, of: lesson.name, way)
    return .goOn
  }

  // MARK: Help

  private func give(_ hints: inout ArraySlice<LessonVerb>) {
    guard let hint = hints.popFirst() else {
      return board.say(
        faint: lesson.canReveal
          ? "There is no further hint; `reveal` shows the way." : "There is no further hint.")
    }
    for line in Blackboard.wrapped(text(of: hint.first), 76) { board.say("  " + line) }
  }

  private func keepSecret() {
    board.say(faint: "This lesson keeps its solutions to itself; `hint` and `skip` work.")
  }

  // MARK: Asking the session

  func source(of expression: Expression) -> Source { lesson.piece(expression.span) }

  /// The value of a piece of the lesson, which leaves no trace; nil if it has none.
  func value(of expression: Expression) -> Value? { value(of: source(of: expression)) }

  func value(of piece: Source) -> Value? {
    let events = EventList()
    // In parentheses even a list is a statement of its own, wherever it stood.
    let whole = Source(
      name: piece.name, text: "(" + piece.text(Span(0, piece.bytes.count)) + "\n)",
      firstLine: piece.firstLine)
    guard session.probe(whole, to: events) == .done else { return nil }
    for case .value(let value, _) in events.all.reversed() { return value }
    return nil
  }

  private func text(of expression: Expression?) -> String {
    guard let expression else { return "" }
    return expression.plainText ?? value(of: expression).flatMap { String($0) } ?? ""
  }
}
