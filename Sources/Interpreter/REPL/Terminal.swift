// What the system knows about the terminal and the process: width, signals, bytes in and out. The
// only file of the interpreter that calls the C library.

import FactorRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal, and the process that it belongs to.
enum Terminal {
  /// The two ways out.
  enum Stream: Int32, Sendable {
    case output = 1
    case error = 2
  }

  // MARK: What it can do

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of a stream; 80 if nobody knows.
  static func width(_ stream: Stream = .output) -> Int {
    var size = winsize()
    if ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(20, Int(size.ws_col))
    }
    return FileSystem.environment("COLUMNS").flatMap { Int($0) }.map { max(20, $0) } ?? 80
  }

  /// Lines of the terminal; nil if nobody knows.
  static var height: Int? {
    var size = winsize()
    guard ioctl(Stream.output.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else {
      return nil
    }
    return Int(size.ws_row)
  }

  /// Tells whether the terminal cannot move its cursor.
  static var isDumb: Bool {
    let name = FileSystem.environment("TERM") ?? ""
    return name.isEmpty || name == "dumb"
  }

  /// Tells whether the locale is UTF-8; where none is set, as in bare containers, it is assumed.
  static var speaksUTF8: Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let set = names.lazy.compactMap { FileSystem.environment($0) }.first { !$0.isEmpty }
    guard let locale = set?.lowercased() else { return true }
    return locale.contains("utf-8") || locale.contains("utf8")
  }

  /// What a stream can show.
  static func stream(_ stream: Stream) -> OutputGate.Stream {
    let isTerminal = isTerminal(stream.rawValue)
    let isPlain = isDumb || !(FileSystem.environment("NO_COLOR") ?? "").isEmpty
    return OutputGate.Stream(
      isTerminal: isTerminal, canRewrite: isTerminal && !isDumb,
      hasColour: isTerminal && !isPlain, speaksUTF8: !isTerminal || speaksUTF8)
  }

  // MARK: Bytes

  /// Writes all bytes, however often that takes; a reader that went away is not our fault.
  static func write(_ bytes: [UInt8], to stream: Stream) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(stream.rawValue, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        poll(stream)
        continue
      }
      guard count > 0 else {
        // A reader that went away (`| head`) is no loss; a full disk is.
        if stream == .output, errno != EPIPE { hasLostOutput.store(true, ordering: .relaxed) }
        return
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func poll(_ stream: Stream) {
    var wanted = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
    _ = systemPoll(&wanted, 1, 1000)
  }

  /// Writes a text, harmless, without going through a gate.
  static func write(_ text: String, to stream: Stream) {
    write(Array(OutputGate.clean(text).utf8), to: stream)
  }

  /// Reads what is there of standard input; nil at its end.
  static func readChunk() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      return count > 0 ? Array(buffer[..<count]) : nil
    }
  }

  /// Reads standard input to its end.
  static func readStandardInput() -> [UInt8] {
    var result: [UInt8] = []
    while let chunk = readChunk() { result += chunk }
    return result
  }

  /// Adds bytes to a file in one write, making the file if need be.
  static func append(_ bytes: [UInt8], to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return systemWrite(descriptor, bytes, bytes.count) == bytes.count
  }

  /// Reads the end of a file, from the beginning of a line; nil if it cannot be read.
  static func readTail(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return size == 0 ? [] : nil }
    let start = max(0, size - limit)
    var bytes = [UInt8](repeating: 0, count: size - start)
    let count = pread(descriptor, &bytes, bytes.count, off_t(start))
    guard count >= 0 else { return nil }
    let tail = bytes[..<count]
    guard start > 0, let end = tail.firstIndex(of: 0x0A) else { return Array(tail) }
    return Array(tail[(end + 1)...])
  }

  // MARK: The process

  static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }

  static var secondsSinceEpoch: Int { time(nil) }

  /// Ends the process.
  static func end(with status: Int32) -> Never {
    if status == 0, hasLostOutput.load(ordering: .relaxed) {
      write("fq: not everything could be written to standard output\n", to: .error)
      exit(1)
    }
    exit(status)
  }

  private static let hasLostOutput = Atomic<Bool>(false)

  // MARK: Interrupts

  /// The budget that Ctrl-C cancels, as an address, because a signal handler may not take locks.
  private static let target = Atomic<UInt>(0)

  /// Runs work that Ctrl-C cancels, and keeps what is typed meanwhile off the screen.
  static func interrupting(_ budget: Budget, _ body: () -> Void) {
    let address = UInt(bitPattern: Unmanaged.passUnretained(budget).toOpaque())
    let outer = target.exchange(address, ordering: .sequentiallyConsistent)
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
    quietly(body)
    sigaction(SIGINT, &before, nil)
    target.store(outer, ordering: .sequentiallyConsistent)
    withExtendedLifetime(budget) {}
  }

  private static func setHandler(_ action: inout sigaction) {
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = { _ in Terminal.cancelTarget() }
    #else
      action.__sigaction_u.__sa_handler = { _ in Terminal.cancelTarget() }
    #endif
  }

  private static func cancelTarget() {
    let address = target.load(ordering: .sequentiallyConsistent)
    guard let pointer = UnsafeRawPointer(bitPattern: address) else { return }
    Unmanaged<Budget>.fromOpaque(pointer).takeUnretainedValue().cancel()
  }

  // What is typed during a fit would scribble on the progress line; it is kept for the next prompt.
  private static func quietly(_ body: () -> Void) {
    var settings = termios()
    guard isTerminal(STDIN_FILENO), tcgetpgrp(STDIN_FILENO) == getpgrp(),
      tcgetattr(STDIN_FILENO, &settings) == 0
    else { return body() }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    body()
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }
}

// Inside the enum these names would mean its own functions.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

private func systemPoll(_ wanted: UnsafeMutablePointer<pollfd>, _ count: UInt, _ limit: Int32)
  -> Int32
{
  poll(wanted, nfds_t(count), limit)
}
