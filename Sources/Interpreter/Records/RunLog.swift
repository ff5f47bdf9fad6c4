// What a run read, bound, wrote and lost, kept while it runs; lock files and manifests are made of it.

import FactorLang
import FactorRuntime

/// A data file as it was read.
struct DataRecord: Sendable, Equatable {
  var path: String
  var digest: String
  var rows: Int
  var firms: Int
  var months: String
  var keys: [String]
  var columns: [Item]

  struct Item: Sendable, Equatable {
    var name: String
    var kind: String
  }
}

/// A binding as a statement left it.
struct BindingRecord: Sendable, Equatable {
  var name: String
  var line: Int
  var type: String
  var digest: String
  var seconds: Double
}

/// The record of one run; may be written from any thread.
final class RunLog: Sendable {
  struct Content: Sendable {
    var data: [DataRecord] = []
    var bindings: [BindingRecord] = []
    var ledger: [String] = []
    var artifacts: [String] = []
  }
  private let content = Guarded(Content())
  /// What the data must be; nil where nothing is promised.
  let lock: LockFile?
  /// Tells whether bindings are digested, which costs a forecast for each model.
  let keepsBindings: Bool

  init(lock: LockFile? = nil, keepsBindings: Bool = false) {
    (self.lock, self.keepsBindings) = (lock, keepsBindings)
  }

  var all: Content { content.read { $0 } }

  /// Notes a file that was read; throws where it is not what the lock file promises.
  func add(_ record: DataRecord) throws {
    if let promised = lock?.data.first(where: { $0.path == record.path }), promised != record {
      throw Drift.fault(from: promised, to: record)
    }
    content.change { content in
      content.data.removeAll { $0.path == record.path }
      content.data.append(record)
    }
  }

  func add(_ binding: BindingRecord) { content.change { $0.bindings.append(binding) } }

  /// Keeps the ledger and the files written.
  func add(_ event: Event) {
    switch event {
    case .ledger(let entry):
      let lines = EventText.ledger(entry, width: 1 << 20)
      content.change { $0.ledger += lines }
    case .artifact(let path): content.change { $0.artifacts.append(path) }
    default: break
    }
  }
}

/// Words for data that changed.
enum Drift {
  static func fault(from old: DataRecord, to new: DataRecord) -> Fault {
    var fault = Fault(
      .dataDrift, "`\(new.path)` is not what the lock file promises",
      helps: ["if the change is meant, lock anew:  fq run --lock SCRIPT"])
    fault.data = differences(from: old, to: new)
    return fault
  }

  static func differences(from old: DataRecord, to new: DataRecord) -> [String] {
    var lines: [String] = []
    func compare(_ what: String, _ was: String, _ now: String) {
      if was != now { lines.append("\(what)  was \(was), is \(now)") }
    }
    compare("rows", NumberFormat.count(old.rows), NumberFormat.count(new.rows))
    compare("firms", NumberFormat.count(old.firms), NumberFormat.count(new.firms))
    compare("months", old.months, new.months)
    compare("keys", old.keys.joined(separator: ", "), new.keys.joined(separator: ", "))
    for column in old.columns where !new.columns.contains(where: { $0.name == column.name }) {
      lines.append("column `\(column.name)` is gone")
    }
    for column in new.columns {
      guard let was = old.columns.first(where: { $0.name == column.name }) else {
        lines.append("column `\(column.name)` is new")
        continue
      }
      compare("column `\(column.name)`", was.kind, column.kind)
    }
    return lines.isEmpty ? ["the same shape, but other values"] : lines
  }
}
