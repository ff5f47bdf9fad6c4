// Two sets of parameters trained against each other, each with an optimiser of its own.
//
// A step of the game updates one player after the other. A player's turn clears its gradients, asks
// for its loss (whose gradients with respect to the other player are thrown away: the other clears
// its own before its turn), adds its penalty and steps. The second player sees the first one's new
// weights. A model whose losses are such a game calls `Game.step` from `Trainable.step`, so that the
// one training loop stays the only one.
// References: Goodfellow et al. (2014), Algorithm 1; Kim and Mnih (2018), Algorithm 2, for the
// judge that tells joint from permuted latents.

import FactorRuntime

/// One side of the game: parameters in both precisions, and what moves them.
final class Player<Scalar: NetworkScalar> {
  let large: ParameterBlock<Scalar>
  let small: ParameterBlock<Double>
  var optimizer: Optimizer

  init(
    large: ParameterBlock<Scalar> = ParameterBlock(padded: true),
    small: ParameterBlock<Double> = ParameterBlock(padded: false), optimizer: Optimizer
  ) {
    (self.large, self.small, self.optimizer) = (large, small, optimizer)
  }

  /// Takes one step down the loss whose gradients `loss` leaves in this player's blocks.
  func update(_ loss: () throws -> Double) rethrows -> Double {
    large.clearGradients()
    small.clearGradients()
    let value = try loss()
    optimizer.addPenalty(to: large)
    optimizer.addPenalty(to: small)
    optimizer.step(large, small)
    return value
  }
}

/// A game of two players, in turns.
struct Game<First: NetworkScalar, Second: NetworkScalar> {
  let first: Player<First>
  let second: Player<Second>
  /// Turns of the second player after each of the first.
  var turns = 1

  /// Plays one round; gives both players' losses, the second's in its last turn.
  func step(
    first firstLoss: () throws -> Double, second secondLoss: () throws -> Double
  ) rethrows -> (first: Double, second: Double) {
    let one = try first.update(firstLoss)
    var two = Double.nan
    for _ in 0..<turns { two = try second.update(secondLoss) }
    return (one, two)
  }
}
