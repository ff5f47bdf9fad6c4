// `fq teach`, `fq tour` and `fq demo`: lessons listed, played and shown.

import FactorLang
import FactorRuntime

enum TeachCommand {
  /// Lists the lessons, or plays one.
  static func run(_ arguments: CommandArguments) -> Int32 {
    let book = ProgressBook(path: ProgressBook.usualPath(FileSystem.environment))
    guard let word = arguments.words.first else {
      return CommandLineTool.say(list(book).joined(separator: "\n"))
    }
    do {
      return play(try LessonShelf.find(word), book, arguments)
    } catch { return CommandLineTool.complain(error.message) }
  }

  /// Plays the tour for those who come for the first time.
  static func tour(_ arguments: CommandArguments) -> Int32 {
    var arguments = arguments
    arguments.words = ["tour"]
    return run(arguments)
  }

  private static func play(
    _ lesson: Lesson, _ book: ProgressBook, _ arguments: CommandArguments
  ) -> Int32 {
    let board = Blackboard.standard(arguments.width)
    let session = REPL.Holder(session(lesson, arguments))
    let input = REPL.source(session, board.gate)
    let pace = arguments.pace ?? (input.isInteractive ? .fast : .instant)
    var room = Classroom(
      lesson, session: session, input: input, board: board,
      // Whoever pipes answers in is no learner who comes back.
      book: input.isInteractive ? book : ProgressBook(path: nil), pace: pace,
      history: History(
        path: input.isInteractive ? History.usualPath(FileSystem.environment) : nil))
    return room.run().rawValue
  }

  private static func session(_ lesson: Lesson, _ arguments: CommandArguments) -> Session {
    var options = arguments.options
    options.folder = lesson.folder
    return Session(options)
  }

  /// The lessons with how far the learner is.
  static func list(_ book: ProgressBook) -> [String] {
    let rows = LessonShelf.names.compactMap(LessonShelf.lesson).enumerated().map { number, lesson in
      let steps = book.steps(of: lesson.name)
      let taken = lesson.keys.count { steps[$0] != nil }
      let state =
        taken == lesson.keys.count || taken == 0 && book.isFinished(lesson.name)
        ? "done" : taken == 0 ? "" : "\(taken) of \(lesson.keys.count)"
      return "  \(number)  " + TextWidth.padded(lesson.name, to: 11)
        + TextWidth.padded(lesson.title, to: 44)
        + TextWidth.padded("\(lesson.minutes ?? 5) min", to: 6, right: true) + "  " + state
    }
    return ["Lessons, played at the prompt:", ""] + rows + [
      "", "fq teach NAME begins one or goes on with it; fq teach FILE.fq plays your own,",
      "fq tour is the first.",
    ]
  }

  /// Shows a script to an audience.
  static func demonstrate(_ arguments: CommandArguments) -> Int32 {
    guard let word = arguments.words.first else {
      return CommandLineTool.complain("name a script: fq demo FILE.fq")
    }
    let lesson: Lesson
    do { lesson = try LessonShelf.find(word) } catch {
      return CommandLineTool.complain(error.message)
    }
    let board = Blackboard.standard(arguments.width)
    let keys = Terminal.isTerminal(1) ? SingleKeys() : nil
    defer { keys?.end() }
    var show = Demonstration(
      lesson, session: session(lesson, arguments), board: board, keys: keys.map(KeyboardCues.init),
      pace: arguments.pace ?? .human)
    return show.run().rawValue
  }
}
