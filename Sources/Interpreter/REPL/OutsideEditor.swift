// A statement in the user's own editor: `.edit`, and Ctrl-X Ctrl-E while typing.

import FactorRuntime

enum OutsideEditor {
  /// Lets the user change a text; nil if nothing came of it.
  static func edit(_ text: String) -> String? {
    let path = FileSystem.temporaryFolder + "/fq-\(Subprocess.ownNumber).fq"
    defer { try? FileSystem.remove(path) }
    guard (try? DurableWrite.replace(path, with: text + "\n")) != nil,
      Subprocess.runHere(name.split(separator: " ").map(String.init) + [path]) == 0,
      let bytes = try? FileSystem.read(path)
    else { return nil }
    var lines = String(decoding: bytes, as: UTF8.self)
    while lines.last == "\n" { lines.removeLast() }
    return lines
  }

  /// The program that the environment names, with its options.
  private static var name: String {
    ["FQ_EDITOR", "VISUAL", "EDITOR"].lazy.compactMap { FileSystem.environment($0) }
      .first { !$0.isEmpty } ?? "vi"
  }
}
