// Memory on cache-line boundaries: a vector load that crosses a line costs two.

public enum AlignedMemory {
  /// The width of a cache line, and of the widest vector, in bytes.
  public static let alignment = 64

  /// Takes memory for `count` numbers, all zero.
  public static func zeros<Scalar: BinaryFloatingPoint>(_ count: Int) -> UnsafeMutablePointer<
    Scalar
  > {
    let size = max(1, count)
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: size * MemoryLayout<Scalar>.stride, alignment: alignment)
    // Zero is all bits zero; as bytes they are set by the system, not one number after the other.
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: size * MemoryLayout<Scalar>.stride)
    return raw.bindMemory(to: Scalar.self, capacity: size)
  }

  /// Gives memory taken by `zeros` back.
  public static func free<Scalar>(_ pointer: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}
