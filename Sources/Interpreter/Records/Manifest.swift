// `run.json`: everything a run was made of, so that it can be repeated and compared bit by bit.

import FactorLang
import FactorRuntime

/// The record of a run.
struct Manifest {
  var script: String
  var text: String
  var modules: [(path: String, text: String)]
  var parameters: [(name: String, text: String)]
  var seed: UInt64
  var threads: Int
  var status: ExitStatus
  var seconds: Double
  var content: RunLog.Content

  var json: JSON {
    let modules = modules.map {
      JSON.fields(
        ("path", .text($0.path)), ("sha256", .text(SHA256.digest(Array($0.text.utf8)))),
        ("text", .text($0.text)))
    }
    return .fields(
      ("fq", .text(CommandLineTool.version)), ("script", .text(script)),
      ("sha256", .text(SHA256.digest(Array(text.utf8)))), ("text", .text(text)),
      ("modules", .list(modules)),
      (
        "parameters",
        .object(parameters.map { JSON.Field($0.name, .text($0.text)) })
      ),
      ("seed", .text("\(seed)")), ("machine", Self.machine(threads)),
      ("status", .text("\(status)")), ("seconds", .number(seconds)),
      ("data", .list(content.data.map(\.json))),
      ("bindings", .list(content.bindings.map(Self.binding))),
      ("ledger", .list(content.ledger.map(JSON.text))),
      ("artifacts", .list(content.artifacts.map(Self.artifact))))
  }

  private static func machine(_ threads: Int) -> JSON {
    .fields(
      ("threads", .number(Double(threads))),
      ("processors", .number(Double(Parallel.processorCount))),
      ("memory_mb", .number(Double(Parallel.physicalMemory >> 20))),
      ("kernels", .text(Kernels.chosen.name)))
  }

  private static func binding(_ record: BindingRecord) -> JSON {
    .fields(
      ("name", .text(record.name)), ("line", .number(Double(record.line))),
      ("type", .text(record.type)), ("sha256", .text(record.digest)),
      ("seconds", .number(record.seconds)))
  }

  private static func artifact(_ path: String) -> JSON {
    .fields(("path", .text(path)), ("sha256", .text((try? SHA256.digest(ofFile: path)) ?? "")))
  }
}

/// Repeats a run from its record and tells the first binding that differs.
enum Verification {
  /// One thing that is not as recorded.
  struct Difference {
    let message: String
    let details: [String]
  }

  /// Compares a new run with the recorded one; nil if they agree.
  static func difference(_ old: JSON, _ new: RunLog.Content, _ status: ExitStatus) -> Difference? {
    for record in (old["data"]?.items ?? []).map(DataRecord.init) {
      guard let now = new.data.first(where: { $0.path == record.path }) else {
        return Difference(message: "`\(record.path)` was read then and not now", details: [])
      }
      if now != record {
        return Difference(
          message: "`\(record.path)` is not the file of then",
          details: Drift.differences(from: record, to: now))
      }
    }
    let bindings = old["bindings"]?.items ?? []
    for (index, binding) in bindings.enumerated() {
      let name = binding["name"]?.text ?? ""
      let line = binding["line"]?.integer ?? 0
      guard index < new.bindings.count else {
        return Difference(message: "the run ended before `\(name)` of line \(line)", details: [])
      }
      let now = new.bindings[index]
      if now.name != name || now.digest != binding["sha256"]?.text {
        return Difference(
          message: "`\(name)` of line \(line) is the first that differs",
          details: [
            "then  \(binding["sha256"]?.text?.prefix(16) ?? "")  \(binding["type"]?.text ?? "")",
            "now   \(now.digest.prefix(16))  \(now.type)",
          ])
      }
    }
    if let then = old["status"]?.text, then != "\(status)" {
      return Difference(
        message: "the run ended with `\(then)` then and `\(status)` now", details: [])
    }
    return nil
  }
}
