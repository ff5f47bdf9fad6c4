// Plays a lesson with a learner: shows and runs, asks and judges, and never lets anybody be stuck.
//
// Everything that is typed goes through the shell (`REPL.perform`), so that statements, `fix`, `?name` and commands
// mean what they mean at the prompt. Judging asks the session about values and leaves no trace in it.

import FactorLang
import FactorRuntime

/// A lesson that is being played.
struct Classroom {
  /// What happens after a step.
  enum Turn { case goOn, quit }

  var repl: REPL
  let lesson: Lesson
  let input: any LineSource
  let board: Blackboard
  let book: ProgressBook
  let pace: TypingPace
  /// The part and the item in it that the learner is at.
  var place = (part: 0, item: 0)
  /// The lesson's own statements that count as done, to be repeated where something was broken.
  var own: [Statement] = []
  /// Set when the learner wants the lesson from its beginning.
  var wantsRestart = false

  var session: Session { repl.session }

  /// Creates a classroom; `pace` is how fast statements are typed for the learner, `history` what keeps those
  /// of the learner.
  init(
    _ lesson: Lesson, session: REPL.Holder, input: any LineSource, board: Blackboard,
    book: ProgressBook, pace: TypingPace = .instant, history: History = History(path: nil)
  ) {
    (self.lesson, self.input, self.board, self.book) = (lesson, input, board, book)
    self.pace = pace
    repl = REPL(
      session: session, input: input, gate: board.gate, history: history,
      width: board.width)
  }

  /// Creates a classroom on a session that nobody else knows.
  init(
    _ lesson: Lesson, session: Session, input: any LineSource, board: Blackboard,
    book: ProgressBook, pace: TypingPace = .instant
  ) {
    self.init(
      lesson, session: REPL.Holder(session), input: input, board: board, book: book, pace: pace)
  }

  // MARK: The whole lesson

  /// Plays the lesson, from where the learner stopped; gives the exit status.
  mutating func run() -> ExitStatus {
    let checked = session.check(lesson.source)
    guard checked.isRunnable else {
      for diagnostic in checked.diagnostics { repl.events.send(.diagnostic(diagnostic)) }
      return .refused
    }
    var first = resumptionPlace()
    if first == (0, 0) { book.begin(lesson.name) }
    greet(isResuming: first != (0, 0))
    if first != (0, 0) { rebuild(before: first) }
    for part in lesson.parts.indices.dropFirst(first.part) {
      board.title(lesson.parts[part].title ?? lesson.title, "\(part + 1)/\(lesson.parts.count)")
      for item in lesson.parts[part].items.indices.dropFirst(first.item) {
        place = (part, item)
        guard play(lesson.parts[part].items[item]) == .goOn, !repl.isDone else { return leave() }
      }
      first.item = 0
    }
    return end()
  }

  private func greet(isResuming: Bool) {
    let minutes = lesson.minutes.map { " · about \(Counted.text($0, "minute"))" } ?? ""
    for line in TextWidth.wrapped(Theme.style(lesson.title, .heading) + minutes, to: board.width())
    {
      board.say(line)
    }
    if isResuming {
      board.say(faint: "You go on where you stopped; what was defined by then is there again.")
    } else {
      board.say(
        faint: lesson.isGuided
          ? "Type what is shown, or press Enter to have it typed. `skip` passes over, `quit` ends."
          : "Type at the prompt whatever you like. `hint`, `reveal`, `skip`, `again`, `progress` and "
            + "`quit` always work\(book.isKept ? "; your place is kept" : "").")
    }
  }

  private mutating func leave() -> ExitStatus {
    repl.events.finish(.done)
    if wantsRestart {
      (wantsRestart, own) = (false, [])
      book.begin(lesson.name)
      return run()
    }
    let name = LessonShelf.names.contains(lesson.name) ? lesson.name : lesson.source.name
    let command = name == "tour" ? "fq tour" : "fq teach \(name)"
    board.say(
      faint: book.isKept
        ? "Your place is kept: `\(command)` goes on from here."
        : "Your place could not be kept: `\(command)` begins anew.")
    return .done
  }

  private func end() -> ExitStatus {
    book.finish(lesson.name)
    repl.events.finish(.done)
    board.title("The end")
    board.say(right: "\(lesson.title): done." + (lesson.keys.isEmpty ? "" : " " + tally))
    if let next = nextLesson { board.say("Next: `fq teach \(next)`") }
    return .done
  }

  private var nextLesson: String? {
    guard let place = LessonShelf.names.firstIndex(of: lesson.name) else { return nil }
    return LessonShelf.names.dropFirst(place + 1).first
  }

