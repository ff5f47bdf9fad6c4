// The lessons of the house, which are in the program itself, and those that teachers write.

import FactorLang
import FactorRuntime

enum LessonShelf {
  /// The lessons in the order in which they are learnt; the tour comes first.
  static let names = ["tour", "prompt", "ranks", "lookahead", "factors", "cvra", "honest"]

  private static func bytes(_ name: String) -> [UInt8]? {
    switch name {
    case "tour": PackageResources.tour_fq
    case "prompt": PackageResources.prompt_fq
    case "ranks": PackageResources.ranks_fq
    case "lookahead": PackageResources.lookahead_fq
    case "factors": PackageResources.factors_fq
    case "cvra": PackageResources.cvra_fq
    case "honest": PackageResources.honest_fq
    default: nil
    }
  }

  /// A lesson of the house.
  static func lesson(_ name: String) -> Lesson? {
    bytes(name).map { Lesson(name: name, source: Source(name: name + ".fq", bytes: $0)) }
  }

  /// The lesson that a word on the command line means: a name, a number of the list, or a file.
  static func find(_ word: String) throws(UsageError) -> Lesson {
    if let number = Int(word), names.indices.contains(number), let lesson = lesson(names[number]) {
      return lesson
    }
    if let lesson = lesson(word) { return lesson }
    guard word.hasSuffix(".fq") || FileSystem.exists(word) else {
      let near = Suggestion.nearest(to: word, among: names).map { "; use `fq teach \($0)`" }
      throw UsageError(
        message: "there is no lesson `\(word)`" + (near ?? "; `fq teach` lists what there is"))
    }
    do {
      let source = Source(name: word, bytes: try FileSystem.read(word))
      return Lesson(name: path(word), source: source, folder: ScriptFolder.of(word))
    } catch let error as FileError { throw UsageError(message: error.message) } catch {
      throw UsageError(message: "\(error)")
    }
  }

  // Progress in a file is kept under the place of the file.
  private static func path(_ word: String) -> String {
    word.hasPrefix("/") ? word : FileSystem.workingFolder + "/" + word
  }
}
