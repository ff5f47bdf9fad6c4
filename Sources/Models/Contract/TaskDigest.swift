// The digest of a task's data, computed once for all fits on it.

import FactorRuntime
import Synchronization

/// Remembers a digest.
final class TaskDigest: Sendable {
  private let known = Mutex<String?>(nil)

  func value(_ compute: () -> String) -> String {
    if let known = known.withLock({ $0 }) { return known }
    let digest = compute()
    known.withLock { $0 = digest }
    return digest
  }

  static func compute(_ task: FactorTask, _ threads: Int) -> String {
    var hash = SHA256()
    hash.add(task.targetName)
    for name in task.characteristicNames { hash.add(name) }
    for month in task.index.months { hash.add(UInt64(bitPattern: Int64(month.index))) }
    for offset in task.index.offsets { hash.add(UInt64(offset)) }
    for name in task.index.assetNames { hash.add(name) }
    task.index.assets.withUnsafeBytes { hash.add($0) }
    task.returns.withUnsafeBytes { hash.add(SHA256.digest(ofPieces: $0, threads: threads)) }
    task.characteristics.withUnsafeBytes { hash.add(SHA256.digest(ofPieces: $0, threads: threads)) }
    if !task.observed.names.isEmpty {
      for name in ["observed"] + task.observed.names { hash.add(name) }
      task.observed.values.withUnsafeBytes { hash.add($0) }
    }
    return hash.digest
  }
}
