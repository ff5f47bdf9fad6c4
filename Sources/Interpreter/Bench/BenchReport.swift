// What `fq bench` says of a workload: lines for people, or one JSON object for each peer.

import FactorRuntime

/// A workload's measurement beside its peers, with the core's peak of the same minute.
struct BenchReport: Sendable {
  let workload: String
  let summary: String
  let found: Measurement
  let peers: [Peers.Result]
  let threads: Int
  let peak: Double

  /// Float operations a second.
  private var rate: Double? { found.flops.map { $0 / found.median } }

  /// How many times what fq takes a peer takes: of memory where that is measured, else of time.
  func ratio(_ peer: Peers.Result) -> Double? {
    if let ours = found.residentBytes { return peer.residentBytes.map { $0 / ours } }
    return peer.seconds.map { $0 / found.median }
  }

  /// Whether a peer computed the same numbers; nil where nothing was compared.
  func agrees(_ peer: Peers.Result) -> Bool? {
    guard let ours = found.check, let theirs = peer.check else { return nil }
    return abs(ours - theirs) <= 1e-9 * abs(theirs)
  }

  /// A line for fq and one for each peer.
  var text: [String] {
    var line = TextWidth.padded(workload, to: 19)
    if let bytes = found.residentBytes {
      line += size(bytes)
    } else {
      line += time(found.median) + range(found.best, found.worst)
    }
    if let rate {
      line += "  \(NumberFormat.fixed(rate * 1e-9, decimals: 0)) GFLOP/s"
      line += "  \(NumberFormat.percent(rate / peak, decimals: 0)) of peak"
    }
    if let bytes = found.bytesPerStep {
      line += "  \(NumberFormat.significant(bytes, digits: 3)) B a step"
    }
    if let epochs = found.epochs {
      line += "  \(epochs) epochs of \(duration(found.median / Double(max(1, epochs))))"
    }
    return [line + "   " + summary] + peers.map(text)
  }

  private func text(_ peer: Peers.Result) -> String {
    var line = "  " + TextWidth.padded(peer.name, to: 17)
    if let bytes = peer.residentBytes { line += size(bytes) }
    if let seconds = peer.seconds { line += time(seconds) + range(peer.best, peer.worst) }
    if let ratio = ratio(peer) { line += "  \(NumberFormat.fixed(ratio, decimals: 2))x" }
    if let agrees = agrees(peer) { line += agrees ? "  the same numbers" : "  OTHER NUMBERS" }
    if let compile = peer.compileSeconds { line += "  after \(duration(compile)) of compiling" }
    return line
  }

  private func size(_ bytes: Double) -> String {
    TextWidth.padded("\(NumberFormat.significant(bytes / 1e6, digits: 4)) MB", to: 10, right: true)
  }

  private func duration(_ seconds: Double) -> String {
    seconds < 1
      ? NumberFormat.significant(seconds * 1000) + " ms" : NumberFormat.significant(seconds) + " s"
  }

  private func time(_ seconds: Double) -> String {
    TextWidth.padded(duration(seconds), to: 10, right: true)
  }

  private func range(_ best: Double?, _ worst: Double?) -> String {
    guard let best, let worst else { return "" }
    return TextWidth.padded(" (\(duration(best)) - \(duration(worst)))", to: 23)
  }

  /// One object, or one for each peer.
  var json: [JSON] {
    (peers.isEmpty ? [nil] : peers.map(Optional.some)).map { peer in
      JSON.object(own + (peer.map(fields) ?? []))
    }
  }

  private var own: [JSON.Field] {
    let quartiles = found.quartiles
    return [
      .init("workload", .text(workload)), .init("rows", .number(Double(found.rows))),
      .init("threads", .number(Double(threads))),
      .init("runs", .number(Double(found.seconds.count))),
      .init("median_s", number(found.median)), .init("min_s", number(found.best)),
      .init("q1_s", number(quartiles[0])), .init("q3_s", number(quartiles[1])),
      .init("max_s", number(found.worst)), .init("gflops", number(rate.map { $0 * 1e-9 })),
      .init("peak_gflops", number(peak * 1e-9)),
      .init("share_of_peak", number(rate.map { $0 / peak })),
      .init("bytes_per_step", number(found.bytesPerStep)),
      .init("resident_bytes", number(found.residentBytes)),
      .init("epochs", number(found.epochs.map(Double.init))),
      .init("process_peak_bytes", number(Subprocess.peakResidentBytes.map(Double.init))),
    ]
  }

  private func fields(_ peer: Peers.Result) -> [JSON.Field] {
    [
      .init("peer", .text(peer.name)), .init("peer_s", number(peer.seconds)),
      .init("peer_min_s", number(peer.best)), .init("peer_max_s", number(peer.worst)),
      .init("peer_compile_s", number(peer.compileSeconds)),
      .init("peer_resident_bytes", number(peer.residentBytes)), .init("ratio", number(ratio(peer))),
      .init("same_numbers", agrees(peer).map(JSON.bool) ?? .null),
    ]
  }

  private func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
}
