// Arrays as tiles of rows: the memory stays for as long as the body runs.

import FactorRuntime

/// Calls `body` with an array as rows of a matrix.
public func withTile<Scalar: NetworkScalar, Result>(
  _ rows: Int, _ width: Int, _ x: [Scalar], _ body: (RowTile<Scalar>) -> Result
) -> Result {
  x.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("a tile has rows") }
    return body(RowTile(rows: rows, width: width, start))
  }
}
