// Several files by one path whose last part may hold stars.

/// A path with stars in its last part.
public enum FilePattern {
  /// Whether a path names several files.
  public static func isPattern(_ path: String) -> Bool { lastPart(path).contains("*") }

  /// The files that a path names, by their names; itself if it has no star.
  public static func files(_ path: String) throws(FileError) -> [String] {
    guard isPattern(path) else { return [path] }
    let part = lastPart(path)
    let folder = String(path.dropLast(part.count))
    let names = try FileSystem.list(folder.isEmpty ? "." : folder).filter { name in
      !name.hasPrefix(".") && matches(Array(name.utf8)[...], Array(part.utf8)[...])
        && !FileSystem.isFolder(folder + name)
    }
    guard !names.isEmpty else { throw .notFound(path: path) }
    return names.map { folder + $0 }
  }

  /// A file's name without its folder and what follows the first point, as the name of an asset.
  public static func stem(_ path: String) -> String {
    let name = lastPart(path)
    return String(name.prefix { $0 != "." })
  }

  private static func lastPart(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  // A star stands for any bytes, none among them.
  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (n, p) = (name.startIndex, pattern.startIndex)
    var retry: (name: Int, pattern: Int)?
    while n < name.endIndex {
      if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
        retry = (n, p + 1)
        p += 1
      } else if p < pattern.endIndex, pattern[p] == name[n] {
        (n, p) = (n + 1, p + 1)
      } else if let (start, after) = retry {
        retry = (start + 1, after)
        (n, p) = (start + 1, after)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
