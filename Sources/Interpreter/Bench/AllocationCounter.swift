// The bytes this process has asked the allocator for.

import CAllocations

enum AllocationCounter {
  /// Bytes so far; nil where they are not counted.
  static var bytes: Int? {
    let count = fq_allocated_bytes()
    return count >= 0 ? Int(count) : nil
  }
}
