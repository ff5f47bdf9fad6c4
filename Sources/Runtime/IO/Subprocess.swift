// Running another program and waiting for it: peers of benchmarks, and start-up time.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

public enum Subprocess {
  /// Runs a command line under the shell and gives what it prints; nil if it fails.
  public static func output(of command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// Runs a command line under the shell, gives it bytes to read, and waits until it has ended; false if it could
  /// not be started.
  ///
  /// Ctrl-C is the other program's meanwhile, and so is the terminal, which is as it was when it ends, however it ends.
  public static func feed(_ bytes: [UInt8], to command: String) -> Bool {
    var settings = termios()
    let hasTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &settings) == 0
    defer { if hasTerminal { tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) } }
    // A handler that does nothing, and not the signal ignored, which the other program would inherit.
    var (nothing, before) = (sigaction(), sigaction())
    #if canImport(Glibc)
      nothing.__sigaction_handler.sa_handler = { _ in }
    #else
      nothing.__sigaction_u.__sa_handler = { _ in }
    #endif
    nothing.sa_flags = Int32(SA_RESTART)
    var pipeBefore = sigaction()
    sigaction(SIGINT, &nothing, &before)
    sigaction(SIGPIPE, &nothing, &pipeBefore)
    defer {
      sigaction(SIGINT, &before, nil)
      sigaction(SIGPIPE, &pipeBefore, nil)
    }
    guard let pipe = popen(command, "w") else { return false }
    // It may stop reading when its reader has seen enough.
    _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, pipe) }
    let status = pclose(pipe)
    let code = (status >> 8) & 0xff
    return status != -1 && !((status & 0x7f) == 0 && (code == 126 || code == 127))
  }

  /// Runs a program that is looked for on the path, on this terminal, to its end; gives the exit status, or nil if it
  /// did not start or did not end by itself.
  public static func runHere(_ words: [String]) -> Int32? {
    guard let name = words.first else { return nil }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for word in arguments { free(word) } }
    var process = pid_t()
    guard posix_spawnp(&process, name, nil, nil, arguments, environ) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      if errno != EINTR { return nil }
    }
    return (status & 0x7f) == 0 ? (status >> 8) & 0xff : nil
  }

  /// Tells whether a program of this name lies on the path that the shell searches.
  public static func exists(_ name: String) -> Bool {
    let path = FileSystem.environment("PATH") ?? ""
    return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  /// Runs a program with its output thrown away; gives the exit status, or nil if it cannot start.
  public static func run(_ path: String, _ arguments: [String]) -> Int32? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, path, &actions, nil, words, environ) == 0 else { return nil }
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process else { return nil }
    return (status & 0x7f) == 0 ? (status >> 8) & 0xff : nil
  }

  /// The most memory this process has had resident, in bytes; nil where the system does not tell.
  ///
  /// Not what `getrusage` says: that starts at the size of the process this one was made by.
  public static var peakResidentBytes: Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let words = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self
      )
      .split { $0 == " " || $0 == "\t" }
      if words.count > 1, words[0] == "VmHWM:" { return Int(words[1]).map { $0 * 1024 } }
    }
    return nil
  }

  /// The number of this process, which it keeps when it becomes another program.
  public static var ownNumber: Int32 { getpid() }

  /// Starts this program anew in its own place, with its own words and a changed environment; returns
  /// only if that cannot be done.
  public static func becomeAnew(_ environment: [(name: String, value: String)]) {
    guard let path = ownPath else { return }
    for (name, value) in environment { setenv(name, value, 1) }
    // The words as they came, whatever bytes they hold.
    execv(path, CommandLine.unsafeArgv)
  }

  /// The path of this very program, where the system tells.
  public static var ownPath: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
