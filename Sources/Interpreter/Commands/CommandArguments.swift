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

  private static let switchNames = [
    "--peers", "--check", "--update", "--fix", "--lock", "--all", "--no-cache",
    PortableRun.flag,
  ]
  private static let valueNames = [
    "--threads", "--width", "--max-memory", "--timeout", "--diagnostics", "--manifest",
    "--checkpoint", "--pace", "--to", "-o",
  ]
  /// One line a message, for compilers' habits and CI.
  var isShort = false
  /// Seconds between two checkpoints of a running fit.
  var checkpointInterval = 10.0
  /// Where the record of the run goes.
  var manifest: String?
  /// Whether a record or a lock of the run is asked for.
  var isRecorded: Bool { manifest != nil || switches.contains("--lock") }
  /// How fast a show is typed; nil for what suits.
  var pace: TypingPace?
  /// What kind of page `fq render` makes, and where it goes.
  var target: String?
  var output: String?
  /// The help of the script itself is asked for.
  var wantsHelp = false

  init(_ words: [String]) throws(UsageError) {
    let flags = Self.switchNames + Self.valueNames + ["--json", "--quiet", "--help"]
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--json": isJSON = true
      case "--quiet": isQuiet = true
      case "--help" where verb == "run" || verb?.hasSuffix(".fq") == true: wantsHelp = true
      case _ where Self.valueNames.contains(word): try take(word, rest.popFirst())
      case _ where Self.switchNames.contains(word): switches.insert(word)
      case "-c" where verb == nil:
        verb = word
        // A statement may begin as a flag does: `--1`.
        if let text = rest.first, !flags.contains(text) { self.words.append(rest.removeFirst()) }
      case "-" where verb == nil, "--help", "-h", "--version": verb = word
      case _ where word.hasPrefix("--"):
        let near = Suggestion.nearest(to: word, among: flags).map { "; use \($0)" } ?? ""
        throw UsageError(message: "there is no flag \(word)\(near)")
      default: if verb == nil { verb = word } else { self.words.append(word) }
      }
    }
    if verb != "render", target != nil || output != nil {
      throw UsageError(message: "--to and -o belong to fq render")
    }
    if !switches.contains("--no-cache") {
      let limit = FileSystem.environment("FQ_CACHE_LIMIT") ?? ""
      guard limit.isEmpty || Self.bytes(limit) != nil else {
        throw UsageError(message: "FQ_CACHE_LIMIT is a size such as 500MB or 2GB, not `\(limit)`")
      }
      options.shelf = FitShelf.usual(interval: checkpointInterval, limit: Self.bytes(limit))
    }
  }

  // A flag and the word after it.
  private mutating func take(_ flag: String, _ word: String?) throws(UsageError) {
    switch flag {
    case "--threads":
      guard let count = word.flatMap({ Int($0) }), (1...1024).contains(count) else {
        throw UsageError(message: "--threads takes a whole number from 1 to 1024")
      }
      (options.threads, threadsGiven) = (count, count)
    case "--width":
      guard let columns = word.flatMap({ Int($0) }), (40...500).contains(columns) else {
        throw UsageError(message: "--width takes a whole number from 40 to 500")
      }
      width = columns
    case "--max-memory":
      guard let bytes = word.flatMap(Self.bytes) else {
        throw UsageError(message: "--max-memory takes a size such as 512MB or 4GB")
      }
      options.memoryLimit = bytes
    case "--timeout":
      guard let seconds = word.flatMap(Self.seconds) else {
        throw UsageError(message: "--timeout takes a time such as 90s, 10min or 2h")
      }
      options.timeLimit = seconds
    case "--checkpoint":
      guard let seconds = word.flatMap(Self.seconds) else {
        throw UsageError(message: "--checkpoint takes a time such as 10s or 5min")
      }
      checkpointInterval = seconds
    case "--pace":
      guard let pace = word.flatMap({ TypingPace($0) }) else {
        throw UsageError(message: "--pace takes fast, human, instant or a speed such as 2.5")
      }
      self.pace = pace
    case "--diagnostics":
      guard word == "short" || word == "full" else {
        throw UsageError(message: "--diagnostics takes short or full")
      }
      isShort = word == "short"
    case "--to":
      guard let word, !word.hasPrefix("-") else {
        throw UsageError(message: "--to takes html or md")
      }
      target = word
    default:
      guard let word, !word.hasPrefix("--") else {
        throw UsageError(message: "\(flag) takes a file")
      }
      if flag == "-o" { output = word } else { manifest = word }
    }
  }

  /// Reads `name=value` words, the parameters of a script.
  mutating func takeParameters() throws(UsageError) {
    var given: [(name: String, text: String)] = []
    for word in words.dropFirst() {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
        throw UsageError(
          message: "`\(word)` is no parameter; parameters are given as name=value")
      }
      given.append((String(word[..<sign]), String(word[word.index(after: sign)...])))
    }
    options.parameters = ParameterValues(given)
  }

  private static func seconds(_ text: String) -> Double? {
    // The longest unit first: `ms` ends in `s`.
    for (unit, size) in [("min", 60.0), ("ms", 0.001), ("h", 3600), ("s", 1)]
    where text.hasSuffix(unit) {
      guard let count = Int(text.dropLast(unit.count)), count > 0 else { return nil }
      return Double(count) * size
    }
    return nil
  }

  static func bytes(_ text: String) -> Int? {
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
