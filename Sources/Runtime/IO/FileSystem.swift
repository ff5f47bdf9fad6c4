// The only file that touches the disk.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a file, mapped read-only for as long as this object lives.
public final class MappedFile: Sendable {
  /// The bytes; valid while the object lives.
  nonisolated(unsafe) public let bytes: UnsafeBufferPointer<UInt8>

  /// Maps a file; a stream has no bytes to map.
  public init(_ path: String) throws(FileError) {
    guard !FileSystem.isStream(path) else { throw .stream(path: path) }
    let descriptor = try FileSystem.open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileSystem.error("inspect", path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .isFolder(path: path) }
    let size = Int(status.st_size)
    if size == 0 {
      bytes = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw FileSystem.error("map", path) }
    madvise(address, size, MADV_SEQUENTIAL)
    bytes = UnsafeBufferPointer(
      start: address.assumingMemoryBound(to: UInt8.self), count: size)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }
}

/// Plain questions about files and folders.
public enum FileSystem {
  /// Whether there is a file or folder at a path.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is a folder at a path.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Reads a whole file, pipes included.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = try open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw .isFolder(path: path)
    }
    return try readToEnd(descriptor, path, expecting: Int(status.st_size) + 1)
  }

  static func readToEnd(
    _ descriptor: Int32, _ path: String, expecting count: Int
  ) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(min(count, longestStream))
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = systemRead(descriptor, &buffer, buffer.count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw error("read", path) }
      if got == 0 { return result }
      guard result.count + got <= longestStream else { throw .endless(path: path) }
      result.append(contentsOf: buffer[..<got])
    }
  }

  static func openForWriting(_ path: String) throws(FileError) -> Int32 {
    try open(path, O_WRONLY)
  }

  /// Lists the names in a folder, sorted by their bytes.
  public static func list(_ path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else { throw error("list", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder unless it exists.
  public static func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw error("make", path) }
  }

  /// Makes a folder and those above it, unless they exist.
  public static func makeFolders(_ path: String) throws(FileError) {
    guard !isFolder(path) else { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolders(String(path[..<slash]))
    }
    try makeFolder(path)
  }

  /// The size of a file in bytes; nil if there is none.
  public static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// When a file was last written or marked as used, in nanoseconds since 1970; nil if there is none.
  public static func time(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }

  /// Marks a file as used now, if that can be done.
  public static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, 0) }

  /// Removes a file.
  public static func remove(_ path: String) throws(FileError) {
    if unlink(path) != 0 { throw error("remove", path) }
  }

  /// The value of an environment variable.
  public static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The folder in which the process works; empty if nobody knows.
  public static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }

  /// Where files go that nobody keeps.
  public static var temporaryFolder: String {
    environment("TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
  }

  /// Adds bytes to a file in one write, making the file, for its owner alone, if need be; false if not all went in.
  public static func append(_ bytes: [UInt8], to path: String) -> Bool {
    guard let descriptor = try? open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o600)
    else {
      return false
    }
    defer { close(descriptor) }
    return bytes.withUnsafeBytes { systemWrite(descriptor, $0) } == bytes.count
  }

  /// Reads the end of a file, from the beginning of a line; nil if it cannot be read.
  public static func readTail(_ path: String, limit: Int) -> [UInt8]? {
    // A pipe would hold the program in the call that opens it.
    guard let descriptor = try? open(path, O_RDONLY | O_NONBLOCK) else { return nil }
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

  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws(FileError) -> Int32
  {
    while true {
      let descriptor = systemOpen(path, flags | O_CLOEXEC, mode)
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw error("open", path) }
    }
  }

  static func error(_ operation: String, _ path: String) -> FileError {
    let code = errno
    switch code {
    case ENOENT: return .notFound(path: path)
    case EISDIR: return .isFolder(path: path)
    case EACCES, EPERM: return .denied(path: path)
    default:
      return .failed(operation: operation, path: path, reason: String(cString: strerror(code)))
    }
  }
}

/// The system calls of a durable write; a test double can fail any one of them.
public struct WriteCalls: Sendable {
  /// Writes bytes to a descriptor; gives the number written, or -1.
  public var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
  /// Forces a descriptor's bytes to the disk; zero on success.
  public var sync: @Sendable (Int32) -> Int32
  /// Moves a file over another; zero on success.
  public var rename: @Sendable (String, String) -> Int32
  /// Creates a file that is not there yet; gives its descriptor, or -1.
  public var create: @Sendable (String) -> Int32 = {
    systemOpen($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  }
  /// Closes a descriptor; zero on success.
  public var close: @Sendable (Int32) -> Int32 = { systemClose($0) }

  /// The system's own calls.
  public static let system = WriteCalls(
    write: { systemWrite($0, $1) }, sync: { fsync($0) }, rename: { systemRename($0, $1) })

  /// Creates a set of calls.
  public init(
    write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
    sync: @escaping @Sendable (Int32) -> Int32,
    rename: @escaping @Sendable (String, String) -> Int32
  ) {
    self.write = write
    self.sync = sync
    self.rename = rename
  }
}

/// The steps of a durable write on descriptors, for DurableWrite.swift.
enum DurableSteps {
  /// What is replaced.
  typealias Target = (path: String, mode: mode_t?)

  /// The path a symbolic link leads to, or the path itself; and the mode to give the new file.
  static func target(_ path: String) -> Target {
    var status = stat()
    let isThere = stat(path, &status) == 0
    guard isThere, let resolved = realpath(path, nil) else { return (path, nil) }
    defer { free(resolved) }
    return (String(cString: resolved), status.st_mode & 0o7777)
  }

  /// Creates a file that is not there yet; nil if it is there.
  static func create(
    _ path: String, mode: mode_t?, calls: WriteCalls
  ) throws(FileError) -> Int32? {
    while true {
      let descriptor = calls.create(path)
      if descriptor >= 0 {
        if let mode { fchmod(descriptor, mode) }
        return descriptor
      }
      if errno == EEXIST { return nil }
      if errno != EINTR { throw FileSystem.error("create", path) }
    }
  }

  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String, calls: WriteCalls
  ) throws(FileError) {
    var rest = bytes
    while rest.count > 0 {
      let written = calls.write(descriptor, rest)
      if written < 0, errno == EINTR { continue }
      if written <= 0 { throw FileSystem.error("write", path) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  static func syncFolder(of path: String, calls: WriteCalls) throws(FileError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = try FileSystem.open(folder, O_RDONLY)
    defer { close(descriptor) }
    if calls.sync(descriptor) != 0 { throw FileSystem.error("flush", folder) }
  }

  static func finish(
    _ descriptor: Int32, path: String, calls: WriteCalls
  ) throws(FileError) {
    if calls.close(descriptor) != 0 { throw FileSystem.error("close", path) }
  }

  static func discard(_ descriptor: Int32?, path: String) {
    if let descriptor { close(descriptor) }
    unlink(path)
  }

  static var processNumber: Int { Int(getpid()) }

  /// Whether a process of this number runs; one that may not be asked does.
  static func isAlive(process number: Int) -> Bool {
    guard let number = pid_t(exactly: number), number > 0 else { return false }
    return kill(number, 0) == 0 || errno != ESRCH
  }
}

// Free functions, because inside the types above their own names would shadow the system's.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
  open(path, flags, mode)
}
private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
  read(descriptor, &buffer, count)
}
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }
