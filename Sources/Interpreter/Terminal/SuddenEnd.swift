// Ends that nobody planned: faults of our own, and work that does not hear Ctrl-C.

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The end of the process from wherever it is, also in a signal handler.
enum SuddenEnd {
  /// What gives the terminal back; set once something changed it.
  static let restoration = Atomic<UInt>(0)

  /// Ends the process from wherever it is, with the terminal as it was.
  static func end(_ status: Int32) -> Never {
    if let address = UnsafeRawPointer(bitPattern: restoration.load(ordering: .relaxed)) {
      unsafeBitCast(address, to: (@convention(c) () -> Void).self)()
    }
    LastWords.write()
    _exit(status)
  }

  /// Ends on faults of our own, such as a trap, with one line, a file to report and status 70.
  static func prepare() {
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = { _ in SuddenEnd.endOnFault() }
      #else
        action.__sigaction_u.__sa_handler = { _ in SuddenEnd.endOnFault() }
      #endif
      action.sa_flags = Int32(SA_NODEFER) | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
    // Ctrl-\ is the user's wish and no fault, whose stack the language would print.
    var usual = sigaction()
    sigaction(SIGQUIT, &usual, nil)
  }

  private static func endOnFault() -> Never {
    LastWords.report()
    end(70)
  }

  /// Adds bytes to a file, with calls that a signal handler may make.
  static func append(_ bytes: UnsafeRawBufferPointer, to path: UnsafePointer<CChar>) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, let start = bytes.baseAddress else { return }
    _ = systemWrite(descriptor, start, bytes.count)
    close(descriptor)
  }

  /// Writes bytes to standard error, as a signal handler may.
  static func complain(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { _ = systemWrite(STDERR_FILENO, start, bytes.count) }
  }
}
