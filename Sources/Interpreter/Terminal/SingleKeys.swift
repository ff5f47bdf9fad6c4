// A keyboard without lines, as pagers and shows want it.

import FactorRuntime

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Keys one by one and unseen, from a terminal; Ctrl-C is a key, except while something runs.
final class SingleKeys {
  private let before: termios
  private var waiting: [UInt8] = []

  /// Takes the keyboard; nil where there is none.
  init?() {
    var settings = termios()
    guard Terminal.isTerminal(STDIN_FILENO), tcgetattr(STDIN_FILENO, &settings) == 0 else {
      return nil
    }
    before = settings
    LineEditor.guardTerminal()
    take(signals: false)
  }

  /// Gives the keyboard back as it was.
  func end() {
    var settings = before
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }

  private func take(signals: Bool) {
    var settings = before
    settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
    if !signals { settings.c_lflag &= ~tcflag_t(ISIG) }
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }

  /// Runs work that Ctrl-C cancels.
  func interrupting(_ budget: Budget, _ body: () -> Void) {
    // In this order: until somebody hears the signal, Ctrl-C stays a key.
    Interrupts.cancelling(budget) {
      take(signals: true)
      body()
      take(signals: false)
    }
  }

  /// Hands the terminal back to the shell until it wakes us again.
  func suspend() {
    end()
    raise(SIGTSTP)
    take(signals: false)
  }

  /// The bytes of the next key; nil if none came in time, empty at the end of input.
  func next(within milliseconds: Int?) -> [UInt8]? {
    while waiting.isEmpty {
      var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let ready = systemPoll(&wanted, 1, milliseconds.map { Int32(clamping: $0) } ?? -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      guard let bytes = Terminal.readChunk() else { return [] }
      waiting = bytes
    }
    // A key that is no letter comes as an escape and what follows it, all at once.
    let count = waiting[0] == 0x1B ? waiting.count : 1
    defer { waiting.removeFirst(count) }
    return Array(waiting[..<count])
  }
}
