// `fq demo`: a script typed before an audience, statement by statement, with what each of them shows.

import FactorLang
import FactorRuntime

/// A show of one script.
struct Demonstration {
  private enum Ended: Error { case byPresenter, by(ExitStatus) }

  private let lesson: Lesson
  private var room: Classroom
  private let board: Blackboard
  /// Nil where nobody watches: then nothing waits, and the transcript is plain.
  private let keys: (any CueSource)?
  private var pace: TypingPace
  private var typist: Typist

  /// Prepares a show.
  init(
    _ lesson: Lesson, session: Session, board: Blackboard, keys: (any CueSource)?, pace: TypingPace
  ) {
    (self.lesson, self.board, self.keys, self.pace) = (lesson, board, keys, pace)
    typist = Typist(keys == nil ? .instant : pace)
    room = Classroom(
      lesson, session: session, input: ScriptedLineSource([]), board: board,
      book: ProgressBook(path: nil))
  }

  /// Gives the show to its end; what does not check is refused before anything is typed.
  mutating func run() -> ExitStatus {
    let checked = room.session.check(lesson.source)
    for diagnostic in checked.diagnostics where diagnostic.severity == .error {
      room.repl.events.send(.diagnostic(diagnostic))
    }
    guard checked.isRunnable else { return .refused }
    do {
      for (number, cell) in checked.program.cells.enumerated() {
        try show(cell)
        if number < checked.program.cells.count - 1, Self.isSeen(cell) { try rest() }
      }
      room.repl.events.finish(.done)
      return .done
    } catch Ended.by(let status) { return status } catch {
      room.repl.events.finish(.done)
      return .done
    }
  }

  /// Tells whether a cell has anything to look at.
  private static func isSeen(_ cell: Cell) -> Bool {
    !cell.prose.isEmpty
      || cell.statements.contains {
        let verb = LessonVerb($0)?.kind
        return verb != .lesson && verb != .hint
      }
  }

  private mutating func show(_ cell: Cell) throws {
    if let title = cell.title { board.title(title) }
    var prose = ProseLines(cell, lesson.source)
    for statement in cell.statements {
      try say(prose.before(statement.span.start))
      try show(statement)
    }
    try say(prose.before(.max))
  }

  private mutating func say(_ prose: [String]) throws {
    guard !prose.isEmpty else { return }
    board.gap()
    board.show(prose: prose)
    let words = prose.reduce(0) { $0 + $1.split(separator: " ").count }
    try wait(typist.pauseAfter(proseOf: words))
  }

  private mutating func show(_ statement: Statement) throws {
    let verb = LessonVerb(statement)
    switch verb?.kind {
    case .lesson?, .hint?: return
    case .pause?: return try rest()
    case .say?:
      board.gap()
      try run(statement)
    case .ask?:
      try show(question: verb)
    case .attempt?:
      guard let line = verb?.first.flatMap({ room.value(of: $0) }).flatMap({ String($0) }) else {
        return
      }
      try type(line)
      interrupting { _ = $0.perform(line) }
    case .expect?, nil:
      try type(lesson.text(statement))
      try run(statement)
    }
  }

  // The audience gets time to think before it is told.
  private mutating func show(question verb: LessonVerb?) throws {
    guard let verb else { return }
    room.pose(Lesson.Question(verb: verb, key: ""))
    try rest()
    if let answer = verb.option("answer").flatMap({ room.value(of: $0) }) {
      board.say("  answer: " + Answer.text(answer))
    }
  }

  private mutating func run(_ statement: Statement) throws {
    var status = CellStatus.done
    let piece = lesson.piece(statement.span)
    interrupting { repl in
      repl.events.begin()
      status = repl.session.run(piece, to: repl.events)
      repl.events.finish(.done)
    }
    if status != .done { throw Ended.by(ExitStatus(status)) }
  }

  private mutating func interrupting(_ body: (inout REPL) -> Void) {
    if let keys {
      keys.interrupting(room.session.budget) { body(&room.repl) }
    } else {
      Interrupts.cancelling(room.session.budget) { body(&room.repl) }
    }
  }

  // MARK: Typing

  private mutating func type(_ text: String) throws {
    // What an audience has not seen must not scroll away.
    if board.isFull(for: text.split(separator: "\n").count + 6) { try rest() }
    board.gap()
    board.gate.write(REPL.prompt)
    // A key shows the rest of the statement at once.
    var isHurried = keys == nil
    for (character, stroke) in zip(text, Blackboard.strokes(text)) {
      if !isHurried { isHurried = try wait(typist.pause(before: character)) }
      board.gate.write(stroke)
    }
    if !isHurried { try wait(typist.pauseBeforeEnter()) }
    board.gate.write("\n")
  }

  /// Waits at a pause or the end of a cell until a key goes on.
  private mutating func rest() throws {
    guard let keys, pace != .instant else { return }
    board.gate.write(Theme.style("(space goes on, q ends)", .faint))
    board.turnPage()
    while true {
      switch keys.cue(within: nil) {
      case .goOn?: return board.gate.eraseLine()
      case .quit?:
        board.gate.eraseLine()
        throw Ended.byPresenter
      case let cue: change(cue)
      }
    }
  }

  /// Waits so long; tells whether a key asked to go on at once.
  @discardableResult
  private mutating func wait(_ milliseconds: Int) throws -> Bool {
    guard let keys, milliseconds > 0 else { return false }
    switch keys.cue(within: milliseconds) {
    case .quit?:
      board.gate.write("\n")
      throw Ended.byPresenter
    case .goOn?: return true
    case let cue:
      change(cue)
      return false
    }
  }

  private mutating func change(_ cue: Cue?) {
    guard cue == .faster || cue == .slower else { return }
    pace = TypingPace(speed: pace.speed * (cue == .faster ? 1.5 : 1 / 1.5))
    typist.change(pace)
  }
}
