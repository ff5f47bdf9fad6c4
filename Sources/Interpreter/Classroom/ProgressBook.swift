// How far a learner is, kept in a file beside the history.

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

  private let file: EntryFile
  private var steps: [String: [String: Way]] = [:]
  private var finished: Set<String> = []
  /// Whether steps go into a file: there is one, and it took the last.
  private(set) var isKept: Bool

  /// Reads a file; without one, nothing is kept.
  init(path: String?) {
    file = EntryFile(path)
    isKept = path != nil
    for entry in file.entries(tail: Self.tailLimit) {
      guard let lesson = entry["lesson"]?.text, let step = entry["step"]?.text,
        let way = entry["how"]?.text.flatMap(Way.init)
      else { continue }
      take(lesson, step, way)
    }
  }

  /// The file that the environment asks for; nil if it asks for none.
  static func usualPath(_ environment: (String) -> String?) -> String? {
    EntryFile.usualPath("FQ_PROGRESS", "progress.jsonl", environment)
  }

  /// How the steps of a lesson were taken since it last began.
  func steps(of lesson: String) -> [String: Way] { steps[lesson] ?? [:] }

  /// Tells whether a lesson was ever played to its end.
  func isFinished(_ lesson: String) -> Bool { finished.contains(lesson) }

  /// Notes a step.
  func note(_ step: String, of lesson: String, _ way: Way) {
    take(lesson, step, way)
    isKept = file.append([
      ("lesson", FlatJSON.quote(lesson)), ("step", FlatJSON.quote(step)),
      ("how", FlatJSON.quote(way.rawValue)), ("time", "\(WallClock.seconds)"),
    ])
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
