// Where the numbers made elsewhere are.

enum ParityFolder {
  /// The path of a file below Tests/Parity.
  static func path(_ name: String, here: String = #filePath) -> String {
    let tests = here.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return tests.joined(separator: "/") + "/Parity/" + name
  }
}
