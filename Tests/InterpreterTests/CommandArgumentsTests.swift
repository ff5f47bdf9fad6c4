// The command line: what it takes, and what it refuses without a crash.

import Testing

@testable import Interpreter

@Suite struct CommandArgumentsTests {
  @Test func flagsAndWordsMayMix() throws {
    let arguments = try CommandArguments(["--threads", "3", "run", "--json", "a.fq"])
    #expect(arguments.verb == "run" && arguments.words == ["a.fq"])
    #expect(arguments.options.threads == 3 && arguments.isJSON)
  }

  @Test func aStatementMayBeginAsAFlagDoes() throws {
    #expect(try CommandArguments(["-c", "--1", "--json"]).words == ["--1"])
    #expect(try CommandArguments(["-c", "--json", "1"]).words == ["1"])
    #expect(try CommandArguments(["-c", "1", "--manifest", "m.json"]).isRecorded)
  }

  @Test(arguments: [("512MB", 512 << 20), ("4gb", 4 << 30), ("1TB", 1 << 40)])
  func sizesAreRead(text: String, bytes: Int) throws {
    #expect(try CommandArguments(["--max-memory", text]).options.memoryLimit == bytes)
  }

  @Test(arguments: [
    ["--max-memory", "0"], ["--max-memory", "-5"], ["--max-memory", "9999999999GB"],
    ["--max-memory", "10"], ["--max-memory"], ["--threads", "0"], ["--threads", "many"],
    ["--width", "3"], ["--thread", "2"], ["--pace", "slow"], ["--pace", "0"], ["--pace"],
  ])
  func nonsenseIsRefused(words: [String]) {
    #expect(throws: UsageError.self) { _ = try CommandArguments(words) }
  }
}
