// What the classroom asks the session, without a trace, and the help it gives from it.

import FactorLang
import FactorRuntime

extension Classroom {
  func give(_ hints: inout ArraySlice<LessonVerb>) {
    guard let hint = hints.popFirst() else {
      return board.say(
        faint: lesson.canReveal
          ? "There is no further hint; `reveal` shows the way." : "There is no further hint.")
    }
    for line in Blackboard.wrapped(text(of: hint.first), 76) { board.say("  " + line) }
  }

  func keepSecret() {
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

  func text(of expression: Expression?) -> String {
    guard let expression else { return "" }
    return expression.plainText ?? value(of: expression).flatMap { String($0) } ?? ""
  }
}
