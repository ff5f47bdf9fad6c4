// How far a learner is, kept in a file of one JSON object a line beside the history. Lines are only ever added,
// each in one write, so that nothing is lost to a second window or a crash; a damaged line is skipped.

import FactorRuntime

/// The steps that were taken in all lessons.
final class ProgressBook {
  /// How a step was taken.
  enum Way: String {
    case solved, revealed, skipped
    /// The lesson began anew, or came to its end.
    case begun, finished
  }

  /// Bytes read from the end of the file.
  private static let tailLimit = 4 << 20
  private static let whole = "lesson"

  private let path: String?
  private var steps: [String: [String: Way]] = [:]
  private var finished: Set<String> = []
  /// Tells that the file ends in the middle of a line.
  private var isTorn = false

  /// Reads a file; without one, nothing is kept.
  init(path: String?) {
    self.path = path
    guard let path, let tail = Terminal.readTail(path, limit: Self.tailLimit) else { return }
    isTorn = tail.last.map { $0 != 0x0A } ?? false
    for line in tail.split(separator: 0x0A) {
      guard let entry = try? JSON(parsing: Array(line)), let lesson = entry["lesson"]?.text,
        let step = entry["step"]?.text, let way = entry["how"]?.text.flatMap(Way.init)
      else { continue }
      take(lesson, step, way)
    }
  }

  /// The file that the environment asks for; nil if it asks for none.
  static func usualPath(_ environment: (String) -> String?) -> String? {
    if let path = environment("FQ_PROGRESS") { return path.isEmpty ? nil : path }
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/fq/progress.jsonl"
    }
    return environment("HOME").map { $0 + "/.local/state/fq/progress.jsonl" }
  }

  /// How the steps of a lesson were taken since it last began.
  func steps(of lesson: String) -> [String: Way] { steps[lesson] ?? [:] }

  /// Tells whether a lesson was ever played to its end.
  func isFinished(_ lesson: String) -> Bool { finished.contains(lesson) }

  /// Notes a step.
  func note(_ step: String, of lesson: String, _ way: Way) {
    take(lesson, step, way)
    guard let path else { return }
    let line = FlatJSON.object([
      ("lesson", FlatJSON.quote(lesson)), ("step", FlatJSON.quote(step)),
      ("how", FlatJSON.quote(way.rawValue)), ("time", "\(Terminal.secondsSinceEpoch)"),
    ])
    History.makeFolders(above: path)
    // A full disk or a read-only home must not stop the lesson.
    let entry = (isTorn ? "\n" : "") + line + "\n"
    if Terminal.append(Array(entry.utf8), to: path) { isTorn = false }
  }

  /// Notes that a lesson begins anew.
  func begin(_ lesson: String) { note(Self.whole, of: lesson, .begun) }

  /// Notes that a lesson came to its end.
  func finish(_ lesson: String) { note(Self.whole, of: lesson, .finished) }

  private func take(_ lesson: String, _ step: String, _ way: Way) {
    switch way {
    case .begun: steps[lesson] = [:]
    case .finished: finished.insert(lesson)
    case .solved, .revealed, .skipped: steps[lesson, default: [:]][step] = way
    }
  }
}
