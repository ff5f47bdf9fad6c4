// fq on a pseudo-terminal of our own: bytes in, a screen model out. Faster and finer than a terminal program,
// for tests that measure time or send what no keyboard sends.

import Foundation

@testable import Interpreter

/// A running fq and the screen that its bytes draw.
final class PromptPty: @unchecked Sendable {
  private let master: Int32
  let process: pid_t
  private let lock = NSLock()
  private var model: ScreenModel
  private var pending: [UInt8] = []
  private var count = 0
  private var isOpen = true
  // TIOCGPTN and TIOCSPTLCK, which the library has functions for that Swift does not see.
  private static let (number, unlock) = (UInt(0x8004_5430), UInt(0x4004_5431))

  /// Starts fq on a terminal of a size.
  init(
    width: Int = 80, height: Int = 24, arguments: [String] = [], environment: [String: String] = [:]
  ) throws {
    guard let binary = PromptTerminal.binary else { throw CocoaError(.fileNoSuchFile) }
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (number, isLocked) = (UInt32(0), Int32(0))
    guard master >= 0, ioctl(master, Self.unlock, &isLocked) == 0,
      ioctl(master, Self.number, &number) == 0
    else { throw CocoaError(.fileReadUnknown) }
    let name = "/dev/pts/\(number)"
    var size = winsize(
      ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var variables = ProcessInfo.processInfo.environment
    variables["NO_COLOR"] = nil
    variables["TERM"] = "xterm-256color"
    variables["FQ_HISTORY"] = ""
    variables.merge(environment) { $1 }
    model = ScreenModel(columns: width, height: height)
    process = try Self.spawn(
      [binary] + arguments, variables.map { "\($0)=\($1)" }, terminal: name)
    let thread = Thread { [weak self, master] in
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(master, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0, let self else { break }
        self.take(buffer[..<count])
      }
      self?.close()
    }
    thread.start()
  }

  // The first terminal that a session leader opens is its own; keys then send signals.
  private static func spawn(
    _ words: [String], _ environment: [String], terminal: String
  ) throws -> pid_t {
    try spawned(words, environment, isSessionLeader: true) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
      posix_spawn_file_actions_adddup2(&actions, 0, 2)
    }
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    closeDescriptor(master)
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    lock.lock()
    defer { lock.unlock() }
    count += bytes.count
    pending += bytes
    // A character may have come in halves.
    var whole = pending.count
    var back = 0
    while back < 4, whole > 0, pending[whole - 1] & 0xC0 == 0x80 {
      (whole, back) = (whole - 1, back + 1)
    }
    if whole > 0, pending[whole - 1] >= 0xC0 {
      let lead = pending[whole - 1]
      let needed = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1
      whole = back >= needed ? pending.count : whole - 1
    } else {
      whole = pending.count
    }
    model.play(String(decoding: pending[..<whole], as: UTF8.self))
    pending.removeFirst(whole)
  }

  private func close() {
    lock.lock()
    isOpen = false
    lock.unlock()
  }

  /// What is on the screen.
  var screen: ScreenModel {
    lock.lock()
    defer { lock.unlock() }
    return model
  }

  /// The bytes that were written so far.
  var written: Int {
    lock.lock()
    defer { lock.unlock() }
    return count
  }

  /// Whether the program still has its terminal.
  var isRunning: Bool {
    lock.lock()
    defer { lock.unlock() }
    return isOpen
  }

  /// Whether the terminal shows what is typed and edits its lines, as programs expect it.
  var isCooked: Bool {
    var settings = termios()
    let both = tcflag_t(ECHO | ICANON)
    return tcgetattr(master, &settings) == 0 && settings.c_lflag & both == both
  }

  /// Sends bytes as a keyboard would.
  func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { write(master, $0.baseAddress, min($0.count, 2048)) }
      if sent < 0, errno == EINTR || errno == EAGAIN { continue }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// Makes the terminal another size; the screen model starts anew.
  func resize(width: Int, height: Int) {
    var size = winsize(
      ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    lock.lock()
    defer { lock.unlock() }
    model = model.resized(columns: width, height: height)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Hangs up.
  func hangUp() { closeDescriptor(master) }

  /// Waits for a condition on the lines of the screen; the time it took, nil if it never held.
  func wait(seconds: Double = 20, until condition: ([String]) -> Bool) -> Double? {
    let began = Date()
    while Date().timeIntervalSince(began) < seconds {
      if condition(screen.lines) { return Date().timeIntervalSince(began) }
      usleep(1000)
    }
    return nil
  }

  /// Waits for the end of the program; its exit status, or minus the signal that ended it.
  func end(seconds: Double = 20) -> Int32? {
    let began = Date()
    var status: Int32 = 0
    while Date().timeIntervalSince(began) < seconds {
      if waitpid(process, &status, WNOHANG) == process {
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
      }
      usleep(2000)
    }
    return nil
  }
}

// Inside a class that has a method of this name the system's is hidden.
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
