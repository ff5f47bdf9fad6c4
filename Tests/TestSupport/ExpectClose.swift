// Comparison of numbers within a stated tolerance, with the largest difference in the message.

import Testing

/// Expects two numbers to agree within an absolute or relative tolerance; NaN agrees with NaN.
public func expectClose(
  _ found: Double, _ expected: Double, absolute: Double = 0, relative: Double = 0,
  _ comment: String = "", at location: SourceLocation = #_sourceLocation
) {
  if found.isNaN && expected.isNaN { return }
  let allowed = max(absolute, relative * abs(expected))
  let agrees = found == expected || abs(found - expected) <= allowed
  #expect(
    agrees, "\(comment) found \(found), expected \(expected) within \(allowed)",
    sourceLocation: location)
}

/// Expects two lists of numbers to agree element by element.
public func expectClose(
  _ found: [Double], _ expected: [Double], absolute: Double = 0, relative: Double = 0,
  _ comment: String = "", at location: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(comment) lengths differ", sourceLocation: location)
  for (k, pair) in zip(found, expected).enumerated() {
    expectClose(
      pair.0, pair.1, absolute: absolute, relative: relative, "\(comment) element \(k):",
      at: location)
  }
}