  /// How far the learner is, in a sentence.
  var tally: String {
    let keys = lesson.keys
    let ways = keys.compactMap { book.steps(of: lesson.name)[$0] }
    let words: [(way: ProgressBook.Way, word: String)] =
      lesson.isGuided
      ? [(.solved, "typed by you"), (.revealed, "typed for you"), (.skipped, "skipped")]
      : [(.solved, "solved"), (.revealed, "revealed"), (.skipped, "skipped")]
    let counts = words.compactMap { way, word in
      let count = ways.count { $0 == way }
      return count == 0 ? nil : "\(count) \(word)"
    }
    return "\(ways.count) of \(Counted.text(keys.count, "step"))"
      + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")) + "."
  }

  // MARK: Going on

  /// The place after the last step of an unbroken row of steps that were taken; the beginning if there is none left.
  private func resumptionPlace() -> (part: Int, item: Int) {
    let taken = book.steps(of: lesson.name)
    var place = (part: 0, item: 0)
    for (part, content) in lesson.parts.enumerated() {
      for (item, step) in content.items.enumerated() {
        guard let key = lesson.key(step) else { continue }
        guard taken[key] != nil else { return place }
        place = item + 1 < content.items.count ? (part, item + 1) : (part + 1, 0)
      }
    }
    return (0, 0)
  }

  // What a lesson defines is made again by its own statements, unseen.
  private mutating func rebuild(before end: (part: Int, item: Int)) {
    for (number, part) in lesson.parts.enumerated().prefix(end.part + 1) {
      for item in number == end.part ? part.items.prefix(end.item) : part.items[...] {
        switch item {
        case .code(let step): own.append(step.statement)
        case .exercise(let exercise): own += exercise.solution
        case .prose, .speech, .pause, .invitation, .question: break
        }
      }
    }
    repeatOwn()
  }

  /// Runs the lesson's own statements so far, unseen.
  func repeatOwn() { for statement in own { silently(statement) } }

  /// Runs one of the lesson's statements, unseen.
  @discardableResult
  func silently(_ statement: Statement) -> CellStatus {
    var status = CellStatus.done
    let piece = lesson.piece(statement.span)
    Interrupts.cancelling(session.budget) { status = session.run(piece, to: EventList()) }
    return status
  }

  // MARK: One thing after another

  private mutating func play(_ item: Lesson.Item) -> Turn {
    switch item {
    case .prose(let lines):
      guard turnPageIfFull(for: board.lines(of: lines).count + 1) == .goOn else { return .quit }
      board.gap()
      board.show(prose: lines)
      return .goOn
    case .code(let step): return lesson.isGuided ? follow(step) : demonstrate(step.statement)
    case .speech(let step):
      board.gap()
      run(lesson.piece(step.statement.span))
      return .goOn
    case .pause: return rest()
    case .invitation(let step): return invite(step)
    case .question(let question): return ask(question)
    case .exercise(let exercise): return practise(exercise)
    }
  }

  /// Shows a statement and what it does.
  private mutating func demonstrate(_ statement: Statement) -> Turn {
    let text = lesson.text(statement)
    // What has a value shows more than what defines one.
    var expected = 3
    if case .pipeline = statement.kind { expected = 9 }
    let lines = text.split(separator: "\n").count + expected
    guard turnPageIfFull(for: lines) == .goOn else { return .quit }
    defer { own.append(statement) }
    while true {
      board.gap()
      board.show(statement: text, prompt: REPL.prompt)
      switch repl.perform(text) {
      case .done, nil: return .goOn
      case .interrupted:
        board.say(faint: "Stopped. Enter runs it again, `skip` goes on without it.")
        switch read("(Enter) ") {
        case .quit: return .quit
        case .word: return .goOn
        case .enter, .line: continue
        }
      case .failed, .refused:
        board.say(faint: "Something that the lesson builds on was changed; it is set back.")
        repeatOwn()
        _ = repl.perform(text)
        return .goOn
      }
    }
  }

  /// Runs a piece of the lesson, seen.
  func run(_ piece: Source) {
    Interrupts.cancelling(session.budget) { _ = session.run(piece, to: repl.events) }
    repl.events.finish(.done)
  }

  /// Waits for Enter; until then anything may be tried.
  mutating func rest() -> Turn {
    guard input.isInteractive else { return .goOn }
    while true {
      switch read("(Enter) ") {
      case .quit: return .quit
      case .enter, .word: return .goOn
      case .line(let text):
        _ = repl.perform(text)
        if repl.isDone { return .quit }
      }
    }
  }

  /// A prompt stops the reader by itself: some lines of the page may scroll away before it.
  static let promptSlack = -3

  /// Waits where so many more lines would push what is unread off the screen.
  mutating func turnPageIfFull(for lines: Int) -> Turn {
    board.isFull(for: lines) ? rest() : .goOn
  }
}
