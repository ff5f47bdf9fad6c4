// The built `fq` as a process of its own, for what happens between processes: kills, signals, caches.

import Foundation

/// Runs of the `fq` that was built beside the tests.
public struct ChildProgram: Sendable {
  public struct Outcome: Sendable {
    public let status: Int32
    public let wasKilled: Bool
    public let output: String
    public let errors: String
  }

  /// The program; nil if it was not built.
  public static var path: String? {
    let own = (CommandLine.arguments.first ?? "") as NSString
    let beside = own.deletingLastPathComponent + "/fq"
    return [beside, FuzzInputs.packageFolder + "/.build/debug/fq"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  /// Starts the program; `environment` adds to this process's own.
  public init(_ words: [String], environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: Self.path ?? "fq")
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// Sends a signal.
  public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// The most memory that was resident so far, in bytes; nil once it is gone.
  public var peakResidentBytes: Int? {
    let path = "/proc/\(process.processIdentifier)/status"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
      .flatMap { Int($0) }.map { $0 << 10 }
  }

  /// Tells whether it has not ended yet.
  public var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  public func finish() -> Outcome {
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }

  /// Runs the program to its end.
  public static func run(
    _ words: [String], environment: [String: String] = [:]
  ) throws -> Outcome { try ChildProgram(words, environment: environment).finish() }
}

/// Whether the tests that take long were asked for.
public enum FullRun {
  public static var isAsked: Bool { ProcessInfo.processInfo.environment["FQ_FULL"] == "1" }

  /// Seconds on a clock that only runs forward.
  public static var clock: Double { ProcessInfo.processInfo.systemUptime }

  /// Sleeps.
  public static func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }
}
