// What the one who presents can ask for, by which key, and where keys come from.

import FactorRuntime

/// What the one who presents can ask for.
enum Cue: Equatable {
  case goOn, quit, faster, slower, suspend

  /// Reads the bytes of a key; nil for one that means nothing.
  init?(_ key: [UInt8]) {
    switch key {
    case [0x20], [0x0D], [0x0A], Array("n".utf8), Array("\u{1B}[C".utf8), Array("\u{1B}[B".utf8):
      self = .goOn
    // q, Ctrl-C, Ctrl-D, and the end of input.
    case Array("q".utf8), Array("Q".utf8), [3], [4], []: self = .quit
    case Array("+".utf8): self = .faster
    case Array("-".utf8): self = .slower
    case [0x1A]: self = .suspend
    default: return nil
    }
  }
}

/// The keyboard of a show.
protocol CueSource: AnyObject {
  /// The next key within so many milliseconds; nil waits for one.
  func cue(within milliseconds: Int?) -> Cue?
  /// Runs work that Ctrl-C cancels.
  func interrupting(_ budget: Budget, _ body: () -> Void)
}

/// A keyboard of a terminal.
final class KeyboardCues: CueSource {
  private let keys: SingleKeys

  init(_ keys: SingleKeys) { self.keys = keys }

  func cue(within milliseconds: Int?) -> Cue? {
    while true {
      guard let key = keys.next(within: milliseconds) else { return nil }
      guard let cue = Cue(key) else { continue }
      guard cue == .suspend else { return cue }
      keys.suspend()
    }
  }

  func interrupting(_ budget: Budget, _ body: () -> Void) { keys.interrupting(budget, body) }
}
