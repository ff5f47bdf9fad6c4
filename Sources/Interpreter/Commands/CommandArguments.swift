// The command line as data: a verb, its words, and the flags.

import FactorLang
import FactorRuntime

/// What is wrong with a command line.
struct UsageError: Error { let message: String }

/// A parsed command line.
public struct CommandArguments: Sendable {
  var verb: String?
  var words: [String] = []
  var options = SessionOptions()
  /// What `--threads` said; benchmarks take one thread unless told.
  var threadsGiven: Int?
  var isJSON = false
  var isQuiet = false
  /// Columns of output; nil for what the terminal has.
  var width: Int?
  /// Switches that a verb understands for itself, such as `--peers`.
  var switches: Set<String> = []

  private static let switchNames = ["--peers", "--check", "--update"]

  init(_ words: [String]) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--json": isJSON = true
      case "--quiet": isQuiet = true
      case "--threads":
        guard let count = rest.popFirst().flatMap({ Int($0) }), (1...1024).contains(count) else {
          throw UsageError(message: "--threads takes a whole number from 1 to 1024")
        }
        options.threads = count
        threadsGiven = count
      case "--width":
        guard let columns = rest.popFirst().flatMap({ Int($0) }), (40...500).contains(columns)
        else {
          throw UsageError(message: "--width takes a whole number from 40 to 500")
        }
        width = columns
      case "--max-memory":
        guard let bytes = rest.popFirst().flatMap(Self.bytes) else {
          throw UsageError(message: "--max-memory takes a size such as 512MB or 4GB")
        }
        options.memoryLimit = bytes
      case _ where Self.switchNames.contains(word): switches.insert(word)
      case "-c" where verb == nil, "-" where verb == nil, "--help", "-h", "--version": verb = word
      case _ where word.hasPrefix("--"):
        let flags =
          Self.switchNames + ["--json", "--quiet", "--threads", "--width", "--max-memory"]
        let near = Suggestion.nearest(to: word, among: flags).map { "; use \($0)" } ?? ""
        throw UsageError(message: "there is no flag \(word)\(near)")
      default: if verb == nil { verb = word } else { self.words.append(word) }
      }
    }
  }

  private static func bytes(_ text: String) -> Int? {
    let units = [
      ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("G", 1 << 30),
      ("M", 1 << 20),
    ]
    for (unit, size) in units where text.uppercased().hasSuffix(unit) {
      guard let count = Int(text.dropLast(unit.count)), count > 0 else { return nil }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
      return overflow ? nil : bytes
    }
    return nil
  }

  /// Where events of this run go.
  func sink() -> any OutputSink { OutputSinks.make(self) }
}

/// A sink that can also speak prose and be closed.
public protocol OutputSink: EventSink {
  func speak(_ prose: String)
  func finish(_ status: ExitStatus)
}
