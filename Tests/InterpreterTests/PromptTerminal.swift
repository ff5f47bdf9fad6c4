// fq in a real pseudo-terminal with a screen: a private tmux server, keys in, picture out.

import Foundation

/// A running fq and its screen.
final class PromptTerminal {
  private let socket = "fq-test-\(UUID().uuidString.prefix(8))"
  private static let tmux = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"]
    .first(where: FileManager.default.isExecutableFile)

  /// The program under test: `FQ_BINARY`, or the product beside the test bundle.
  static let binary: String? = {
    if let path = ProcessInfo.processInfo.environment["FQ_BINARY"] { return path }
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let folders = sequence(first: bundle) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
    return folders.prefix(6).map { $0.appendingPathComponent("fq").path }
      .first { path in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
          && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
      }
  }()

  /// Says whether these tests can run here.
  static var isAvailable: Bool { tmux != nil && binary != nil }

  /// Starts fq, with words for its command line, in a terminal of a size, with its own history file.
  init(
    _ arguments: String = "", width: Int = 90, height: Int = 30, environment: [String] = [],
    history: String = ""
  ) throws {
    guard let binary = Self.binary else { throw CocoaError(.fileNoSuchFile) }
    // The shell stays after fq, so that the state of the terminal it leaves can be seen.
    let words = ["env", "-u", "NO_COLOR", "FQ_HISTORY=\(history)", "PS1=after> "] + environment
    try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)"]
        + words + ["sh", "-c", "'\(binary)' \(arguments); echo status $?; exec sh -i"])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Runs a tmux command and gives what it wrote.
  @discardableResult
  func tmux(_ words: [String]) throws -> String {
    try Self.output(of: [Self.tmux ?? "tmux", "-L", socket, "-u"] + words)
  }

  /// Runs a program to its end. Not with `Process`: that waits for a descriptor which the tmux
  /// server would inherit and never close, and it hands on the signals that its threads block.
  private static func output(of words: [String]) throws -> String {
    let file = NSTemporaryDirectory() + "fq-tmux-\(UUID().uuidString)"
    defer { unlink(file) }
    let child = try spawned(words) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT, 0o600)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
  }

  /// The screen without trailing blank lines.
  var screen: [String] {
    get throws {
      var lines = try tmux(["capture-pane", "-p"]).components(separatedBy: "\n")
      while lines.last == "" { lines.removeLast() }
      return lines
    }
  }

  /// Sends keys by tmux's names: `Enter`, `C-c`, `Up`.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Types text as it stands.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// Waits until the screen satisfies a condition; gives the last screen either way.
  func wait(
    seconds: Double = 20, until condition: ([String]) -> Bool
  ) async throws -> (isMet: Bool, screen: [String]) {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let lines = try screen
      if condition(lines) { return (true, lines) }
      if Date() > end { return (false, lines) }
      try await Task.sleep(for: .milliseconds(30))
    }
  }
}
