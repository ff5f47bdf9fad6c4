// `script.fq.lock`: what the data of a script were when it was locked, so that it can be checked without them and
// so that a run on other data says so.

import FactorLang
import FactorRuntime

/// A lock file as data.
struct LockFile: Sendable {
  var data: [DataRecord]
  var modules: [(path: String, digest: String)]

  /// Where the lock of a script is.
  static func path(of script: String) -> String { script + ".lock" }

  /// Reads the lock beside a script; nil if there is none.
  static func read(beside script: String) throws -> LockFile? {
    let path = path(of: script)
    guard FileSystem.exists(path) else { return nil }
    let bytes: [UInt8]
    do { bytes = try FileSystem.read(path) } catch { throw Fault(.cannotRead, error.message) }
    do { return try LockFile(JSON(parsing: bytes)) } catch {
      throw Fault(
        .cannotRead, "`\(path)` is no lock file: \(error.reason) at byte \(error.offset)",
        helps: ["delete it, or lock anew:  fq run --lock \(script)"])
    }
  }

  init(data: [DataRecord], modules: [(path: String, digest: String)]) {
    (self.data, self.modules) = (data, modules)
  }

  init(_ json: JSON) {
    data = (json["data"]?.items ?? []).map(DataRecord.init)
    modules = (json["modules"]?.items ?? []).map {
      ($0["path"]?.text ?? "", $0["sha256"]?.text ?? "")
    }
  }

  var json: JSON {
    .fields(
      ("fq", .text(CommandLineTool.version)), ("data", .list(data.map(\.json))),
      (
        "modules",
        .list(modules.map { .fields(("path", .text($0.path)), ("sha256", .text($0.digest))) })
      ))
  }

  /// The columns of a file that is not at hand.
  func schema(of path: String) -> Schema? {
    guard let record = data.first(where: { $0.path == path }) else { return nil }
    let keys = record.keys.map { ColumnInfo($0, .any) }
    let columns = record.columns.map { ColumnInfo($0.name, HeaderSchemas.type(of: $0.kind)) }
    let month = record.columns.contains { $0.name == "month" } || record.keys.contains("month")
    return Schema(
      keys + columns + (month ? [] : [ColumnInfo("month", .month)]), keys: record.keys)
  }

  /// What differs from the files now, told at once; files that are not there are left out.
  func drift(beside folder: String) -> [Diagnostic] {
    let source = Source(name: "lock file", text: "")
    return data.compactMap { record in
      let path = ScriptFolder.find(record.path, beside: folder)
      guard FileSystem.exists(path), let digest = try? SHA256.digest(ofFile: path),
        digest != record.digest
      else { return nil }
      return Fault(
        .dataDrift, "`\(record.path)` is not what the lock file promises",
        helps: [
          "run the script to see what changed", "if it is meant, lock anew:  fq run --lock SCRIPT",
        ]
      ).diagnostic(in: source)
    }
  }
}

extension DataRecord {
  init(_ json: JSON) {
    path = json["path"]?.text ?? ""
    digest = json["sha256"]?.text ?? ""
    rows = json["rows"]?.integer ?? 0
    firms = json["firms"]?.integer ?? 0
    months = json["months"]?.text ?? ""
    keys = (json["keys"]?.items ?? []).compactMap(\.text)
    columns = (json["columns"]?.items ?? []).map {
      Item(name: $0["name"]?.text ?? "", kind: $0["type"]?.text ?? "")
    }
  }

  var json: JSON {
    .fields(
      ("path", .text(path)), ("sha256", .text(digest)), ("rows", .number(Double(rows))),
      ("firms", .number(Double(firms))), ("months", .text(months)),
      ("keys", .list(keys.map(JSON.text))),
      (
        "columns",
        .list(columns.map { .fields(("name", .text($0.name)), ("type", .text($0.kind))) })
      ))
  }

  /// The record of a panel just read.
  init(_ panel: Panel, path: String, file: String) throws {
    self.path = path
    do { digest = try SHA256.digest(ofFile: file) } catch {
      throw Fault(.cannotRead, error.message)
    }
    (rows, firms) = (panel.count, panel.assetCount)
    let all = panel.index.months
    months = "\(all.first?.description ?? "")..\(all.last?.description ?? "")"
    keys = [panel.dateKey, panel.assetKey]
    columns = panel.named.map { Item(name: $0.name, kind: $0.column.kind) }
  }
}
