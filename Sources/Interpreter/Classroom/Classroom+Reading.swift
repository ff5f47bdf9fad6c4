// What the learner types: words for the teacher, Enter, or lines for the shell.

import FactorLang
import FactorRuntime

extension Classroom {
  /// The words that always work.
  enum Word: String, CaseIterable {
    case hint, reveal, skip, again, progress, restart, quit, help

    var summary: String {
      switch self {
      case .hint: "gives the next hint"
      case .reveal: "shows the solution, runs it and goes on"
      case .skip: "goes on; what the step would have defined is defined for you"
      case .again: "repeats the explanation"
      case .progress: "says how far you are"
      case .restart: "begins the lesson anew"
      case .quit: "ends; your place is kept. So does Ctrl-D"
      case .help: "shows this list"
      }
    }
  }

  /// What is left to do for the one who asked.
  enum Reply {
    case line(String)
    case enter
    /// One of `hint`, `reveal` and `skip`.
    case word(Word)
    case quit
  }

  /// Reads until there is something to do here.
  mutating func read(_ prompt: String) -> Reply {
    while true {
      let line = input.readStatement(prompt: prompt)
      board.turnPage()
      switch line {
      case .endOfInput: return .quit
      case .interrupted: continue
      case .text(let typed):
        let text = REPL.trimmed(typed)
        if text.isEmpty { return .enter }
        switch Word(rawValue: text) {
        case nil: return .line(text)
        case .quit?: return .quit
        case .restart?:
          wantsRestart = true
          return .quit
        case .progress?: board.say(faint: "You have taken " + tally)
        case .again?: repeatExplanation()
        case .help?: showWords()
        case let word?: return .word(word)
        }
      }
    }
  }

  private func showWords() {
    for word in Word.allCases {
      board.say("  " + TextWidth.padded(word.rawValue, to: 10) + word.summary)
    }
    board.say(
      faint: "Everything else is the shell's: statements, `?name`, `.vars`, `fix`, Tab, Ctrl-C.")
  }

  /// Shows again what led to this step.
  private func repeatExplanation() {
    let part = lesson.parts[place.part]
    board.title(part.title ?? lesson.title, "\(place.part + 1)/\(lesson.parts.count)")
    for (number, item) in part.items.enumerated().prefix(place.item + 1) {
      switch item {
      case .prose(let lines):
        board.gap()
        board.show(prose: lines)
      case .code(let step):
        board.gap()
        board.show(statement: lesson.text(step.statement), prompt: REPL.prompt)
      case .question(let question): if number == place.item { pose(question) }
      case .invitation, .exercise, .speech, .pause: break
      }
    }
  }
}
