// Remembers the best validation loss and says when to stop waiting (GKX21 Algorithm 1).

/// The best epoch so far and the patience left.
public struct EarlyStopping: Sendable {
  public let patience: Int
  public private(set) var bestLoss = Double.infinity
  public private(set) var bestEpoch = 0

  /// Creates the watch; training stops after `patience` epochs without improvement.
  public init(patience: Int) { self.patience = patience }

  /// The watch as it stood after some epochs.
  init(patience: Int, bestLoss: Double, bestEpoch: Int) {
    (self.patience, self.bestLoss, self.bestEpoch) = (patience, bestLoss, bestEpoch)
  }

  /// Notes an epoch's loss; gives whether it is the best so far, or is taken for it always.
  mutating func note(_ loss: Double, epoch: Int, always: Bool = false) -> Bool {
    guard always || loss < bestLoss else { return false }
    (bestLoss, bestEpoch) = (loss, epoch)
    return true
  }

  /// Whether the patience is used up; as long as nothing is better than `idle`, the loss of a forecast of zero,
  /// nothing has been learned that waiting could spoil.
  func shouldStop(after epoch: Int, idle: Double = .infinity) -> Bool {
    bestLoss < idle && epoch - bestEpoch >= patience
  }
}
