// The fingerprint of the arithmetic: stable, and other at another level.

import FactorRuntime
import Testing

@Suite struct NumericFingerprintTests {
  @Test func itNamesTheLevelAndSixteenDigits() {
    let parts = NumericFingerprint.text.split(separator: " ")
    #expect(parts.count == 2 && parts[0] == Kernels.chosen.name)
    #expect(parts[1].count == 16 && parts[1].allSatisfy(\.isHexDigit))
    #expect(NumericFingerprint.text == NumericFingerprint.text)
  }
}
