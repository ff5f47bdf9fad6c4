// What the peers of a benchmark print.

import Testing

@testable import Interpreter

@Suite struct PeersTests {
  @Test func aLineIsATimeACompilingTimeOrASize() {
    let found = Peers.results(
      """
      jax 0.5 0.4 0.75
      jax.compile 3.25
      pytorch 1.5
      torch.bytes 1048576
      torch.check -2.5e-3
      """)
    #expect(
      found == [
        .init(name: "jax", seconds: 0.5, best: 0.4, worst: 0.75, compileSeconds: 3.25),
        .init(name: "pytorch", seconds: 1.5),
        .init(name: "torch", residentBytes: 1_048_576, check: -0.0025),
      ])
  }

  @Test func whatIsNoSuchLineIsLeftOut() {
    #expect(Peers.results("warning: jax is old\n\njax\nnumpy 1.0 fast\n").isEmpty)
  }
}
