// Epochs of training on random data of a given shape, for `fq bench`.
//
// The same batches, loss, optimiser and order of work as a fit; what is left out is the validation
// pass and early stopping. Useful flops count each product once: forward, weight gradient, and the
// gradient sent down below every layer but the first; work that is done again or saved by sharing does not
// count.

import FactorRuntime

/// A network in training, ready to run epochs.
public final class EpochBenchmark {
  /// Which model's epoch.
  public enum Model: String, CaseIterable, Sendable {
    case ca2, cvra, nn4
    /// LSTM loadings (32 units) with linear factors: windows of 12 months in batches of 12 months and of one,
    /// and a scan in batches of 12.
    case lstmWindow, lstmWindowMonth, lstmScan
    /// The attention network's and the FactorVAE's feature extractor, each with a linear head.
    case alstm, duan
    /// FactorVAE whole: encoder, decoder and predictor, 64 portfolios.
    case factorvae
    /// The dual codebook model at its defaults, on windows of 16 months of all firms of the panel.
    case storm
  }

  /// The shape of the data.
  public struct Shape: Sendable {
    public var rows: Int
    public var months: Int
    public var characteristics: Int
    public var factors: Int

    /// The paper-size block: 231,514 firm-months, 46 characteristics, 5 factors, 144 months.
    public static let paper = Shape(rows: 231_514, months: 144, characteristics: 46, factors: 5)

    /// The reference panel of tests and small studies: 200 firms, 50 characteristics, 144 months.
    public static let small = Shape(rows: 28_800, months: 144, characteristics: 50, factors: 5)

    /// What a window of the dual codebook model holds: 50 firms, 50 characteristics, 143 months for 128 windows.
    public static let windows = Shape(rows: 7150, months: 143, characteristics: 50, factors: 5)

    /// Creates a shape.
    public init(rows: Int, months: Int, characteristics: Int, factors: Int) {
      (self.rows, self.months) = (rows, months)
      (self.characteristics, self.factors) = (characteristics, factors)
    }
  }

  /// A way to run epochs.
  struct Work {
    /// Plans an epoch; gives its number of steps.
    var start: (_ epoch: Int) -> Int
    var step: (_ number: Int) -> Double
    /// Useful float operations of one row.
    var flops: Double
  }

  public let shape: Shape
  private let work: Work
  private var epoch = 0

  /// Prepares random data and a fresh network.
  public init(_ model: Model, _ shape: Shape, threads: Int = 1, seed: UInt64 = 1) throws {
    self.shape = shape
    let panel = try BenchmarkPanel(shape, seed: seed)
    switch model {
    case .ca2: work = try Self.conditional(panel.linearHead(), panel, longest: 1, threads)
    case .cvra:
      var options = FactorNetworkOptions()
      options.factors = shape.factors
      // The divergence counts from the first epoch, as it does in what the peers compute.
      options.warmUp = 0
      let head = RecurrentFactorHead<Float>(
        options: options, inputs: [], meanFirms: panel.meanFirms)
      var stream = RandomStream(seed: seed, purpose: .initialise)
      head.initialize(&stream)
      work = try Self.conditional(head, panel, longest: options.chunk, threads)
    case .nn4: work = Self.regression(panel, hidden: [32, 16, 8, 4], threads)
    case .lstmWindow: work = Self.recurrent(panel, .window(months: 12), longest: 12, threads)
    case .lstmWindowMonth: work = Self.recurrent(panel, .window(months: 12), longest: 1, threads)
    case .lstmScan: work = Self.recurrent(panel, .scan, longest: 12, threads)
    case .alstm:
      work = Self.sequence(
        panel,
        SequenceDesign(
          inputs: shape.characteristics, hidden: 64, layers: 2, months: 12, entry: .tanh,
          attention: 32), threads)
    case .factorvae: work = Self.priorPosterior(panel, threads)
    case .storm: work = StormBenchmark.work(panel, threads)
    case .duan:
      work = Self.sequence(
        panel,
        SequenceDesign(
          inputs: shape.characteristics, hidden: 32, layers: 1, months: 12, entry: .leaky), threads)
    }
  }

  /// Plans the next epoch; gives its number of steps.
  public func begin() -> Int {
    epoch += 1
    return work.start(epoch)
  }

  /// Runs one step; gives the loss.
  @discardableResult
  public func run(step number: Int) -> Double { work.step(number) }

  /// Useful float operations of one epoch.
  public var flops: Double { work.flops * Double(shape.rows) }

  /// Of one row through a multilayer perceptron.
  private static func flops(_ widths: [Int]) -> Double {
    zip(widths, widths.dropFirst()).enumerated().reduce(0) {
      $0 + Double($1.element.0 * $1.element.1) * ($1.offset == 0 ? 4 : 6)
    }
  }
}

