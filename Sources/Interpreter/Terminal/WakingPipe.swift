// One thread wakes another that waits for it, or for a signal.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pipe that carries nothing but the news that something ended.
struct WakingPipe: Sendable {
  private let ends: (read: Int32, write: Int32)

  /// Makes one; nil where the system gives none.
  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    self.ends = (ends[0], ends[1])
  }

  /// Wakes whoever waits.
  func wake() {
    var byte: UInt8 = 1
    _ = systemWrite(ends.write, &byte, 1)
  }

  /// Waits to be woken; false if that did not happen by then.
  func wait(milliseconds: Int32) -> Bool {
    var wanted = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
    return systemPoll(&wanted, 1, milliseconds) > 0
  }

  func close() {
    systemClose(ends.read)
    systemClose(ends.write)
  }
}

private func systemClose(_ descriptor: Int32) { close(descriptor) }
