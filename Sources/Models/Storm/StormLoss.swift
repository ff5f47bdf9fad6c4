// The parts of the loss of a batch of windows, and their weighted sum.

import FactorRuntime

/// The parts of a batch's loss.
struct StormLoss: Sendable, Equatable {
  var returns = 0.0
  var prior = 0.0
  var divergence = 0.0
  var histories = 0.0
  var sections = 0.0
  var disorder = 0.0
  /// Mean squared distances of tokens to codes and of codes to tokens, which are the same number.
  var commitment = 0.0
  var codes = 0.0
  var diversity = 0.0
  var orthogonality = 0.0
  var alignment = 0.0

  func total(_ design: StormDesign) -> Double {
    let w = design.weights
    let rebuilt = histories + StormDesign.crossSectionShare * sections
    var sum = w.returns * returns + w.divergence * divergence + w.reconstruction * rebuilt
    if design.ordersPrices { sum += w.priceOrder * disorder }
    sum += w.commitment * commitment + (design.rule == .grad ? codes : 0)
    return sum + w.diversity * diversity + w.orthogonality * orthogonality + w.alignment * alignment
  }
}
