// What was made from what: the statements that gave the session its names, each with the versions of the
// names that it read. From this come stale notices, `.why`, `.save` and `.refresh`.

/// The statements behind the bindings of a session.
struct Lineage: Sendable {
  /// A statement that ran and left something.
  struct Step: Sendable, Equatable {
    let number: Int
    let text: String
    /// What it bound; `it` for a value without a name.
    let names: [String]
    /// The step that had made each thing it read.
    let reads: [String: Int]
    let seconds: Double
  }

  /// What reads of no name stand for: the last result, and what `seed` and `conventions` set.
  enum Hidden {
    static let last = "it"
    static let seed = "seed …"
    static let conventions = "conventions …"
    static let all: Set = [last, seed, conventions]
  }

  private(set) var steps: [Int: Step] = [:]
  /// The step that made what each name holds now.
  private(set) var current: [String: Int] = [:]
  /// How often each name was bound before a step bound it, and then.
  private var versions: [Int: [String: Int]] = [:]
  private var counts: [String: Int] = [:]
  private var next = 1
  private var roomBeforePruning = 256

  /// Notes a statement that ran.
  mutating func add(_ text: String, names: [String], reads: [String: Int], seconds: Double) {
    steps[next] = Step(number: next, text: text, names: names, reads: reads, seconds: seconds)
    for name in names {
      counts[name, default: 0] += 1
      versions[next, default: [:]][name] = counts[name]
      current[name] = next
    }
    next += 1
    if steps.count > roomBeforePruning { prune() }
  }

  /// The name that the last step gave its value; nil where it has none.
  var lastName: String? {
    guard let names = steps[next - 1]?.names, names.contains(Hidden.last) else { return nil }
    return names.first { !Hidden.all.contains($0) }
  }

  /// The steps that had made what some names hold now.
  func reads(of names: Set<String>) -> [String: Int] {
    current.filter {
      names.contains($0.key) || $0.key == Hidden.seed || $0.key == Hidden.conventions
    }
  }

  // A long session forgets what nothing alive depends on.
  private mutating func prune() {
    let alive = Set(needed(for: Array(current.keys)).map(\.number))
    steps = steps.filter { alive.contains($0.key) }
    versions = versions.filter { alive.contains($0.key) }
    roomBeforePruning = max(256, steps.count * 2)
  }

  /// The steps that names depend on, in the order in which they ran.
  func needed(for names: [String]) -> [Step] {
    var found: Set<Int> = []
    var open = names.compactMap { current[$0] }
    while let number = open.popLast() {
      guard found.insert(number).inserted, let step = steps[number] else { continue }
      open += step.reads.values
    }
    return found.sorted().compactMap { steps[$0] }
  }

  // MARK: What is no longer what it was made from

  /// Why a name holds something old: a name that was read and has another value now; nil if none has.
  func cause(of name: String) -> (name: String, was: Int, is: Int)? {
    var seen: Set<Int> = []
    return current[name].flatMap { cause(of: $0, &seen) }
  }

  private func cause(of number: Int, _ seen: inout Set<Int>) -> (name: String, was: Int, is: Int)? {
    guard seen.insert(number).inserted, let step = steps[number] else { return nil }
    for (name, read) in step.reads.sorted(by: { $0.key < $1.key }) {
      if isReplaced((name, read), in: step), let now = current[name] {
        return (name, version(name, read), version(name, now))
      }
      if let found = cause(of: read, &seen) { return found }
    }
    return nil
  }

  /// The steps that read what has another value now, themselves or by way of others.
  private var oldSteps: Set<Int> {
    steps.keys.sorted().reduce(into: []) { old, number in
      guard let step = steps[number] else { return }
      if step.reads.contains(where: { old.contains($0.value) || isReplaced($0, in: step) }) {
        old.insert(number)
      }
    }
  }

  // What a step itself binds anew is replaced by its own result.
  private func isReplaced(_ read: (key: String, value: Int), in step: Step) -> Bool {
    current[read.key] != nil && current[read.key] != read.value && !Hidden.all.contains(read.key)
      && !step.names.contains(read.key)
  }

  /// The names that hold something old.
  var stale: Set<String> {
    let old = oldSteps
    return Set(current.filter { !Hidden.all.contains($0.key) && old.contains($0.value) }.keys)
  }

  /// How often a name had been bound when a step bound it.
  func version(_ name: String, _ step: Int) -> Int { versions[step]?[name] ?? 1 }

  /// The steps to run again for a name to be made of what there is now, in order.
  func outdated(_ name: String) -> [Step] {
    let old = oldSteps
    return needed(for: [name]).filter { old.contains($0.number) }
  }
}