extension EpochBenchmark {
  private static func conditional<Head: FactorHead>(
    _ head: Head, _ panel: BenchmarkPanel, longest: Int, _ threads: Int
  ) throws -> Work where Head.Scalar == Float {
    let (shape, data, hidden) = (panel.shape, panel.data, [32, 16])
    let design = BetaDesign(
      inputs: shape.characteristics, hidden: hidden, outputs: shape.factors)
    let network = BetaNetwork<Float>(design, data, longestBatch: longest)
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    network.parameters.penalise(1e-5)
    let trainer = ConditionalTrainer(
      design, network: network, head: head, data: data, split: try panel.task.requireSplit(),
      longestBatch: longest,
      optimizer: Adam(rate: 1e-3, clip: 1), threads: threads)
    var order = RandomStream(seed: panel.seed, purpose: .shuffle)
    return Work(
      start: { epoch in
        trainer.begin(epoch: epoch, &order)
        return trainer.batchCount
      }, step: { trainer.step(batch: $0) },
      flops: flops([shape.characteristics] + hidden + [shape.factors]))
  }

  private static func regression(
    _ panel: BenchmarkPanel, hidden: [Int], _ threads: Int
  ) -> Work {
    let data = panel.data
    let network = BetaNetwork<Float>(
      inputs: panel.shape.characteristics, hidden: hidden, outputs: 1,
      maximumRows: data.mostRows(months: 1))
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    network.parameters.penalise(1e-5)
    let step = RegressionStep(network: network, threads: threads)
    let update = updates(network.parameters)
    return Work(
      start: { _ in panel.shape.months },
      step: { month in
        let loss = step.gradient(month..<(month + 1), of: data)
        update()
        return loss
      }, flops: flops([panel.shape.characteristics] + hidden + [1]))
  }

  private static func recurrent(
    _ panel: BenchmarkPanel, _ mode: HistoryMode, longest: Int, _ threads: Int
  ) -> Work {
    let (shape, units) = (panel.shape, 32)
    let network = RecurrentBetaNetwork<Float>(
      inputs: shape.characteristics, hidden: units, outputs: shape.factors, mode: mode,
      histories: panel.histories, longestBatch: longest)
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    let head = panel.linearHead()
    let step = ConditionalStep(
      network: network, head: head, data: panel.data, longestBatch: longest, threads: threads)
    let update = updates(network.parameters, head.parameters)
    let batches = panel.batches(longest)
    let months = if case .window(let months) = mode { Double(months) } else { 1.0 }
    let perMonth = Double(4 * units * (4 * shape.characteristics + 6 * units))
    return Work(
      start: { _ in
        network.resetStates()
        return batches.count
      },
      step: { number in
        let loss = step.gradient(batches[number])
        update()
        return loss
      }, flops: months * perMonth + Double(6 * units * shape.factors))
  }

  private static func sequence(
    _ panel: BenchmarkPanel, _ design: SequenceDesign, _ threads: Int
  ) -> Work {
    let data = ConditionalData<Float>(panel.networkData, readsHistories: true)
    let network = WindowPredictor<GatedBody<Float>>(
      WindowPredictorDesign(body: design), data, rows: 0, threads: threads)
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    let update = updates(network.parameters)
    let order = (0..<panel.shape.rows).map(Int32.init)
    return Work(
      start: { _ in panel.shape.months },
      step: { month in
        let rows = data.rows(month..<(month + 1))
        let loss = network.gradient(order[rows])
        update()
        return loss
      }, flops: design.flops)
  }

  private static func priorPosterior(_ panel: BenchmarkPanel, _ threads: Int) -> Work {
    let shape = panel.shape
    let design = PriorPosteriorDesign(
      body: SequenceDesign(
        inputs: shape.characteristics, hidden: 32, layers: 1, months: 12, entry: .leaky),
      factors: shape.factors, portfolios: 64)
    let data = ConditionalData<Float>(panel.networkData, readsHistories: true)
    let network = PriorPosteriorNetwork<Float>(design, data, threads: threads)
    var stream = RandomStream(seed: panel.seed, purpose: .initialise)
    network.initialize(&stream)
    let update = updates(network.parameters, network.small)
    // The head's maps of a stock: portfolios, alpha, loadings, keys.
    let h = Double(design.hidden)
    let head = h * (Double(design.portfolios) + h + 2 + Double(shape.factors) * (1 + h))
    return Work(
      start: { _ in shape.months },
      step: { month in
        let loss = network.gradient(month)
        update()
        return loss
      }, flops: design.body.flops + 6 * head)
  }

  // The update after a gradient: penalty, clip and Adam.
  private static func updates(
    _ large: ParameterBlock<Float>, _ small: ParameterBlock<Double> = ParameterBlock(padded: false)
  ) -> () -> Void {
    var optimizer = Adam(rate: 1e-3, clip: 1)
    return {
      optimizer.addPenalty(to: large)
      optimizer.step(large, small)
    }
  }
}
