// Some firms of a recurrent network: their plan for a batch, their pass, and their rows of loadings.

import FactorRuntime

final class RecurrentParty<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let firms: Range<Int>
  private let histories: FirmHistories
  private let mode: HistoryMode
  private let pass: RecurrentPass<Scalar>
  /// Whether the pass still holds this party's rows when the gradient comes.
  private let keeps: Bool
  private var plan: SequencePlan
  private var scan: ScanState
  private var firstRow = 0
  private var months = 0..<0
  /// The rows of the panel that are inputs, and those that are targets, in the order of the pass.
  private var inputs: [Int32] = []
  private var targets: [Int32] = []
  /// Number of an input by its row's distance from the oldest; found again for each firm.
  private var numbers: [Int32] = []
  private let x: Buffer
  private let slopes: Buffer
  private let xStride: Int
  private let outputWidth: Int
  /// Whether every target has inputs of its own.
  private let readsAlone: Bool

  init(
    firms: Range<Int>, _ histories: FirmHistories, _ mode: HistoryMode,
    _ pass: RecurrentPass<Scalar>, keeps: Bool, rows: RecurrentBetaNetwork<Scalar>.PartyRows,
    outputWidth: Int
  ) {
    (self.firms, self.histories, self.mode) = (firms, histories, mode)
    (self.pass, self.keeps, self.outputWidth) = (pass, keeps, outputWidth)
    plan = SequencePlan(carried: mode == .scan ? firms.count : 0)
    scan = ScanState(firms: firms.count)
    xStride = Padding.padded(pass.layer.inputs)
    x = AlignedMemory.zeros(rows.inputs * xStride)
    slopes = AlignedMemory.zeros(rows.targets * outputWidth)
    numbers = [Int32](repeating: -1, count: rows.months)
    readsAlone = rows.areAlone
  }

  deinit {
    AlignedMemory.free(x)
    AlignedMemory.free(slopes)
  }

  /// Forgets what was carried.
  func reset() {
    scan.reset()
    plan.removeAll()
    pass.clearCarried()
  }

  /// Plans the party's part of a batch.
  func begin(_ months: Range<Int>, firstRow: Int) {
    // The last state of each firm in the batch before goes to its slot.
    if mode == .scan { scan.eachLatest { firm, state in pass.carry(state: state, to: firm) } }
    (self.firstRow, self.months) = (firstRow, months)
    plan.removeAll()
    inputs.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    switch mode {
    case .scan: planScan(months)
    case .window(let length): planWindows(months, length)
    }
  }

  private func planScan(_ months: Range<Int>) {
    scan.beginPass()
    for month in months {
      // Rows of a month are ordered by firm, so a party's rows lie together.
      for row in histories.rows(month, of: firms) {
        scan.add(
          firm: Int(histories.firmOf[row]) - firms.lowerBound,
          month: histories.calendar(of: row), input: plan.rows, to: &plan)
        inputs.append(Int32(row))
        targets.append(Int32(row))
      }
      plan.closeStep()
    }
  }

  private func planWindows(_ months: Range<Int>, _ length: Int) {
    if months.count == 1 {
      for row in histories.rows(months.lowerBound, of: firms) { targets.append(Int32(row)) }
    } else {
      for firm in firms { targets += histories.rows(of: firm, months) }
    }
    let count = targets.count
    // Windows of one month share nothing.
    let isAlone = readsAlone
    plan.reserve(steps: length, rows: count, inOrder: isAlone)
    if isAlone { inputs.append(contentsOf: repeatElement(0, count: length * count)) }
    var firm: Int32 = -1
    for (number, target) in targets.enumerated() {
      let row = Int(target)
      if histories.firmOf[row] != firm {
        firm = histories.firmOf[row]
        for place in numbers.indices { numbers[place] = -1 }
      }
      histories.window(of: row, months: length) { step, row in
        let place = step * count + number
        if isAlone { inputs[place] = Int32(row) }
        plan.set(
          place, input: isAlone ? Int32(place) : self.input(row, length),
          from: step == 0 ? 0 : plan.state(of: (step - 1) * count + number))
      }
    }
  }

  // The number of a row among the inputs; a firm's rows of one batch span little more than its months.
  private func input(_ row: Int, _ length: Int) -> Int32 {
    let place = max(0, histories.month(of: row) - (months.lowerBound - length))
    if numbers[place] < 0 {
      numbers[place] = Int32(inputs.count)
      inputs.append(Int32(row))
    }
    return numbers[place]
  }

  /// Runs the pass; a pass of kept rows is not run again.
  func forward(_ panel: UnsafePointer<Scalar>, isAgain: Bool) {
    guard plan.rows > 0, !(isAgain && keeps) else { return }
    let width = pass.layer.inputs
    for (number, row) in inputs.enumerated() {
      (x + number * xStride).update(from: panel + Int(row) * width, count: width)
    }
    pass.forward(plan, x, stride: xStride, inputRows: inputs.count)
  }

  /// The first row of the pass whose state is read: all of a scan, the last step of windows.
  private var firstRead: Int { mode == .scan ? 0 : plan.rows - targets.count }

  /// Writes the loadings of the targets into the batch's rows.
  func readOut(_ network: RecurrentBetaNetwork<Scalar>, into loadings: Buffer) {
    guard !targets.isEmpty else { return }
    let (w, parameters) = (pass.layer.width, network.parameters)
    Scalar.product(
      ProductShape(
        m: targets.count, n: Padding.halfPadded(network.outputs), k: pass.layer.hidden,
        a: pass.state(plan, firstRead), rowStride: w, columnStride: 1,
        b: parameters.weights(network.head.weight), ldb: outputWidth, c: slopes, ldc: outputWidth),
      bias: UnsafePointer(parameters.weights(network.head.bias)), relu: false, accumulate: false)
    for (number, target) in targets.enumerated() {
      (loadings + (Int(target) - firstRow) * outputWidth).update(
        from: slopes + number * outputWidth, count: outputWidth)
    }
  }

  /// Adds the party's gradients to a copy of the parameters.
  func backward(
    _ network: RecurrentBetaNetwork<Scalar>, _ panel: UnsafePointer<Scalar>,
    _ gradient: UnsafePointer<Scalar>, headTransposed: UnsafePointer<Scalar>, into target: Buffer
  ) {
    guard !targets.isEmpty else { return }
    forward(panel, isAgain: true)
    for (number, row) in targets.enumerated() {
      (slopes + number * outputWidth).update(
        from: gradient + (Int(row) - firstRow) * outputWidth, count: outputWidth)
    }
    if network.reading == .layer { headGradient(network, into: target) }
    let (w, states) = (pass.layer.width, pass.stateGradient(plan, firstRead))
    pass.clearStateGradients(plan)
    Scalar.product(
      ProductShape(
        m: targets.count, n: w, k: network.outputs, a: slopes, rowStride: outputWidth,
        columnStride: 1, b: headTransposed, ldb: w, c: states, ldc: w),
      bias: nil, relu: false, accumulate: false)
    pass.backward(
      plan, x, stride: xStride, inputRows: inputs.count,
      .init(parameters: target, inputs: nil, inputStride: 0))
  }

  private func headGradient(_ network: RecurrentBetaNetwork<Scalar>, into target: Buffer) {
    let parameters = network.parameters
    Scalar.product(
      ProductShape(
        m: pass.layer.hidden, n: Padding.halfPadded(network.outputs), k: targets.count,
        a: pass.state(plan, firstRead), rowStride: 1, columnStride: pass.layer.width, b: slopes,
        ldb: outputWidth, c: target + parameters.tensors[network.head.weight].offset,
        ldc: outputWidth),
      bias: nil, relu: false, accumulate: true)
    let bias = target + parameters.tensors[network.head.bias].offset
    for number in targets.indices {
      for k in 0..<network.outputs { bias[k] += slopes[number * outputWidth + k] }
    }
  }
}
