// Pipes and devices: read once and to their end, or written to, and never waited for in vain, since each
// wait asks the budget.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FileSystem {
  /// Whether there is something at a path that is read or written once, such as a pipe or a device.
  public static func isStream(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
      && status.st_mode & S_IFMT != S_IFDIR
  }

  /// A device without an end, such as one of zeros, is given up on here.
  static let longestStream = 1 << 32

  /// Reads a stream to its end; a pipe that nobody has opened for writing is waited for. What it takes stays
  /// reserved.
  static func readStream(_ path: String, _ budget: Budget) throws -> [UInt8] {
    // A pipe without a writer would otherwise hold the program in the call that opens it.
    let descriptor = try open(path, O_RDONLY | O_NONBLOCK)
    defer { closeDescriptor(descriptor) }
    var result: [UInt8] = []
    do {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        try wait(for: descriptor, POLLIN, budget)
        let got = readBytes(descriptor, &buffer)
        if got < 0, errno == EINTR || errno == EAGAIN { continue }
        if got < 0 { throw error("read", path) }
        if got == 0 { return result }
        guard result.count + got <= longestStream else { throw FileError.endless(path: path) }
        try budget.reserve(got, for: "reading a stream")
        result.append(contentsOf: buffer[..<got])
      }
    } catch {
      budget.release(result.count)
      throw error
    }
  }

  /// Reads a whole file, streams included.
  public static func read(_ path: String, heeding budget: Budget) throws -> [UInt8] {
    guard isStream(path) else { return try read(path) }
    let bytes = try readStream(path, budget)
    budget.release(bytes.count)
    return bytes
  }

  /// Replaces a file, or writes to a stream; a pipe that nobody reads is waited for.
  public static func write(_ bytes: [UInt8], to path: String, heeding budget: Budget) throws {
    guard isStream(path) else { return try DurableWrite.replace(path, with: bytes) }
    let descriptor = try openStream(path, budget)
    defer { closeDescriptor(descriptor) }
    // Who stops reading is an error of this write, not the end of the process.
    let before = signal(SIGPIPE) { _ in }
    defer { signal(SIGPIPE, before) }
    var rest = bytes[...]
    while !rest.isEmpty {
      try wait(for: descriptor, POLLOUT, budget)
      let count = rest.withUnsafeBytes { writeBytes(descriptor, $0) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      if count <= 0 { throw error("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  private static func openStream(_ path: String, _ budget: Budget) throws -> Int32 {
    while true {
      let descriptor = openDescriptor(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      guard errno == ENXIO || errno == EINTR else { throw error("open", path) }
      try budget.check()
      usleep(20_000)
    }
  }

  // Devices that cannot be waited for are ready at once. A signal wakes the call without anything being there:
  // a pipe nobody writes to would then seem to be at its end.
  private static func wait(for descriptor: Int32, _ event: Int32, _ budget: Budget) throws {
    var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    repeat { try budget.check() } while poll(&state, 1, 20) <= 0
  }
}

// Free functions, because inside the type above their own names would shadow the system's.
private func openDescriptor(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }
private func readBytes(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
  read(descriptor, &buffer, buffer.count)
}
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
