// The most memory that this process held at one time, since it was last asked to forget.

import Foundation

/// Resident memory in bytes, as the kernel counts it.
public enum PeakMemory {
  /// Forgets the peak; gives what is held now.
  public static func reset() -> Int {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    return field("VmRSS:")
  }

  /// The peak since `reset`.
  public static func current() -> Int { field("VmHWM:") }

  private static func field(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return
      (line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) } ?? 0)
      << 10
  }
}
