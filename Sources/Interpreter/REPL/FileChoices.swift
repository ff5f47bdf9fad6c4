// The files and folders that a path may become.

import FactorRuntime

enum FileChoices {
  /// Gives what begins like a path, folders with their slash; what is hidden only if it is asked for.
  static func of(_ path: String, ending: String = "") -> [CompletionAnswer.Choice] {
    let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let (folder, typed) = (String(path[..<cut]), path[cut...])
    guard let names = try? FileSystem.list(folder.isEmpty ? "." : folder) else { return [] }
    return names.sorted().compactMap { name in
      guard name.hasPrefix(typed), typed.hasPrefix(".") || !name.hasPrefix(".") else { return nil }
      let whole = folder + name
      if FileSystem.isFolder(whole) { return CompletionAnswer.Choice(whole + "/", "") }
      return CompletionAnswer.Choice(
        whole, FileSystem.size(of: whole).map(size) ?? "", ending: ending)
    }
  }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000: "\(bytes) B"
    case ..<10_000_000: "\(bytes / 1000) kB"
    default: "\(bytes / 1_000_000) MB"
    }
  }
}
