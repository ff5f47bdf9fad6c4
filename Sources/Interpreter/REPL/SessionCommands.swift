// Commands about the session: where names come from, making them anew, jobs, scripts in and out.

import FactorLang
import FactorRuntime
import Models

extension REPL {
  // MARK: Where names come from

  /// Shows the steps behind a name, oldest first, and which of them are old.
  func showOrigin(_ name: String) {
    guard !name.isEmpty else { return complain(".why needs a name:  .why p") }
    let lineage = session.lineage
    guard session.environment[name] != nil else { return complainOfName(name) }
    let steps = lineage.needed(for: [name])
    guard !steps.isEmpty else { return say(["\(name) was there from the beginning"]) }
    let old = Set(lineage.outdated(name).map(\.number))
    say(
      steps.flatMap { step in
        let lines = step.text.split(separator: "\n").map(String.init)
        let time = TextWidth.padded(NumberFormat.duration(step.seconds), to: 8, right: true)
        let mark = old.contains(step.number) ? " old " : "     "
        return lines.enumerated().map { index, line in
          let margin = index == 0 ? time + mark : String(repeating: " ", count: 13)
          return TextWidth.cut(margin + line, to: textWidth - 1)
        }
      })
    if let cause = lineage.cause(of: name) {
      say([
        "  \(cause.name)#\(cause.was) was used; \(cause.name) is \(cause.name)#\(cause.is) now  (.refresh \(name))"
      ])
    }
  }

  private func complainOfName(_ name: String) {
    let near = Suggestion.nearest(to: name, among: session.environment.names)
    complain("you have no name \(name)" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  /// Runs the old steps behind a name again.
  mutating func refresh(_ name: String) {
    guard !name.isEmpty else { return complain(".refresh needs a name:  .refresh m") }
    guard session.environment[name] != nil else { return complainOfName(name) }
    let steps = session.lineage.outdated(name)
    guard !steps.isEmpty else { return say(["\(name) is made of what there is now"]) }
    if let step = steps.first(where: { $0.reads[Lineage.Hidden.last] != nil }) {
      return complain(
        "`\(step.text)` goes on from a result without a name, which is gone; type it anew")
    }
    for step in steps {
      say([Self.prompt + step.text])
      evaluate(step.text)
      guard session.lineage.current[step.names[0]] != step.number else { return }
    }
  }

  // MARK: Jobs

  mutating func manageJobs(_ text: String) {
    guard let jobs = session.jobs else { return }
    let words = text.split(separator: " ").map(String.init)
    guard let verb = words.first else {
      return say(
        jobs.lines.isEmpty ? ["no jobs; `bg` starts one:  bg m = task | fit ca2"] : jobs.lines)
    }
    let number = words.count > 1 ? Int(words[1]) : jobs.running.last?.number
    guard ["stop", "wait"].contains(verb), let number else {
      return complain(".jobs takes nothing, `stop n` or `wait n`, where job n is running")
    }
    guard jobs.all.contains(where: { $0.number == number }) else {
      return complain("there is no job \(number)")
    }
    guard jobs.running.contains(where: { $0.number == number }) else {
      return complain("job \(number) has ended")
    }
    if verb == "stop" { _ = jobs.stop(number) }
    wait(for: number, jobs)
    for note in session.adoptResults() { say(["  note: \(note)"]) }
  }

  // Ctrl-C ends the waiting and not the job.
  private func wait(for number: Int, _ jobs: Jobs) {
    Interrupts.cancelling(session.budget) {
      while jobs.running.contains(where: { $0.number == number }), !session.budget.isCancelled {
        Terminal.sleep(milliseconds: 20)
      }
    }
  }

  // MARK: Scripts

  /// Writes the statements that the names of the session depend on, in order.
  func save(_ words: String) {
    guard let path = Self.script(words) else {
      return complain(".save needs a file:  .save session.fq")
    }
    let steps = session.lineage.needed(for: session.environment.names)
    guard !steps.isEmpty else { return complain("there is nothing to save yet") }
    let text = "fq 1\n" + steps.map { remark(on: $0) + $0.text + "\n" }.joined()
    let program = Parser.parse(Source(name: path, text: text))
    let layout = Formatter.formatted(program, aliases: StandardCatalog.aliases) ?? text
    heedingPresses {
      try FileSystem.write(Array(layout.utf8), to: path, heeding: session.budget)
      say(["  wrote \(path): \(Counted.text(steps.count, "statement"))"])
    } complaint: {
      $0.message(writing: path)
    }
  }

  // A script fits to the end what was stopped here.
  private func remark(on step: Lineage.Step) -> String {
    let pauses = step.names.compactMap { name -> FitPause? in
      guard session.lineage.current[name] == step.number,
        case .model(let model)? = session.environment[name]
      else { return nil }
      return model.model.pause
    }
    return pauses.first.map {
      "# in the session stopped at epoch \($0.epoch) of \($0.epochs); this fits to the end\n"
    } ?? ""
  }

  /// Runs a script in the session.
  mutating func load(_ words: String) {
    guard let path = Self.script(words) else {
      return complain(".load needs a file:  .load prep.fq")
    }
    var bytes: [UInt8]?
    heedingPresses {
      bytes = try FileSystem.read(path, heeding: session.budget)
    } complaint: {
      $0.message
    }
    if let bytes { run(Source(name: path, bytes: bytes)) }
  }

  /// The script that is meant: quotes are no part of its name, and its ending may be left out.
  private static func script(_ words: String) -> String? {
    let isQuoted = words.count >= 2 && words.hasPrefix("\"") && words.hasSuffix("\"")
    let path = isQuoted ? String(words.dropFirst().dropLast()) : words
    guard let name = path.split(separator: "/").last else { return nil }
    return name.contains(".") || FileSystem.exists(path) ? path : path + ".fq"
  }

  // Pipes may have to be waited for.
  private func heedingPresses(_ body: () throws -> Void, complaint: (FileError) -> String) {
    Interrupts.cancelling(session.budget) {
      do { try body() } catch let error as FileError { complain(complaint(error)) } catch {
        complain("interrupted")
      }
    }
  }

  // MARK: How it answers

  mutating func setMode(_ word: String) {
    guard ["text", "json"].contains(word) else { return complain(".mode is text or json") }
    isJSON = word == "json"
  }

  mutating func setTime(_ word: String) {
    guard ["on", "off"].contains(word) else { return complain(".time is on or off") }
    showsTime = word == "on"
  }
}
