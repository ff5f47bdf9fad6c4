// Guided lessons and invitations: the learner types what is shown, or has it typed.

import FactorLang
import FactorRuntime

extension Classroom {
  /// Lets the learner type a statement of the lesson; one that gives the same value counts as well.
  mutating func follow(_ step: Lesson.Step) -> Turn {
    follow([step.statement], key: step.key)
  }

  mutating func follow(_ exercise: Lesson.Exercise) -> Turn {
    follow(exercise.solution, key: exercise.key)
  }

  private mutating func follow(_ statements: [Statement], key: String) -> Turn {
    for statement in statements {
      let text = lesson.text(statement)
      own.append(statement)
      guard
        let way = guide(
          text,
          doing: { room, typed in
            let status = room.repl.perform(typed)
            switch status {
            case .done: return room.agrees(typed, with: statement) ? .step : .other
            case .interrupted: return .stopped
            case nil: return .other
            case .failed, .refused: return .mistake
            }
          })
      else { return .quit }
      if way == .skipped, silently(statement) != .done {
        board.say(faint: "Something that the lesson builds on was changed; it is set back.")
        repeatOwn()
      }
      if statement.span == statements.last?.span { book.note(key, of: lesson.name, way) }
    }
    return .goOn
  }

  /// Invites the learner to type a line that is no part of the script.
  mutating func invite(_ step: Lesson.Step) -> Turn {
    guard
      let line = LessonVerb(step.statement)?.first.flatMap({ value(of: $0) }).flatMap({ String($0) }
      )
    else { return .goOn }
    let way = guide(line) { room, typed in
      let status = room.repl.perform(typed)
      guard Self.words(typed) == Self.words(line) else {
        return status == nil || status == .done ? .other : .mistake
      }
      // A mistake may be what is to be seen; `fix` without anything to mend shows nothing.
      return status == nil && Self.words(line) == ["fix"] ? .mistake : .step
    }
    guard let way, !repl.isDone else { return .quit }
    book.note(step.key, of: lesson.name, way)
    return .goOn
  }

  /// What a line of the learner was.
  private enum Attempt { case step, other, mistake, stopped }

  /// Shows a line and waits until it was typed, by the learner or at Enter; nil if the learner leaves.
  private mutating func guide(
    _ line: String, doing: (inout Classroom, String) -> Attempt
  ) -> ProgressBook.Way? {
    guard turnPageIfFull(for: Self.promptSlack) == .goOn else { return nil }
    board.gap()
    let lines = Blackboard.strokes(line).joined().split(separator: "\n")
    for (number, text) in lines.enumerated() {
      board.say((number == 0 ? Theme.style("type  ", .faint) : "      ") + text)
    }
    var begun: [String] = []
    while true {
      switch read(begun.isEmpty ? REPL.prompt : InputView.continuation) {
      case .quit: return nil
      case .word(.hint): board.say(faint: "Type the line above, or press Enter to have it typed.")
      case .word(.skip): return .skipped
      case .enter, .word:
        begun = []
        guard type(line) else { continue }
        board.turnPage()
        switch doing(&self, line) {
        case .step: return .revealed
        case .stopped: board.say(faint: "Stopped. Enter types it again, `skip` goes on.")
        case .other, .mistake: return .skipped
        }
      case .line(let text):
        begun.append(text)
        // A statement of several lines may be typed as it is shown, line by line.
        if Self.begins(line, with: begun) { continue }
        let whole = begun.joined(separator: "\n")
        begun = []
        let attempt = doing(&self, whole)
        if attempt == .step { return .solved }
        if repl.isDone { return nil }
        let praise = attempt == .other ? "Fine. " : attempt == .stopped ? "Stopped. " : ""
        board.say(faint: praise + "The step itself is the line above; Enter types it.")
      }
    }
  }

  /// Tells whether lines are the first ones of a statement that has more.
  private static func begins(_ line: String, with begun: [String]) -> Bool {
    let lines = line.split(separator: "\n").map(String.init)
    return begun.count < lines.count && zip(begun, lines).allSatisfy { words($0) == words($1) }
  }

  /// Types a line for the learner; false if Ctrl-C gave it up.
  private func type(_ line: String) -> Bool {
    var typist = Typist(pace)
    // Over the empty line on which Enter was pressed.
    board.gate.retakeLine()
    board.gate.write(REPL.prompt)
    let isGivenUp = Interrupts.cancelling(session.budget) {
      for (character, stroke) in zip(line, Blackboard.strokes(line)) {
        guard !session.budget.isCancelled else { break }
        Terminal.sleep(milliseconds: typist.pause(before: character))
        board.gate.write(stroke)
      }
      if !session.budget.isCancelled { Terminal.sleep(milliseconds: typist.pauseBeforeEnter()) }
    }
    board.gate.write(isGivenUp ? "^C\n" : "\n")
    return !isGivenUp
  }

  // Spaces do not matter to an invitation, nor whether the first fix is called by its number.
  private static func words(_ text: String) -> [String] {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    return words == ["fix", "1"] ? ["fix"] : words
  }

  /// Tells whether what was typed gives what the lesson's statement gives.
  private func agrees(_ typed: String, with statement: Statement) -> Bool {
    if Formatter.format(Parser.parse(typed))
      == Formatter.format(Parser.parse(lesson.text(statement)))
    {
      return true
    }
    let found: Value?
    let pipeline: Pipeline
    switch statement.kind {
    case .binding(let name, let wanted):
      (found, pipeline) = (session.environment[name.text], wanted)
    case .pipeline(let wanted): (found, pipeline) = (session.environment.last, wanted)
    default: return false
    }
    guard let found, let wanted = value(of: lesson.piece(pipeline.span)) else { return false }
    return ValueDigest.of(found, budget: session.budget)
      == ValueDigest.of(wanted, budget: session.budget)
  }
}
