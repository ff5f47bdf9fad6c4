// What is still to be written if the process ends without warning: the statement in the history, and a file
// with which a fault of fq can be repeated. It lies ready, because a signal handler cannot make anything.

import FactorRuntime
import Synchronization

enum LastWords {
  /// Text for a file, ready to be written.
  private final class Note: Sendable {
    let path: [CChar]
    let bytes: [UInt8]
    let complaint: [UInt8]

    init(_ path: String, _ text: String, complaint: String = "") {
      self.path = Array(path.utf8CString)
      (bytes, self.complaint) = (Array(text.utf8), Array(complaint.utf8))
    }
  }

  // The notes live until the next ones have lain for a while: a handler may be reading them.
  private static let kept = Guarded<[Note]>([])
  private static let history = Atomic<UInt>(0)
  private static let replay = Atomic<UInt>(0)

  /// Prepares what is written if the work that begins now does not end.
  static func prepare(statement: String, entry: (path: String, line: String)?) {
    let path = FileSystem.temporaryFolder + "/fq-replay-\(Subprocess.ownNumber).fq"
    let text =
      "# fq \(CommandLineTool.version) ended here by a fault of its own; no data are in this file\n"
    let report = Note(
      path, text + statement + "\n",
      complaint: "fq: a fault of fq itself; please report it with \(path)\n")
    let entry = entry.map { Note($0.path, $0.line) }
    kept.change { $0 = ($0 + [report] + (entry.map { [$0] } ?? [])).suffix(8) }
    replay.store(address(report), ordering: .releasing)
    history.store(entry.map(address) ?? 0, ordering: .releasing)
  }

  /// There is nothing to be said any more.
  static func forget() {
    history.store(0, ordering: .releasing)
    replay.store(0, ordering: .releasing)
  }

  private static func address(_ note: Note) -> UInt {
    UInt(bitPattern: Unmanaged.passUnretained(note).toOpaque())
  }

  private static func note(_ place: borrowing Atomic<UInt>) -> Note? {
    UnsafeRawPointer(bitPattern: place.load(ordering: .acquiring)).map {
      Unmanaged<Note>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Writes the statement to the history.
  static func write() {
    if let note = note(history) { append(note) }
  }

  /// Writes the file for a report, and says so.
  static func report() {
    guard let note = note(replay) else { return }
    append(note)
    note.complaint.withUnsafeBytes { SuddenEnd.complain($0) }
  }

  private static func append(_ note: Note) {
    note.path.withUnsafeBufferPointer { path in
      guard let path = path.baseAddress else { return }
      note.bytes.withUnsafeBytes { SuddenEnd.append($0, to: path) }
    }
  }
}
