// `fq bench`: measures the core, alone or beside its peers in the same minute.

import FactorRuntime

enum BenchCommand {
  static func run(_ arguments: CommandArguments) -> Int32 {
    let wanted = arguments.words
    let all = Workloads.all + LanguageWorkloads.all
    // `language` stands for all of its workloads.
    let names = wanted.flatMap { $0 == "language" ? LanguageWorkloads.all.map(\.name) : [$0] }
    let chosen = all.filter { names.isEmpty || names.contains($0.name) }
    guard names.allSatisfy({ name in all.contains { $0.name == name } }) else {
      let known = all.map(\.name).joined(separator: ", ")
      return CommandLineTool.complain("the workloads are \(known), and language for the last ones")
    }
    let threads = arguments.threadsGiven ?? 1
    let peak = Stopwatch.peak()
    if !arguments.isJSON { _ = CommandLineTool.say(header(peak)) }
    for workload in chosen {
      do {
        let found = try workload.measure(threads)
        let peers = arguments.switches.contains("--peers") ? Peers.run(workload.name, threads) : []
        report(workload, found, peers, threads: threads, peak: peak, json: arguments.isJSON)
      } catch {
        return CommandLineTool.complain("\(workload.name): \(Fault(error).message)")
      }
    }
    return ExitStatus.done.rawValue
  }

  private static func header(_ peak: Double) -> String {
    "level \(Kernels.chosen.name), one core's measured peak \(NumberFormat.fixed(peak * 1e-9, decimals: 0)) GFLOP/s"
  }

  private static func report(
    _ workload: Workload, _ found: Measurement, _ peers: [Peers.Result], threads: Int, peak: Double,
    json: Bool
  ) {
    let rate = found.flops.map { $0 / found.median }
    if json {
      let lines = (peers.isEmpty ? [nil] : peers.map(Optional.some)).map { peer in
        line(workload, found, peer, threads, rate, peak)
      }
      for line in lines { _ = CommandLineTool.say(line) }
      return
    }
    var text = TextWidth.padded(workload.name, to: 16) + time(found.median)
    text += "  best " + time(found.best)
    if let rate {
      text += "  \(NumberFormat.fixed(rate * 1e-9, decimals: 0)) GFLOP/s"
      text += "  \(NumberFormat.percent(rate / peak, decimals: 0)) of peak"
    }
    if let bytes = found.bytesPerStep {
      text += "  \(NumberFormat.significant(bytes, digits: 3)) B a step"
    }
    _ = CommandLineTool.say(text + "   " + workload.summary)
    for peer in peers {
      let ratio = NumberFormat.fixed(peer.seconds / found.median, decimals: 2)
      _ = CommandLineTool.say(
        "  \(TextWidth.padded(peer.name, to: 14))\(time(peer.seconds))  \(ratio)x")
    }
  }

  private static func time(_ seconds: Double) -> String {
    let text =
      seconds < 1
      ? NumberFormat.significant(seconds * 1000) + " ms" : NumberFormat.significant(seconds) + " s"
    return TextWidth.padded(text, to: 10, right: true)
  }

  private static func line(
    _ workload: Workload, _ found: Measurement, _ peer: Peers.Result?, _ threads: Int,
    _ rate: Double?, _ peak: Double
  ) -> String {
    var fields: [(String, String)] = [
      ("workload", "\"\(workload.name)\""), ("rows", "\(found.rows)"), ("threads", "\(threads)"),
      ("median_s", "\(found.median)"), ("min_s", "\(found.best)"),
      ("gflops", rate.map { "\($0 * 1e-9)" } ?? "null"),
      ("share_of_peak", rate.map { "\($0 / peak)" } ?? "null"),
      ("bytes_per_step", found.bytesPerStep.map { "\($0)" } ?? "null"),
    ]
    if let peer {
      fields += [
        ("peer", "\"\(peer.name)\""), ("peer_s", "\(peer.seconds)"),
        ("ratio", "\(peer.seconds / found.median)"),
      ]
    }
    return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }
}

/// The public alternatives, run by scripts/peers.
enum Peers {
  struct Result: Sendable {
    var name: String
    var seconds: Double
  }

  /// Runs the peers of a workload; each prints `name seconds` on a line.
  static func run(_ workload: String, _ threads: Int) -> [Result] {
    let script = FileSystem.environment("FQ_PEERS") ?? "scripts/peers"
    guard FileSystem.exists(script),
      let text = Subprocess.output(of: "\(script) \(workload) \(threads)")
    else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let seconds = NumberParser.shared.parse(String(words[1])) else {
        return nil
      }
      return Result(name: String(words[0]), seconds: seconds)
    }
  }
}
