// The fits that are kept: a list, their size, and how to be rid of them. `fq cache` and `.cache`.

import FactorRuntime
import Models

enum CacheCommand {
  static func run(_ arguments: CommandArguments) -> Int32 {
    guard let path = arguments.options.shelf?.path else {
      return CommandLineTool.complain("no folder keeps fits: FQ_CACHE names one")
    }
    let answer = answer(arguments.words, path)
    return answer.isComplaint
      ? CommandLineTool.complain(answer.lines.joined(separator: "\n"))
      : CommandLineTool.say(answer.lines.joined(separator: "\n"))
  }

  /// Answers the words after `cache`.
  static func answer(_ words: [String], _ path: String) -> (lines: [String], isComplaint: Bool) {
    do {
      guard FileSystem.isFolder(path) else { return (["nothing is kept in \(path)"], false) }
      let store = try MemoStore(opening: path)
      switch words {
      case []: return (try list(store), false)
      case ["clear"]: return ([try clear(store)], false)
      default:
        guard words.count == 2, words[0] == "trim", let bytes = CommandArguments.bytes(words[1])
        else { return (["`cache` takes nothing, `clear`, or `trim` and a size such as 2GB"], true) }
        return ([removal(try store.trim(to: bytes), from: store)], false)
      }
    } catch let error as FileError { return ([error.message], true) } catch {
      return (["\(error)"], true)
    }
  }

  private static func list(_ store: MemoStore) throws -> [String] {
    let entries = try store.entries()
    var lines = entries.filter { $0.role == .result }.map { line(of: $0, store) }
    lines += entries.filter { $0.role != .result }.map { line(ofPartial: $0, store) }
    return lines + [total(entries, "\(Counted.text(entries.count, "file"))", in: store.path)]
  }

  private static func total(_ entries: [MemoStore.Entry], _ what: String, in path: String) -> String
  {
    "\(what), \(size(entries.reduce(0) { $0 + $1.size })) in \(path)"
  }

  private static func line(of entry: MemoStore.Entry, _ store: MemoStore) -> String {
    let start = "  \(entry.key.prefix(8))  "
    guard
      let heading = try? Container.heading(of: store.file(entry.key, entry.role)),
      let summary = heading.facts.first(where: { $0.name == "summary" })?.value,
      let kept = heading.facts.first(where: { $0.name == "kept" })?.value,
      let model = summary["model"]?.text, let written = kept["written"]?.integer,
      case .number(let seconds)? = kept["seconds"], let rows = kept["rows"]?.integer
    else { return start + "damaged, \(size(entry.size))" }
    let seeds = Counted.text(summary["best_epochs"]?.items.count ?? 0, "seed")
    return start + TextWidth.padded(model, to: 8)
      + TextWidth.padded("\(seeds), \(NumberFormat.count(rows)) rows", to: 28)
      + TextWidth.padded("\(Progress.rough(.seconds(seconds)).dropFirst())", to: 9)
      + "computed \(WallClock.text(written))  \(size(entry.size))"
  }

  private static func line(ofPartial entry: MemoStore.Entry, _ store: MemoStore) -> String {
    let start = "  \(entry.key.prefix(8))  "
    guard let heading = try? Container.heading(of: store.file(entry.key, entry.role)),
      let epoch = JSON.object(heading.facts)["epoch"]?.integer,
      let epochs = JSON.object(heading.facts)["epochs"]?.integer,
      let written = JSON.object(heading.facts)["kept"]?["written"]?.integer
    else { return start + "damaged checkpoint, \(size(entry.size))" }
    return start + TextWidth.padded("checkpoint at epoch \(epoch) of \(epochs)", to: 45)
      + "kept     \(WallClock.text(written))  \(size(entry.size))"
  }

  private static func clear(_ store: MemoStore) throws -> String {
    removal(try store.entries().filter { store.remove($0.key, $0.role) }, from: store)
  }

  private static func removal(_ removed: [MemoStore.Entry], from store: MemoStore) -> String {
    total(removed, "removed \(Counted.text(removed.count, "file"))", in: store.path)
  }

  static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_240: "\(bytes) bytes"
    case ..<(10 << 20): "\((bytes + 512) >> 10) KB"
    default: "\((bytes + (1 << 19)) >> 20) MB"
    }
  }
}
