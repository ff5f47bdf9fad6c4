// A dual codebook network: batches of windows dealt to a few workers, and what their windows have in common.
//
// Definition of a batch's loss, means over windows, tokens or firm-months as each part says:
//   r nll + d kl + g (rebuilt histories + rebuilt cross-sections / 1000) + o order of prices
//   + c commitment + codes + h orthogonality + v diversity, of each codebook, + a alignment
// A batch is cut into the same few runs of windows however many threads there are, and their gradients are added in
// order, so that threads change no bit. Goals, in order: exact gradients, the same bits always, speed.
// Reference: Zhao et al. (2024), STORM, and its published code, whose doubled codebook loss and class token that is
// dropped before it is aligned are not repeated.

import FactorRuntime

final class StormNetwork<Scalar: NetworkScalar>: WeightedNetwork {
  let design: StormDesign
  let parameters = ParameterBlock<Scalar>(padded: true)
  let workers: [StormWorker<Scalar>]
  private let pool: BlockPool
  /// Windows of each worker at most.
  let share: Int
  private(set) var batch = StormBatch()
  private(set) var loss = StormLoss()
  private var runs: [Range<Int>] = []
  private var coupling = StormCoupling<Scalar>()

  /// Few, because each has gradients of its own and lays the weights out for itself: two instead of four take a
  /// tenth off an epoch, and members of an ensemble use threads as well.
  static var mostWorkers: Int { 2 }

  /// `windows` is the most of a batch.
  init(_ design: StormDesign, windows: Int, threads: Int = 1) {
    self.design = design
    let count = min(Self.mostWorkers, max(1, windows))
    let share = (windows + count - 1) / count
    self.share = share
    let parameters = parameters
    workers = (0..<count).map { _ in
      StormWorker(design, windows: share, in: parameters)
    }
    pool = BlockPool(threads: min(threads, count))
  }

  var running: [RunningMoments] {
    get { [] }
    set { precondition(newValue.isEmpty) }
  }

  func initialize(_ stream: inout RandomStream) { workers[0].initialize(&stream) }

  // MARK: A batch

  /// Encodes the windows of a batch.
  func encode(_ windows: [StormWindow], _ data: StormWindows) {
    let count = min(workers.count, windows.count)
    runs = (0..<count).map { ($0 * windows.count / count)..<(($0 + 1) * windows.count / count) }
    let (workers, runs) = (workers, runs)
    each { block in
      workers[block].prepare()
      workers[block].load(windows[runs[block]], data)
      workers[block].encode()
    }
    let busy = workers[..<count]
    batch = StormBatch(
      windows: windows.count, firms: busy.reduce(0) { $0 + $1.firmRows },
      dates: busy.reduce(0) { $0 + $1.dateRows })
  }

  private func each(_ body: @escaping (Int) -> Void) {
    pool.run({ _, block in body(block) }, phase: 0, blocks: runs.count)
  }

  /// Describes the windows that `encode` put in place, and gives the parts of the loss.
  @discardableResult
  func describe() -> StormLoss {
    let (workers, batch) = (workers, batch)
    each { workers[$0].describe(batch) }
    loss = StormLoss()
    for run in runs.indices { add(workers[run]) }
    couple()
    return loss
  }

  private func add(_ worker: StormWorker<Scalar>) {
    for window in worker.heads.windows {
      loss.returns += window.loss / Double(batch.windows)
      loss.prior += window.priorLoss / Double(batch.windows)
      loss.divergence += window.divergence / Double(batch.windows)
    }
    loss.histories += (worker.history?.error ?? 0) / Double(batch.windows)
    loss.disorder += (worker.history?.disorder ?? 0) / Double(batch.windows)
    loss.sections += (worker.section?.error ?? 0) / Double(batch.windows)
    for (book, rows) in [(worker.books.firms, batch.firms), (worker.books.dates, batch.dates)] {
      guard let book else { continue }
      let share = 1 / (Double(rows) * Double(design.width))
      loss.commitment += book.distance.tokens * share
      loss.codes += book.distance.codes * share
    }
  }

  // What reaches over all windows of a batch: diversity of the codes' shares, and alignment.
  private func couple() {
    coupling = StormCoupling()
    if design.weights.diversity > 0 {
      coupling.firms = diversify(\.books.firms, batch.firms)
      coupling.dates = diversify(\.books.dates, batch.dates)
    }
    guard design.isAligned else { return }
    func rows(_ source: (StormWorker<Scalar>) -> UnsafePointer<Scalar>?) -> [[Double]] {
      let width = Padding.padded(design.width)
      return runs.indices.flatMap { run -> [[Double]] in
        guard let from = source(workers[run]) else { return [] }
        return runs[run].indices.map { window in
          let first = (window - runs[run].lowerBound) * width
          return (0..<width).map { Double(from[first + $0]) }
        }
      }
    }
    let aligned = ClassAlignment(
      rows { $0.temporal.map { UnsafePointer($0.summaries) } },
      rows { $0.spatial.map { UnsafePointer($0.summaries) } })
    loss.alignment = aligned.loss
    let weight = design.weights.alignment
    coupling.firmSummaries = aligned.first.flatMap { $0.map { Scalar(weight * $0) } }
    coupling.dateSummaries = aligned.second.flatMap { $0.map { Scalar(weight * $0) } }
  }

  // Adds the negative entropy of the mean shares to the loss; gives the slopes of the shares.
  private func diversify(
    _ book: KeyPath<StormWorker<Scalar>, Codebook<Scalar>?>, _ rows: Int
  ) -> [Double] {
    let books = runs.indices.compactMap { workers[$0][keyPath: book] }
    guard !books.isEmpty, rows > 0 else { return [] }
    return (0..<design.codes).map { code in
      let share = books.reduce(0) { $0 + $1.soft[code] } / Double(rows)
      let log = Elementary.log(max(share, .leastNormalMagnitude))
      loss.diversity += share * log
      return design.weights.diversity * (log + 1) / Double(rows)
    }
  }

  /// Writes the gradient of the loss of the windows in place to the block.
  func differentiate() {
    let (workers, batch, coupling, runs) = (workers, batch, coupling, runs)
    each { workers[$0].backward(batch, coupling, first: runs[$0].lowerBound) }
    parameters.clearGradients()
    for run in runs.indices {
      Scalar.add(count: parameters.count, workers[run].gradients, to: parameters.gradients)
    }
    penaliseCodes(addsGradient: true)
  }

  /// Puts the penalty on codes that point the same way into the loss.
  func penaliseCodes(addsGradient: Bool) {
    loss.orthogonality = 0
    guard design.weights.orthogonality > 0, design.rule == .grad else { return }
    for book in [workers[0].books.firms, workers[0].books.dates].compactMap({ $0 }) {
      loss.orthogonality += OrthogonalCodes.penalty(
        parameters, book.tensors.codes, weight: design.weights.orthogonality,
        addsGradient: addsGradient)
    }
  }

  /// The loss of some windows and its gradient.
  func gradient(_ windows: [StormWindow], _ data: StormWindows) -> StormLoss {
    encode(windows, data)
    describe()
    differentiate()
    return loss
  }

  /// The workers that have windows of the batch.
  var busy: ArraySlice<StormWorker<Scalar>> { workers[..<runs.count] }

  /// Calls `body` with each window of the batch, the worker that has it and its number there.
  func eachWindow(_ body: (_ window: Int, _ worker: StormWorker<Scalar>, _ place: Int) -> Void) {
    for run in runs.indices {
      for window in runs[run] { body(window, workers[run], window - runs[run].lowerBound) }
    }
  }
}
