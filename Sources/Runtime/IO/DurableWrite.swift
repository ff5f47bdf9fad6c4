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
    if FileSystem.isStream(target.path) {
      let descriptor = try FileSystem.openForWriting(target.path)
      try write(bytes, to: descriptor, path: path, calls: calls, syncs: false)
      return try DurableSteps.finish(descriptor, path: path, calls: calls)
    }
    let (temporary, descriptor) = try createTemporary(for: target, calls)
    var isOpen = true
    do throws(FileError) {
      try write(bytes, to: descriptor, path: path, calls: calls)
      isOpen = false
      try DurableSteps.finish(descriptor, path: path, calls: calls)
      if calls.rename(temporary, target.path) != 0 { throw FileSystem.error("replace", path) }
    } catch {
      DurableSteps.discard(isOpen ? descriptor : nil, path: temporary)
      throw error
    }
    try DurableSteps.syncFolder(of: target.path, calls: calls)
  }

  // A process of our number may have died and left a temporary of the same name.
  private static func createTemporary(
    for target: DurableSteps.Target, _ calls: WriteCalls
  ) throws(FileError) -> (path: String, descriptor: Int32) {
    while true {
      let number = serial.add(1, ordering: .relaxed).newValue
      let path = "\(target.path).\(DurableSteps.processNumber)-\(number)\(ending)"
      if let descriptor = try DurableSteps.create(path, mode: target.mode, calls: calls) {
        return (path, descriptor)
      }
    }
  }

  private static let ending = ".tmp"

  /// The name of the file that a temporary was to replace, if it is one that nobody will finish:
  /// its process is gone, or it had our number before us.
  static func abandonedTarget(of name: String) -> String? {
    guard name.hasSuffix(ending) else { return nil }
    let stem = name.dropLast(ending.count)
    guard let dot = stem.lastIndex(of: ".") else { return nil }
    let numbers = stem[stem.index(after: dot)...].split(separator: "-").map { Int($0) }
    guard numbers.count == 2, let process = numbers[0], let number = numbers[1] else { return nil }
    let isOurs = process == DurableSteps.processNumber
    let isAbandoned =
      isOurs ? number > serial.load(ordering: .relaxed) : !DurableSteps.isAlive(process: process)
    return isAbandoned ? String(stem[..<dot]) : nil
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
