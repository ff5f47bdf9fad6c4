// The one routine that replaces a file: after a crash either the old or the new one is there.
//
// Temporary file in the same folder, write all, fsync, rename, fsync the folder. A symbolic link's
// target is replaced, not the link; the old file's mode is kept. A failed fsync is final: the
// temporary goes and the old file stays.

import Synchronization

/// Replaces files all at once.
public enum DurableWrite {
  private static let serial = Atomic<Int>(0)

  /// Replaces or creates a file with the given bytes.
  public static func replace(
    _ path: String, with bytes: [UInt8], calls: WriteCalls = .system
  ) throws(FileError) {
    let target = DurableSteps.target(path)
    // A device or a pipe is written to, not replaced.
    if DurableSteps.isSpecial(target.path) {
      let descriptor = try FileSystem.openForWriting(target.path)
      try write(bytes, to: descriptor, path: path, calls: calls, syncs: false)
      return try DurableSteps.finish(descriptor, path: path)
    }
    let number = serial.add(1, ordering: .relaxed).newValue
    let temporary = "\(target.path).\(DurableSteps.processNumber)-\(number).tmp"
    let descriptor = try DurableSteps.create(temporary, mode: target.mode)
    var isOpen = true
    do throws(FileError) {
      try write(bytes, to: descriptor, path: path, calls: calls)
      isOpen = false
      try DurableSteps.finish(descriptor, path: path)
      if calls.rename(temporary, target.path) != 0 { throw FileSystem.error("replace", path) }
    } catch {
      DurableSteps.discard(isOpen ? descriptor : nil, path: temporary)
      throw error
    }
    try DurableSteps.syncFolder(of: target.path, calls: calls)
  }

  /// Replaces or creates a file with the given text.
  public static func replace(
    _ path: String, with text: String, calls: WriteCalls = .system
  ) throws(FileError) {
    try replace(path, with: Array(text.utf8), calls: calls)
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: Int32, path: String, calls: WriteCalls, syncs: Bool = true
  ) throws(FileError) {
    // A closure with a typed error cannot pass through withUnsafeBytes, hence the result.
    let outcome = bytes.withUnsafeBytes { raw in
      Result { () throws(FileError) in
        try DurableSteps.writeAll(raw, to: descriptor, path: path, calls: calls)
      }
    }
    try outcome.get()
    if syncs, calls.sync(descriptor) != 0 { throw FileSystem.error("flush", path) }
  }
}
