// Questions: the learner types values until one is right.

import FactorLang
import FactorRuntime

extension Classroom {
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
}
