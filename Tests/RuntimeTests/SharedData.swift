// Where data shared between checkouts lies; tests that need it do nothing when it is absent.

import FactorRuntime

enum SharedData {
  /// A folder or file of the shared data; nil, after a plain word, if it is not there.
  static func folder(_ name: String, root: String = #filePath) -> String? {
    let package = root.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
    let places = [FileSystem.environment("FQ_SHARED_DATA"), package + "/../shared/data"]
    for case .some(let place) in places where FileSystem.exists(place + "/" + name) {
      return place + "/" + name
    }
    print("skipped: shared data '\(name)' is not here")
    return nil
  }

  /// A file shipped with the project.
  static func example(_ name: String, root: String = #filePath) -> String {
    let package = root.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
    return package + "/examples/data/" + name
  }

  /// A new path for a temporary file.
  static func temporary(_ name: String) -> String {
    (FileSystem.environment("TMPDIR") ?? "/tmp") + "/fq-test-" + name
  }
}
