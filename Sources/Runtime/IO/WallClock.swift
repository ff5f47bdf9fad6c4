// The time of day, for labels only: no result depends on it.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Seconds since 1970, and how people write them.
public enum WallClock {
  /// Now.
  public static var seconds: Int { time(nil) }

  /// A moment in the machine's time zone: `2026-11-26 10:31`.
  public static func text(_ seconds: Int) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    guard localtime_r(&moment, &parts) != nil else { return "?" }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
  }
}
