// A network that reads the last months of each firm and gives one number: an entry layer, gated recurrent
// layers, attention over the months if wanted, and a linear head.
//
// Definition: p_s = act(W c_s + b); g = GRU layers over s; with attention a_s = softmax over s of
// w' tanh(A g_s + b_a) and the head reads g_L and sum_s a_s g_s, without it g_L alone. The loss of a row
// depends on that row only, so targets run through forward and backward pass in parties that stay in cache,
// and nothing of a pass is kept. Sources: the attention LSTM of Qin et al. (2017) as the field runs it, with
// GRU layers; the feature extractor of Duan et al. (2022), section 4.1.

import FactorRuntime

/// The shape of a sequence network.
public struct SequenceDesign: Sendable {
  public enum Entry: Sendable { case tanh, leaky }

  public var inputs: Int
  public var hidden: Int
  public var layers: Int
  public var months: Int
  public var entry: Entry
  /// The width of the attention's inner layer; nil for no attention.
  public var attention: Int?

  /// Describes a network.
  public init(
    inputs: Int, hidden: Int, layers: Int, months: Int, entry: Entry, attention: Int? = nil
  ) {
    (self.inputs, self.hidden, self.layers) = (inputs, hidden, layers)
    (self.months, self.entry, self.attention) = (months, entry, attention)
  }

  /// Float operations of one row, forward and backward, each product counted once.
  public var flops: Double {
    let (p, h) = (Double(inputs), Double(hidden))
    let perMonth =
      4 * p * h + Double(layers) * 36 * h * h + (attention.map { 6 * h * Double($0) } ?? 0)
    return perMonth * Double(months)
  }
}

final class SequenceNetwork<Scalar: NetworkScalar> {
  /// Targets of a party: with twelve months its gates and states fill the second cache.
  static var partyTargets: Int { 64 }
  static var mostBlocks: Int { 8 }

  let design: SequenceDesign
  let parameters = ParameterBlock<Scalar>(padded: true)
  let entry: (weight: Int, bias: Int)
  let layers: [RecurrentLayer]
  /// Inner weights, inner bias, and what turns the inner units into a score.
  let attention: (weight: Int, bias: Int, score: Int)?
  /// The head on the last state, on the context, and its bias.
  let head: (last: Int, context: Int, bias: Int)
  private let histories: FirmHistories
  private let pool: BlockPool
  private let partial: UnsafeMutablePointer<Scalar>
  private var workers: [SequenceWorker<Scalar>] = []
  private var work: BlockWork = { _, _ in }
  private var batch = Batch<Scalar>()
  /// One for each block; the threads write side by side.
  private let losses: UnsafeMutablePointer<Double>

  private struct Batch<Value> {
    var rows = 0..<0
    var panel: UnsafePointer<Value>?
    var returns: UnsafePointer<Value>?
  }

  init(_ design: SequenceDesign, histories: FirmHistories, threads: Int = 1) {
    (self.design, self.histories) = (design, histories)
    let (parameters, h) = (parameters, design.hidden)
    entry = (
      parameters.add("entry.weight", rows: design.inputs, columns: h, penalised: true),
      parameters.add("entry.bias", rows: 1, columns: h)
    )
    layers = (0..<design.layers).map {
      RecurrentLayer("layer\($0)", .gruAfter, inputs: h, hidden: h, in: parameters)
    }
    attention = design.attention.map { inner in
      (
        parameters.add("attention.weight", rows: h, columns: inner, penalised: true),
        parameters.add("attention.bias", rows: 1, columns: inner),
        parameters.add("attention.score", rows: inner, columns: 1, penalised: true)
      )
    }
    head = (
      parameters.add("head.last", rows: h, columns: 1, penalised: true),
      design.attention == nil
        ? -1 : parameters.add("head.context", rows: h, columns: 1, penalised: true),
      parameters.add("head.bias", rows: 1, columns: 1)
    )
    pool = BlockPool(threads: threads)
    partial = AlignedMemory.zeros(Self.mostBlocks * parameters.count)
    losses = AlignedMemory.zeros(Self.mostBlocks)
    workers = (0..<Self.mostBlocks).map { _ in SequenceWorker(self, histories) }
    work = { [unowned self] _, block in run(block) }
  }

  deinit {
    AlignedMemory.free(partial)
    AlignedMemory.free(losses)
  }

  /// Draws starting weights.
  func initialize(_ stream: inout RandomStream) {
    let h = design.hidden
    parameters.fillGlorot(entry.weight, inputs: design.inputs, outputs: h, &stream)
    for layer in layers { layer.initialize(parameters, &stream) }
    if let attention {
      let inner = parameters.tensors[attention.weight].columns
      parameters.fillGlorot(attention.weight, inputs: h, outputs: inner, &stream)
      parameters.fillGlorot(attention.score, inputs: inner, outputs: 1, &stream)
      parameters.fillGlorot(head.context, inputs: h, outputs: 1, &stream)
    }
    parameters.fillGlorot(head.last, inputs: h, outputs: 1, &stream)
  }

  /// Computes the mean squared error of some rows of a panel and sets the gradient.
  func gradient(
    rows: Range<Int>, panel: UnsafePointer<Scalar>, returns: UnsafePointer<Scalar>
  ) -> Double {
    (batch.rows, batch.panel, batch.returns) = (rows, panel, returns)
    parameters.clearGradients()
    for worker in workers { worker.prepare() }
    pool.run(work, phase: 0, blocks: Self.mostBlocks)
    var loss = 0.0
    for block in 0..<Self.mostBlocks {
      loss += losses[block]
      Scalar.add(
        count: parameters.count, partial + block * parameters.count, to: parameters.gradients)
    }
    return loss / Double(max(1, rows.count))
  }

  // The parties of a block, one after the other.
  private func run(_ block: Int) {
    guard let panel = batch.panel, let returns = batch.returns else { return }
    let target = partial + block * parameters.count
    target.update(repeating: 0, count: parameters.count)
    let parties = (batch.rows.count + Self.partyTargets - 1) / Self.partyTargets
    var loss = 0.0
    for party in (block * parties / Self.mostBlocks)..<((block + 1) * parties / Self.mostBlocks) {
      let start = batch.rows.lowerBound + party * Self.partyTargets
      let rows = start..<min(start + Self.partyTargets, batch.rows.upperBound)
      loss += workers[block].run(
        rows, of: batch.rows.count, panel, returns, into: target)
    }
    losses[block] = loss
  }
}
