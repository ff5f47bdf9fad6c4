// Two players: a saddle with a known solution, and a judge of joint against permuted latents.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct TwoPlayerTests {
  private func player(_ size: Int, rate: Double) -> Player<Double> {
    let small = ParameterBlock<Double>(padded: false)
    small.add("w", rows: size, columns: 1)
    return Player(
      large: ParameterBlock<Double>(padded: false), small: small,
      optimizer: Optimizer(rate: rate, clip: nil))
  }

  /// f = (x - 1)^2 / 2 + 2 (x - 1) (y + 2) - (y + 2)^2 / 2, least in x and greatest in y at (1, -2).
  @Test(arguments: [1, 3])
  func aSaddleIsFound(_ turns: Int) {
    var game = Game(first: player(1, rate: 0.05), second: player(1, rate: 0.05))
    game.turns = turns
    let (x, y) = (game.first.small, game.second.small)
    for side in [game.first, game.second] {
      side.optimizer.schedule = .cosine(warmUp: 0, steps: 3000 * turns, floor: 0)
    }
    var rounds = 0
    for _ in 0..<3000 {
      let value = { () -> Double in
        let (a, b) = (x.weights[0] - 1, y.weights[0] + 2)
        return a * a / 2 + 2 * a * b - b * b / 2
      }
      _ = game.step(
        first: {
          x.gradients[0] = (x.weights[0] - 1) + 2 * (y.weights[0] + 2)
          // What the first player leaves with the second must not move it.
          y.gradients[0] = 1e9
          return value()
        },
        second: {
          rounds += 1
          y.gradients[0] += -(2 * (x.weights[0] - 1) - (y.weights[0] + 2))
          return -value()
        })
    }
    #expect(rounds == 3000 * turns)
    expectClose(x.weights[0], 1, absolute: 2e-3)
    expectClose(y.weights[0], -2, absolute: 2e-3)
  }

  @Test func theSecondPlayerSeesTheFirstOnesStep() {
    let game = Game(first: player(1, rate: 0.1), second: player(1, rate: 0.1))
    var seen = 0.0
    let losses = game.step(
      first: {
        game.first.small.gradients[0] = 1
        return 5
      },
      second: {
        seen = game.first.small.weights[0]
        return 6
      })
    expectClose(seen, -0.1, absolute: 1e-8)
    #expect(losses.first == 5 && losses.second == 6 && game.second.small.weights[0] == 0)
  }

  /// Trains a judge to tell pairs with a correlation from permuted ones; gives its mean cross entropy
  /// on fresh pairs, and the total correlation it sees in nats.
  private func judged(correlation: Double) -> (entropy: Double, total: Double) {
    let (hidden, batch, steps) = (12, 256, FullRun.isAsked ? 1200 : 500)
    let judge = Judge(hidden: hidden)
    var stream = RandomStream(seed: 4, purpose: .example)
    let player = Player<Double>(
      large: ParameterBlock(padded: false), small: judge.parameters,
      optimizer: Optimizer(rate: 0.01, clip: nil))
    player.optimizer.schedule = .cosine(warmUp: 20, steps: steps, floor: 0.02)
    player.optimizer.betas = (0.5, 0.9)
    let tape = Tape()
    for _ in 0..<steps {
      _ = player.update {
        tape.reset()
        let loss = judge.crossEntropy(
          Judge.pairs(batch, correlation, &stream), Judge.pairs(batch, 0, &stream), on: tape)
        tape.backward(from: loss)
        return loss.scalar
      }
    }
    var (entropy, total) = (0.0, 0.0)
    for _ in 0..<20 {
      tape.reset()
      let joint = Judge.pairs(1000, correlation, &stream)
      entropy += judge.crossEntropy(joint, Judge.pairs(1000, 0, &stream), on: tape).scalar / 20
      total += judge.logits(joint, on: tape).sum().scalar / 20_000
    }
    return (entropy, total)
  }

  // Kim and Mnih (2018), section 3: at best the judge's logit is the log density ratio.
  @Test func independentLatentsLeaveTheJudgeAtLogTwo() {
    let found = judged(correlation: 0)
    expectClose(found.entropy, Elementary.log(2), absolute: 0.01)
    expectClose(found.total, 0, absolute: 0.02)
  }

  @Test func dependentLatentsDoNot() {
    let found = judged(correlation: 0.8)
    #expect(found.entropy < Elementary.log(2) - 0.08)
    // The total correlation of a normal pair is -log(1 - rho^2) / 2 = 0.511.
    expectClose(found.total, -0.5 * Elementary.log(1 - 0.64), absolute: 0.1)
  }
}

/// A small network that gives the log odds of a pair being joint.
private final class Judge {
  let parameters = ParameterBlock<Double>(padded: false)
  private let (input, bias, output, shift): (Int, Int, Int, Int)

  init(hidden: Int) {
    // Squares and the product make the log density ratio of normal pairs linear.
    input = parameters.add("input", rows: hidden, columns: 5)
    bias = parameters.add("bias", rows: hidden, columns: 1)
    output = parameters.add("output", rows: 1, columns: hidden)
    shift = parameters.add("shift", rows: 1, columns: 1)
    var stream = RandomStream(seed: 9, purpose: .initialise)
    parameters.fillGlorot(input, inputs: 5, outputs: hidden, &stream)
    parameters.fillGlorot(output, inputs: hidden, outputs: 1, &stream)
  }

  /// Pairs of standard normal latents with a correlation; columns are pairs, rows x, y, x^2, y^2, xy.
  static func pairs(_ count: Int, _ rho: Double, _ stream: inout RandomStream) -> [Double] {
    var rows = [Double](repeating: 0, count: 5 * count)
    for i in 0..<count {
      let x = stream.normal()
      let y = rho * x + (1 - rho * rho).squareRoot() * stream.normal()
      for (k, value) in [x, y, x * x, y * y, x * y].enumerated() { rows[k * count + i] = value }
    }
    return rows
  }

  func logits(_ pairs: [Double], on tape: Tape) -> Variable {
    let x = pairs.withUnsafeBufferPointer {
      tape.leaf(rows: 5, columns: pairs.count / 5, $0.baseAddress!)
    }
    let hidden = parameters.leaf(input, on: tape).times(x)
      .addingColumn(parameters.leaf(bias, on: tape)).tanh()
    return parameters.leaf(output, on: tape).times(hidden)
      .addingColumn(parameters.leaf(shift, on: tape))
  }

  /// Half of each class's mean cross entropy.
  func crossEntropy(_ joint: [Double], _ permuted: [Double], on tape: Tape) -> Variable {
    let one = (-logits(joint, on: tape)).softplus().sum() * (5 / Double(joint.count))
    let two = logits(permuted, on: tape).softplus().sum() * (5 / Double(permuted.count))
    return (one + two) * 0.5
  }
}
