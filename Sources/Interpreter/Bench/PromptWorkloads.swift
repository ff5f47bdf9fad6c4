// What a key costs at the prompt: drawing a statement of 200 lines, completing on a wide panel, reading a long
// history. What the terminal adds is measured by the tests of the prompt.

import FactorLang
import FactorRuntime

enum PromptWorkloads {
  static let all: [Workload] = [
    Workload(
      name: "keystroke",
      summary: "a letter typed into a statement of 200 lines: colours, hint, picture",
      measure: { keystroke($0) }),
    Workload(
      name: "complete_columns", summary: "Tab on a panel of 100 columns",
      measure: { try complete($0) }),
    Workload(
      name: "history_load", summary: "a history of 100,000 entries", measure: { try history($0) }),
  ]

  private static func keystroke(_ settings: BenchSettings) -> Measurement {
    let lines = (0..<200).map { "c\($0) = panel | winsorize ret, tails: \($0 % 40)%" }
    let text = lines.joined(separator: "\n") + "\nlast = toy | winsorize ret, "
    let session = Session()
    var old = EditRegion()
    var letters = 0
    let seconds = settings.time(50, warmUps: 5) {
      letters += 1
      let typed = text + String(repeating: "x", count: letters % 20)
      var view = InputView(prompt: REPL.prompt, text: typed, cursor: typed.utf8.count)
      view.spans = Highlighter.highlight(Source(name: "", text: typed))
      view.below = REPL.hint(typed, view.cursor, session, width: 120)
      let picture = view.picture(columns: 120, height: 50)
      let rows = zip(picture.rows, picture.widths).map { EditRegion.Row(text: $0, width: $1) }
      let new = EditRegion(rows: rows, cursor: picture.cursor, columns: 120)
      _ = new.update(from: old)
      old = new
    }
    return Measurement(rows: lines.count, seconds: seconds)
  }

  private static func complete(_ settings: BenchSettings) throws -> Measurement {
    let session = Session()
    let names = (0..<97).map { "char\($0) = ret * \($0)" }.joined(separator: ", ")
    _ = session.run(Source(name: "setup", text: "p = toy | derive \(names)"), to: EventList())
    let text = "p | where char1"
    let seconds = settings.time(30, warmUps: 3) {
      _ = REPL.complete(text, text.utf8.count, session, width: 100)
    }
    return Measurement(rows: 100, seconds: seconds)
  }

  private static func history(_ settings: BenchSettings) throws -> Measurement {
    let path = FileSystem.temporaryFolder + "/fq-bench-history-\(Subprocess.ownNumber)"
    defer { try? FileSystem.remove(path) }
    let count = 100_000
    let lines = (0..<count).map {
      "{\"text\":\"p\($0) = toy | where size > \($0)\",\"time\":1,\"cwd\":\"/\",\"status\":\"done\",\"ms\":3}\n"
    }
    try DurableWrite.replace(path, with: lines.joined())
    let seconds = settings.time(15) { _ = History(path: path) }
    return Measurement(rows: count, seconds: seconds)
  }
}
