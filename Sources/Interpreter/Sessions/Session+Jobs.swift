// Statements that run behind the prompt, and names that are made anew.

import FactorLang
import FactorRuntime

extension Session {
  /// Starts a statement on the values of the moment.
  func start(_ statement: Statement, of source: Source, in jobs: Jobs) {
    let budget = Budget(threads: self.budget.threads, memoryLimit: self.budget.memoryLimit)
    let (environment, rules) = (self.environment, Guarded(conventions.read { $0 }))
    let make = makeEvaluator
    var names: [String] = []
    if case .binding(let name, _) = statement.kind { names = [name.text] }
    jobs.start(
      Self.text(of: statement, source), names: names, budget: budget, lineage: lineage
    ) { sink in
      var environment = environment
      let evaluator = make(budget, sink, rules)
      let outcome = try evaluator.run(statement, &environment, source)
      if outcome.names.isEmpty, !statement.isHidden { sink.send(.value(outcome.value, name: nil)) }
      return Jobs.Made(
        values: outcome.names.compactMap { name in environment[name].map { (name, $0) } },
        reads: evaluator.reads.read { $0 })
    }
  }

  /// The names that a text has, of whatever kind.
  static func words(in text: String) -> Set<String> {
    let source = Source(name: "", text: text)
    return Set(
      Parser.parse(source).tokens.compactMap { token in
        switch token.kind {
        case .name: source.text(token.span)
        case .variable: String(source.text(token.span).dropFirst())
        default: nil
        }
      })
  }

  /// Takes over what jobs have left; gives what there is to say of it.
  func adoptResults() -> [String] {
    var notes: [String] = []
    for result in jobs?.takeResults() ?? [] {
      for (name, value) in result.made.values {
        // A name that was bound meanwhile is the user's; the work is not thrown away either.
        let isFree = lineage.current[name] == result.lineage.current[name]
        if isFree {
          environment[name] = value
          scope[name] = refreshed(name, scope) ?? Scope.Entry(value.type)
        } else {
          environment.last = value
          notes.append(
            "`\(name)` was bound meanwhile and stays; what job \(result.job.number) made is `it`")
        }
        note(result, as: isFree ? name : Lineage.Hidden.last)
      }
      if result.made.values.isEmpty, let value = result.shown {
        environment.last = value
        note(result, as: Lineage.Hidden.last)
      }
      scope.lastResult = environment.last?.type
    }
    return notes
  }

  private func note(_ result: Jobs.Result, as name: String) {
    lineage.add(
      result.job.text, names: [name], reads: result.lineage.reads(of: result.made.reads),
      seconds: result.job.seconds)
  }
}
