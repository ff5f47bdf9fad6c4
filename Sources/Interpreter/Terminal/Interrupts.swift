// Ctrl-C: whose work it cancels, and what happens between two pieces of work.

import FactorRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What Ctrl-C does.
enum Interrupts {
  /// The budget that Ctrl-C cancels, as an address, because a signal handler may not take locks.
  private static let target = Atomic<UInt>(0)

  /// Whether Ctrl-C was pressed when nothing ran yet that could be cancelled.
  private static let wasPressed = Atomic<Bool>(false)

  /// Runs work that Ctrl-C cancels, and keeps what is typed meanwhile off the screen; tells whether it was
  /// pressed, also between the moment at which a statement was typed and this one.
  @discardableResult
  static func cancelling(_ budget: Budget, _ body: () -> Void) -> Bool {
    let address = UInt(bitPattern: Unmanaged.passUnretained(budget).toOpaque())
    presses.store(0, ordering: .relaxed)
    quickPresses.store(0, ordering: .relaxed)
    lastPress.store(0, ordering: .relaxed)
    let outer = target.exchange(address, ordering: .sequentiallyConsistent)
    let before = hear()
    if takePress() { cancelTarget() }
    quietly(body)
    var previous = before
    sigaction(SIGINT, &previous, nil)
    target.store(outer, ordering: .sequentiallyConsistent)
    let isCancelled = budget.isCancelled
    // What was asked of this work is not asked of the next.
    if outer == 0 { budget.rearm() }
    return isCancelled
  }

  /// Keeps Ctrl-C from ending the process for as long as it lives, as a prompt wants it.
  static func keep() { _ = hear() }

  /// Whether Ctrl-C was pressed while nothing ran; it is forgotten.
  @discardableResult
  static func takePress() -> Bool { wasPressed.exchange(false, ordering: .sequentiallyConsistent) }

  /// Hears Ctrl-C; gives who heard it before.
  private static func hear() -> sigaction {
    var action = sigaction()
    var before = sigaction()
    setHandler(&action)
    action.sa_flags = Int32(SA_RESTART)
    sigaction(SIGINT, &action, &before)
    // Whoever started us may have kept the signal from us.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    return before
  }

  private static func setHandler(_ action: inout sigaction) {
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = { _ in Interrupts.cancelTarget() }
    #else
      action.__sigaction_u.__sa_handler = { _ in Interrupts.cancelTarget() }
    #endif
  }

  /// How often Ctrl-C was pressed while the present work runs, how often in quick succession, each time within a
  /// second of the time before, and when it last was.
  private static let presses = Atomic<Int>(0)
  private static let quickPresses = Atomic<Int>(0)
  private static let lastPress = Atomic<Int>(0)
  /// So many, and work that does not stop is left behind; more in quick succession, and the process is ended.
  static let patience = 2

  /// The presses that asked the present work to stop.
  static var pressesNow: Int { presses.load(ordering: .relaxed) }

  private static func cancelTarget() {
    let address = target.load(ordering: .sequentiallyConsistent)
    guard let pointer = UnsafeRawPointer(bitPattern: address) else {
      return wasPressed.store(true, ordering: .sequentiallyConsistent)
    }
    Unmanaged<Budget>.fromOpaque(pointer).takeUnretainedValue().cancel()
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    let isSoon = now - lastPress.exchange(now, ordering: .relaxed) < 1000
    presses.add(1, ordering: .relaxed)
    let count = isSoon ? quickPresses.add(1, ordering: .relaxed).newValue : 1
    if !isSoon { quickPresses.store(1, ordering: .relaxed) }
    if count > patience { SuddenEnd.end(130) }
  }

  // What is typed during a fit would scribble on the progress line; it is kept for the next prompt.
  private static func quietly(_ body: () -> Void) {
    var settings = termios()
    guard Terminal.isTerminal(STDIN_FILENO), tcgetpgrp(STDIN_FILENO) == getpgrp(),
      tcgetattr(STDIN_FILENO, &settings) == 0
    else { return body() }
    LineEditor.guardTerminal()
    var silent = settings
    // Nor should the driver edit it, or keep no more than a line of it.
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    body()
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }
}
