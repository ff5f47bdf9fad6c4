// The only door to what fq asks of the C allocator.

import CAllocations

enum AllocationCounter {
  /// Keeps freed memory in the process, up to half a gigabyte; called once at the start.
  static func keepFreedMemory() { fq_keep_freed_memory() }

  /// Bytes so far; nil where they are not counted.
  static var bytes: Int? {
    let count = fq_allocated_bytes()
    return count >= 0 ? Int(count) : nil
  }
}
