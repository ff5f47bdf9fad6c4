// `fq docs`: writes the generated manuals, or says that they are stale.

import FactorRuntime

enum DocumentationCommand {
  static func run(_ arguments: CommandArguments) -> Int32 {
    let folder = arguments.words.first ?? "docs"
    if arguments.switches.contains("--check") { return check(folder) }
    for (path, text) in pages(folder) {
      do { try DurableWrite.replace(path, with: Array(text.utf8)) } catch {
        return CommandLineTool.complain(error.message(writing: path))
      }
    }
    return ExitStatus.done.rawValue
  }

  private static func pages(_ folder: String) -> [(path: String, text: String)] {
    [
      ("\(folder)/reference.md", ReferenceManual.reference(.standard)),
      ("\(folder)/models.md", ReferenceManual.models()),
      ("\(folder)/errors.md", ReferenceManual.errors()),
    ]
  }

  /// Tells whether the manuals on disk are what the declarations say.
  private static func check(_ folder: String) -> Int32 {
    for (path, text) in pages(folder) {
      guard let bytes = try? FileSystem.read(path), bytes == Array(text.utf8) else {
        _ = CommandLineTool.complain("\(path) is stale; run fq docs")
        return ExitStatus.failed.rawValue
      }
    }
    return ExitStatus.done.rawValue
  }
}
