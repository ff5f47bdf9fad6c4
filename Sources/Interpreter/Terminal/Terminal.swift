// What the system knows of the terminal, and bytes in and out. The files of this room are the only ones of the
// interpreter that call the C library.

import FactorRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal, and the streams of the process that it belongs to.
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
    guard let set else { return true }
    // In small letters, without hyphens.
    let letters = set.utf8.filter { $0 != 0x2D }.map { $0 | 0x20 }
    return letters.indices.contains { letters[$0...].starts(with: "utf8".utf8) }
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

  /// Reads what a person types; nil at its end, and where a signal came first.
  static func readTyped() -> [UInt8]? {
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return systemPoll(&wanted, 1, -1) < 0 ? nil : readChunk()
  }

  /// Reads standard input to its end.
  static func readStandardInput() -> [UInt8] {
    var result: [UInt8] = []
    while let chunk = readChunk() { result += chunk }
    return result
  }

  // MARK: The process

  /// Waits; a signal ends it early.
  static func sleep(milliseconds: Int) {
    if milliseconds > 0 { _ = systemPoll(nil, 0, Int32(clamping: milliseconds)) }
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
}

// Inside the enum these names would mean its own functions.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

func systemPoll(_ wanted: UnsafeMutablePointer<pollfd>?, _ count: UInt, _ limit: Int32)
  -> Int32
{
  poll(wanted, nfds_t(count), limit)
}
