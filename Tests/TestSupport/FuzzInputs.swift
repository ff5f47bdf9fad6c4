// How many inputs the tests by chance run through: few in a normal run, as many as
// FQ_FUZZ_INPUTS asks for in a long one. Also the programs of the repository that serve as seeds.

import Foundation

/// Sizes and seeds of tests by chance.
public enum FuzzInputs {
  /// What the environment asks for, or nil.
  public static var asked: Int? {
    ProcessInfo.processInfo.environment["FQ_FUZZ_INPUTS"].flatMap { Int($0) }
  }

  /// Gives the number of inputs: a small one, or what the environment asks for.
  public static func count(_ few: Int) -> Int { asked ?? few }

  /// Tells whether a long run was asked for.
  public static var isLong: Bool { (asked ?? 0) >= 100_000 }

  /// Places in something so long: all in a long run, otherwise at most so many, spread over all of it and
  /// beginning where its name says, so that many things of one kind are looked at everywhere.
  public static func places(_ count: Int, atMost few: Int, of name: String) -> StrideTo<Int> {
    let step = isLong ? 1 : max(1, count / few)
    let start = name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    return stride(from: start % step, to: count, by: step)
  }

  /// The folder of the package.
  public static var packageFolder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }

  /// All programs among the examples and the golden tests, by path.
  public static func programs() -> [(path: String, bytes: [UInt8])] {
    ["examples", "Tests/Golden"].flatMap { files(under: $0, ending: ".fq") }
  }

  /// The files of a folder of the package whose names end so, in order of their paths.
  public static func files(under folder: String, ending: String) -> [(path: String, bytes: [UInt8])]
  {
    let root = packageFolder + "/" + folder
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().compactMap { name in
      FileManager.default.contents(atPath: root + "/" + name).map {
        (folder + "/" + name, Array($0))
      }
    }
  }
}
