// What is longer than the screen, at the prompt: it goes through the reader's own pager.
//
// Definition: FQ_PAGER, else PAGER, else `less -FRSX` where there is one; an empty FQ_PAGER switches paging off. Only
// values at a terminal that a person types at are paged; scripts, pipes and batch runs never are. The text has passed
// the output gate before the pager sees it.

import FactorRuntime

/// Hands long values to another program to be read.
struct Pager: Sendable {
  /// Looked for when there is something to show: a search through the folders of programs takes its time.
  private let command: @Sendable () -> String?
  private let height: @Sendable () -> Int?
  private let feed: @Sendable ([UInt8], String) -> Bool

  /// Creates a pager; tests pass their own screen and program.
  init(
    command: @autoclosure @escaping @Sendable () -> String?,
    height: @escaping @Sendable () -> Int? = { Terminal.height },
    feed: @escaping @Sendable ([UInt8], String) -> Bool = { Subprocess.feed($0, to: $1) }
  ) {
    (self.command, self.height, self.feed) = (command, height, feed)
  }

  /// The pager of this terminal; nil where there is none.
  static func usual() -> Pager? {
    guard Terminal.isTerminal(0), Terminal.isTerminal(1), !Terminal.isDumb else { return nil }
    return Pager(command: command(FileSystem.environment, exists: Subprocess.exists))
  }

  // Its last line, `-Ps`, says how to leave: not everybody has met `less`, and what is typed on in spite of it must
  // write no files and start no programs.
  private static let usualCommand =
    "exec env LESSSECURE=1 LESSHISTFILE=- less -FRSX '-Psspace goes on, arrows move, q ends'"

  /// The command line that the surroundings ask for.
  static func command(
    _ environment: (String) -> String?, exists: (String) -> Bool
  ) -> String? {
    for name in ["FQ_PAGER", "PAGER"] {
      guard let text = environment(name) else { continue }
      let command = String(text.drop { $0 == " " })
      if !command.isEmpty { return exec(command) }
      // Said to be none; an empty PAGER says nothing.
      if name == "FQ_PAGER" { return nil }
    }
    return exists("less") ? usualCommand : nil
  }

  // The shell between would take Ctrl-C for its own; a line that is more than a command needs it all the same.
  private static func exec(_ command: String) -> String {
    command.contains { "|;&<>()$`=\n".contains($0) } ? command : "exec " + command
  }

  /// Shows lines through the pager; false where they fit on the screen or the pager did not start.
  func show(_ lines: [String], _ gate: OutputGate) -> Bool {
    // The prompt comes back below them.
    guard let rows = height(), Self.count(lines) > rows - 1, let command = command() else {
      return false
    }
    return gate.hand(lines) { feed($0, command) }
  }

  private static func count(_ lines: [String]) -> Int {
    lines.reduce(0) { $0 + 1 + $1.utf8.count { $0 == 0x0A } }
  }
}
