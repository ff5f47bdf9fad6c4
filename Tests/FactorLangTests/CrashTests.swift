// Every input that once made the reader trap, hang or lose something, replayed. A new one is added
// as a file of its own; its name says what went wrong.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct CrashTests {
  static let files = FuzzInputs.files(under: "Tests/FactorLangTests/Crashes", ending: "").map(
    \.path)

  @Test(arguments: files)
  func itIsReadNow(_ path: String) {
    let found = FuzzInputs.files(under: "Tests/FactorLangTests/Crashes", ending: "")
    ReaderCheck.inspect(found.first { $0.path == path }?.bytes ?? [])
  }
}
