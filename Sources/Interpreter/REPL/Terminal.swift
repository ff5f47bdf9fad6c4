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

  /// Columns and rows of the terminal.
  static func size() -> (columns: Int, rows: Int) { (width(), height ?? 24) }

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

  /// Two ends of a pipe; nil where the system gives none.
  static func makePipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [0, 0]
    return pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
  }

  static func closePipe(_ ends: (read: Int32, write: Int32)) {
    close(ends.read)
    close(ends.write)
  }

  /// Tells whoever reads the pipe.
  static func signal(_ descriptor: Int32) {
    var byte: UInt8 = 1
    _ = systemWrite(descriptor, &byte, 1)
  }

  /// Waits until a descriptor has something to read; false if it had not by then.
  static func wait(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return systemPoll(&wanted, 1, milliseconds) > 0
  }

  /// Waits; a signal ends it early.
  static func sleep(milliseconds: Int) {
    if milliseconds > 0 { _ = systemPoll(nil, 0, Int32(clamping: milliseconds)) }
  }

  static var temporaryFolder: String {
    FileSystem.environment("TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
  }

  /// Ends the process.
  static func end(with status: Int32) -> Never {
    if status == 0, hasLostOutput.load(ordering: .relaxed) {
      write("fq: not everything could be written to standard output\n", to: .error)
      exit(1)
    }
    exit(status)
  }

  private static let hasLostOutput = Atomic<Bool>(false)

  // MARK: Single keys

  /// Keys one by one and unseen, from a terminal; Ctrl-C is a key, except while something runs.
  final class Keys {
    private let before: termios
    private var waiting: [UInt8] = []

    /// Takes the keyboard; nil where there is none.
    init?() {
      var settings = termios()
      guard isTerminal(STDIN_FILENO), tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
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
      Terminal.interrupting(budget) {
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
        guard let bytes = readChunk() else { return [] }
        waiting = bytes
      }
      // A key that is no letter comes as an escape and what follows it, all at once.
      let count = waiting[0] == 0x1B ? waiting.count : 1
      defer { waiting.removeFirst(count) }
      return Array(waiting[..<count])
    }
  }

  // MARK: Interrupts

  /// The budget that Ctrl-C cancels, as an address, because a signal handler may not take locks.
  private static let target = Atomic<UInt>(0)

  /// Whether Ctrl-C was pressed when nothing ran yet that could be cancelled.
  private static let wasPressed = Atomic<Bool>(false)

  /// Runs work that Ctrl-C cancels, and keeps what is typed meanwhile off the screen; tells whether it was
  /// pressed, also between the moment at which a statement was typed and this one.
  @discardableResult
  static func interrupting(_ budget: Budget, _ body: () -> Void) -> Bool {
    let address = UInt(bitPattern: Unmanaged.passUnretained(budget).toOpaque())
    presses.store(0, ordering: .relaxed)
    lastPress.store(0, ordering: .relaxed)
    let outer = target.exchange(address, ordering: .sequentiallyConsistent)
    let before = hearInterrupts()
    if wasPressed.exchange(false, ordering: .sequentiallyConsistent) { cancelTarget() }
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
  static func keepInterrupts() { _ = hearInterrupts() }

  /// A statement begins: what was pressed before is not meant for it.
  static func forgetInterrupts() { wasPressed.store(false, ordering: .sequentiallyConsistent) }

  /// Hears Ctrl-C; gives who heard it before.
  private static func hearInterrupts() -> sigaction {
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
      action.__sigaction_handler.sa_handler = { _ in Terminal.cancelTarget() }
    #else
      action.__sigaction_u.__sa_handler = { _ in Terminal.cancelTarget() }
    #endif
  }

  /// How often Ctrl-C was pressed, each time within a second of the time before, and when it last was.
  private static let presses = Atomic<Int>(0)
  private static let lastPress = Atomic<Int>(0)
  /// More than this, and what does not stop is ended with the process.
  static let patience = 2

  /// The presses that asked the present work to stop.
  static var interruptPresses: Int { presses.load(ordering: .relaxed) }

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
    let count = isSoon ? presses.add(1, ordering: .relaxed).newValue : 1
    if !isSoon { presses.store(1, ordering: .relaxed) }
    if count > patience { endAtOnce(130) }
  }

  // MARK: Ends that nobody planned

  /// What gives the terminal back; set once something changed it.
  static let restoration = Atomic<UInt>(0)

  /// Ends the process from wherever it is, with the terminal as it was.
  static func endAtOnce(_ status: Int32) -> Never {
    if let address = UnsafeRawPointer(bitPattern: restoration.load(ordering: .relaxed)) {
      unsafeBitCast(address, to: (@convention(c) () -> Void).self)()
    }
    LastWords.write()
    _exit(status)
  }

  /// Ends on faults of our own, such as a trap, with one line, a file to report and status 70.
  static func guardAgainstFaults() {
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = { _ in Terminal.endOnFault() }
      #else
        action.__sigaction_u.__sa_handler = { _ in Terminal.endOnFault() }
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
    endAtOnce(70)
  }

  /// Adds bytes to a file, with calls that a signal handler may make.
  static func appendInHandler(_ bytes: UnsafeRawBufferPointer, to path: UnsafePointer<CChar>) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, let start = bytes.baseAddress else { return }
    _ = systemWrite(descriptor, start, bytes.count)
    close(descriptor)
  }

  /// Writes bytes to standard error, as a signal handler may.
  static func complainInHandler(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { _ = systemWrite(STDERR_FILENO, start, bytes.count) }
  }

  // What is typed during a fit would scribble on the progress line; it is kept for the next prompt.
  private static func quietly(_ body: () -> Void) {
    var settings = termios()
    guard isTerminal(STDIN_FILENO), tcgetpgrp(STDIN_FILENO) == getpgrp(),
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

// Inside the enum these names would mean its own functions.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

private func systemPoll(_ wanted: UnsafeMutablePointer<pollfd>?, _ count: UInt, _ limit: Int32)
  -> Int32
{
  poll(wanted, nfds_t(count), limit)
}
