// `fq bench`: measures the core, alone or beside its peers in the same minute.

import FactorRuntime

enum BenchCommand {
  static func run(_ arguments: CommandArguments) -> Int32 {
    let rooms = [
      "language": LanguageWorkloads.all, "prompt": PromptWorkloads.all,
      "kernels": KernelWorkloads.all, "zoo": CellWorkload.all,
    ]
    let all =
      Workloads.all + LanguageWorkloads.all + PromptWorkloads.all + KernelWorkloads.all
      + CellWorkload.all
    var settings = BenchSettings(threads: arguments.threadsGiven ?? 1)
    var names: [String] = []
    for word in arguments.words {
      if word.hasPrefix("runs=") {
        guard let runs = Int(word.dropFirst(5)), (1...1000).contains(runs) else {
          return CommandLineTool.complain("runs= takes a whole number from 1 to 1000")
        }
        settings.runs = runs
      } else {
        // `language`, `kernels` and `zoo` stand for all of their workloads.
        names += rooms[word]?.map(\.name) ?? [word]
      }
    }
    guard names.allSatisfy({ name in all.contains { $0.name == name } }) else {
      let known = all.map(\.name).joined(separator: ", ")
      return CommandLineTool.complain(
        "the workloads are \(known); language, kernels and zoo stand for their own")
    }
    if !arguments.isJSON { _ = CommandLineTool.say(header()) }
    for workload in all where names.isEmpty || names.contains(workload.name) {
      do { try measure(workload, settings, arguments) } catch {
        return CommandLineTool.complain("\(workload.name): \(Fault(error).message)")
      }
    }
    return ExitStatus.done.rawValue
  }

  private static func header() -> String {
    let peak = NumberFormat.fixed(Stopwatch.peak() * 1e-9, decimals: 0)
    return "level \(Kernels.chosen.name), one core's measured peak \(peak) GFLOP/s"
  }

  private static func measure(
    _ workload: Workload, _ settings: BenchSettings, _ arguments: CommandArguments
  ) throws {
    if let obstacle = workload.obstacle?() {
      let line = "skipped: \(obstacle)"
      let skipped = JSON.object([
        .init("workload", .text(workload.name)), .init("skipped", .text(obstacle)),
      ])
      _ = CommandLineTool.say(
        arguments.isJSON ? skipped.compact : TextWidth.padded(workload.name, to: 19) + line)
      return
    }
    var settings = settings
    settings.threads = workload.threads ?? settings.threads
    let found = try workload.measure(settings)
    // Beside the work it is compared with: a core's speed changes with what its neighbours do.
    let peak = Stopwatch.peak()
    let peers =
      arguments.switches.contains("--peers")
      ? Peers.run(workload.name, threads: settings.threads, epochs: found.epochs) : []
    let report = BenchReport(
      workload: workload.name, summary: workload.summary, found: found, peers: peers,
      threads: settings.threads, peak: peak)
    for line in arguments.isJSON ? report.json.map(\.compact) : report.text {
      _ = CommandLineTool.say(line)
    }
  }
}
