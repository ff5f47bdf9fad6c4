// The closed list of differentiable operations. A new one needs a rule in Rules.swift: the switch
// there is exhaustive, so the compiler demands it.

/// One recorded operation; operands are node numbers on the same tape.
enum Operation {
  /// A constant, or a parameter whose gradient is added to the sink with that number.
  case leaf(sink: Int32)
  /// a b, a' b, a b'.
  case product(Int32, Int32)
  case transposedProduct(Int32, Int32)
  case productTransposed(Int32, Int32)
  /// Elementwise on equal shapes.
  case add(Int32, Int32)
  case subtract(Int32, Int32)
  case multiply(Int32, Int32)
  case divide(Int32, Int32)
  /// A column added to every column of a matrix.
  case addColumn(Int32, Int32)
  /// By a number known beforehand, or by a 1 x 1 node.
  case scaled(Int32, by: Double)
  case shifted(Int32, by: Double)
  case scaledBy(Int32, Int32)
  case tanh(Int32)
  case sigmoid(Int32)
  case relu(Int32)
  case exp(Int32)
  case log(Int32)
  case softplus(Int32)
  case square(Int32)
  case clamp(Int32, low: Double, high: Double)
  case sum(Int32)
  /// Rows from a start row on; one matrix above another.
  case slice(Int32, start: Int32)
  case stack(Int32, Int32)
  /// A vector as a diagonal matrix; a matrix's diagonal as a vector.
  case diagonal(Int32)
  case diagonalOf(Int32)
  /// Of a symmetric positive definite matrix; `factor` is where its Cholesky factor lies.
  case solve(Int32, Int32, factor: Int)
  case logDeterminant(Int32, factor: Int)
  /// By column: softmax, max(0, .) shares, zero mean and unit variance, unit length.
  case softmaxColumns(Int32)
  case reluShares(Int32)
  case normalizeColumns(Int32, epsilon: Double)
  case unitColumns(Int32)
  /// Same value, no gradient; another value, gradient as if it were the operand.
  case stopGradient(Int32)
  case straightThrough(Int32)
  /// A number whose gradients were computed with it; `first` and `count` number the entries.
  case linearised(first: Int32, count: Int32)
}
