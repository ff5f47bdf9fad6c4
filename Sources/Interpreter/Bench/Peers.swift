// The public alternatives of a workload, run by scripts/peers in the same minute.

import FactorRuntime

enum Peers {
  /// What one alternative took.
  struct Result: Sendable, Equatable {
    let name: String
    var seconds: Double?
    var best: Double?
    var worst: Double?
    /// What its first call takes beyond later ones.
    var compileSeconds: Double?
    var residentBytes: Double?
    /// A sum of what it computed.
    var check: Double?
  }

  /// Runs the peers of a workload, with as many epochs where that is asked for; none where the script is
  /// missing or fails.
  static func run(_ workload: String, threads: Int, epochs: Int? = nil) -> [Result] {
    let script = FileSystem.environment("FQ_PEERS") ?? "scripts/peers"
    guard FileSystem.exists(script),
      let text = Subprocess.output(
        of: "\(script) \(workload) \(threads)" + (epochs.map { " \($0)" } ?? ""))
    else { return [] }
    return results(text)
  }

  /// Reads lines `name median [fastest slowest]`, `name.compile seconds`, `name.bytes count` and `name.check number`.
  static func results(_ text: String) -> [Result] {
    var results: [Result] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { NumberParser.shared.parse(String($0)) }
      guard let first = words.first, let value = numbers.first, numbers.count == words.count - 1
      else { continue }
      let parts = first.split(separator: ".")
      let name = String(parts[0])
      let place = results.firstIndex { $0.name == name } ?? results.endIndex
      if place == results.endIndex { results.append(Result(name: name)) }
      switch parts.dropFirst().first {
      case "compile": results[place].compileSeconds = value
      case "bytes": results[place].residentBytes = value
      case "check": results[place].check = value
      case nil:
        results[place].seconds = value
        if numbers.count == 3 {
          (results[place].best, results[place].worst) = (numbers[1], numbers[2])
        }
      default: continue
      }
    }
    return results
  }
}
