// One party of targets through a gated body and back, in memory that is taken once.

import FactorRuntime

final class GatedWorker<Scalar: NetworkScalar>: WindowWorker {
  typealias Buffer = UnsafeMutablePointer<Scalar>
  /// The slope of the leaky entry below zero, as Duan et al. print it.
  static var leak: Double { 0.1 }
  /// Columns of a number that a product writes.
  private static var narrow: Int { 16 }

  private let body: GatedBody<Scalar>
  private let histories: FirmHistories
  private let design: SequenceDesign
  private let passes: [RecurrentPass<Scalar>]
  private var plan = SequencePlan(carried: 0)
  private let xStride: Int
  private let width: Int
  private let inner: Int
  /// The panel's rows that windows read, step by step.
  private let sources: UnsafeMutablePointer<Int32>
  /// The trace of parties that no other interrupts, and that of the party at work.
  private let own: GatedTrace<Scalar>
  private var trace: GatedTrace<Scalar>
  private let enteredGradient: Buffer
  private let scored: Buffer
  private let scoredGradient: Buffer
  private let shares: Buffer
  private let sharesGradient: Buffer
  private let context: Buffer
  private let contextGradient: Buffer
  private let out: Buffer
  private let features: Buffer
  /// Targets of the party at work.
  private var count = 0
  private let transposed: Buffer
  private let sums: UnsafeMutablePointer<Double>
  private let all: [Buffer]

  init(_ body: GatedBody<Scalar>, _ histories: FirmHistories) {
    (self.body, self.histories, design) = (body, histories, body.design)
    let most = WindowParty.targets
    let rows = most * design.months
    xStride = Padding.padded(design.inputs)
    width = Padding.padded(design.hidden)
    inner = Padding.padded(design.attention ?? 1)
    passes = body.layers.map {
      RecurrentPass($0, body.parameters, rows: rows, inputs: rows, projects: false)
    }
    var taken: [Buffer] = []
    func room(_ count: Int) -> Buffer {
      taken.append(AlignedMemory.zeros(count))
      return taken[taken.count - 1]
    }
    sources = .allocate(capacity: rows)
    own = GatedTrace(design, passes.map(\.trace))
    trace = own
    enteredGradient = room(rows * width)
    (scored, scoredGradient) = (room(rows * inner), room(rows * inner))
    (shares, sharesGradient) = (room(rows), room(rows))
    (context, contextGradient) = (room(most * width), room(most * width))
    out = room(rows * Self.narrow)
    features = room(design.attention == nil ? 0 : 2 * most * width)
    transposed = room(inner * width)
    sums = AlignedMemory.zeros(max(width, inner))
    all = taken
  }

  deinit {
    for buffer in all { AlignedMemory.free(buffer) }
    AlignedMemory.free(sums)
    sources.deallocate()
  }

  /// Transposes the weights that the gradient needs, once a step.
  func prepare() {
    for pass in passes { pass.prepareBackward(wantsInputs: true) }
    guard let attention = body.attention else { return }
    let weights = body.parameters.weights(attention.weight)
    for k in 0..<inner {
      for j in 0..<design.hidden { transposed[k * width + j] = weights[j * inner + k] }
    }
  }

  func forward(_ targets: ArraySlice<Int32>, _ panel: UnsafePointer<Scalar>) -> Buffer {
    forward(targets, panel, leaving: own)
  }

  /// The same, with what the gradient needs in a trace of the party's own.
  func forward(
    _ targets: ArraySlice<Int32>, _ panel: UnsafePointer<Scalar>, leaving trace: GatedTrace<Scalar>
  ) -> Buffer {
    trace.count = targets.count
    resume(trace)
    read(targets, panel)
    enter()
    var (input, stride) = (UnsafePointer(entered), width)
    for pass in passes {
      pass.forward(plan, input, stride: stride, inputRows: plan.rows)
      (input, stride) = (UnsafePointer(pass.state(plan, 0)), width)
    }
    guard body.attention != nil else { return states + last * width }
    attend(count)
    for i in 0..<count {
      let row = features + i * 2 * width
      row.update(from: states + (last + i) * width, count: width)
      (row + width).update(from: context + i * width, count: width)
    }
    return features
  }

  /// Makes the party that left a trace the last one that ran. Attention over months leaves none.
  func resume(_ trace: GatedTrace<Scalar>) {
    precondition(body.attention == nil || trace === own, "shares of months leave no trace")
    (self.trace, count) = (trace, trace.count)
    for (pass, part) in zip(passes, trace.passes) { pass.trace = part }
    arrange()
  }

  func backward(_ gradient: UnsafePointer<Scalar>, into target: Buffer) {
    for pass in passes { pass.clearStateGradients(plan) }
    let slopes = stateGradients + last * width
    if body.attention == nil {
      slopes.update(from: gradient, count: count * width)
    } else {
      for i in 0..<count {
        let row = gradient + i * 2 * width
        (slopes + i * width).update(from: row, count: width)
        (contextGradient + i * width).update(from: row + width, count: width)
      }
      attendBackward(count, into: target)
    }
    sendDown(into: target)
  }

  private var x: Buffer { trace.x }
  private var entered: Buffer { trace.entered }

  private func read(_ targets: ArraySlice<Int32>, _ panel: UnsafePointer<Scalar>) {
    let x = x
    // A month's rows lie side by side in the panel, a firm's do not.
    for (number, target) in targets.enumerated() {
      histories.window(of: Int(target), months: design.months) { step, row in
        sources[step * count + number] = Int32(row)
      }
    }
    for row in 0..<plan.rows {
      (x + row * xStride).update(
        from: panel + Int(sources[row]) * design.inputs, count: design.inputs)
    }
  }

  // Windows step by step, so that every row reads its own input.
  private func arrange() {
    let months = design.months
    if plan.stepCount != months || plan.rows != months * count {
      plan.removeAll()
      for step in 0..<months {
        for target in 0..<count {
          plan.add(
            input: plan.rows, from: step == 0 ? 0 : plan.state(of: (step - 1) * count + target))
        }
        plan.closeStep()
      }
    }
  }

  private func enter() {
    let (p, e) = (body.parameters, body.entry)
    Scalar.product(
      ProductShape(
        m: plan.rows, n: width, k: design.inputs, a: x, rowStride: xStride, columnStride: 1,
        b: p.weights(e.weight), ldb: width, c: entered, ldc: width),
      bias: UnsafePointer(p.weights(e.bias)), relu: false, accumulate: false)
    switch design.entry {
    case .tanh: Scalar.tanhForward(count: plan.rows * width, entered, h: entered)
    case .leaky: Scalar.leaky(count: plan.rows * width, slope: Self.leak, entered)
    }
  }

  /// The states of the top layer, row by row.
  private var states: Buffer { passes[passes.count - 1].state(plan, 0) }
  private var stateGradients: Buffer { passes[passes.count - 1].stateGradient(plan, 0) }

  // Scores lie month by month with the targets side by side, in columns padded to whole lanes.
  private func attend(_ count: Int) {
    guard let a = body.attention else { return }
    let (p, columns) = (body.parameters, Padding.padded(count))
    Scalar.product(
      ProductShape(
        m: plan.rows, n: inner, k: design.hidden, a: states, rowStride: width, columnStride: 1,
        b: p.weights(a.weight), ldb: inner, c: scored, ldc: inner),
      bias: UnsafePointer(p.weights(a.bias)), relu: false, accumulate: false)
    Scalar.tanhForward(count: plan.rows * inner, scored, h: scored)
    number(plan.rows, scored, inner, design.attention ?? 0, a.score)
    for step in 0..<design.months {
      for i in 0..<count { shares[step * columns + i] = out[(step * count + i) * Self.narrow] }
    }
    Scalar.softmaxColumns(rows: design.months, width: columns, shares)
    context.update(repeating: 0, count: count * width)
    for step in 0..<design.months {
      Scalar.addScaledRows(
        rows: count, width: width, states + step * count * width, by: shares + step * columns,
        to: context)
    }
  }

  // One number a row: x times a column of weights, in the first column of `out`.
  private func number(
    _ rows: Int, _ x: UnsafePointer<Scalar>, _ stride: Int, _ depth: Int, _ weight: Int
  ) {
    Scalar.product(
      ProductShape(
        m: rows, n: Padding.half, k: depth, a: x, rowStride: stride, columnStride: 1,
        b: body.parameters.weights(weight), ldb: Self.narrow, c: out, ldc: Self.narrow),
      bias: nil, relu: false, accumulate: false)
  }

  /// The first row of the last month.
  private var last: Int { plan.steps[design.months - 1] }

  // dW += x' d of numbers in the first column of `out`.
  private func addOuter(
    _ rows: Int, _ x: UnsafePointer<Scalar>, _ stride: Int, _ depth: Int, into target: Buffer
  ) {
    Scalar.product(
      ProductShape(
        m: depth, n: Padding.half, k: rows, a: x, rowStride: 1, columnStride: stride, b: out,
        ldb: Self.narrow, c: target, ldc: Self.narrow),
      bias: nil, relu: false, accumulate: true)
  }

  private func attendBackward(_ count: Int, into target: Buffer) {
    guard let a = body.attention else { return }
    let (p, columns) = (body.parameters, Padding.padded(count))
    for step in 0..<design.months {
      let at = step * count * width
      Scalar.addScaledRows(
        rows: count, width: width, contextGradient, by: shares + step * columns,
        to: stateGradients + at)
      Scalar.rowDots(
        rows: count, width: width, contextGradient, states + at,
        into: sharesGradient + step * columns)
    }
    Scalar.softmaxColumnsBackward(
      rows: design.months, width: columns, y: shares, sharesGradient)
    let (weights, units) = (p.weights(a.score), design.attention ?? 0)
    for step in 0..<design.months {
      for i in 0..<count {
        let (row, d) = (step * count + i, sharesGradient[step * columns + i])
        out[row * Self.narrow] = d
        // Padding columns were zero and stay so.
        for j in 0..<units { scoredGradient[row * inner + j] = d * weights[j * Self.narrow] }
      }
    }
    addOuter(
      plan.rows, scored, inner, design.attention ?? 0, into: target + p.tensors[a.score].offset)
    Scalar.tanhBackward(count: plan.rows * inner, h: scored, scoredGradient)
    addLayer(
      states, width, design.hidden, scoredGradient, inner, weight: a.weight, bias: a.bias,
      into: target)
    Scalar.product(
      ProductShape(
        m: plan.rows, n: width, k: inner, a: scoredGradient, rowStride: inner, columnStride: 1,
        b: transposed, ldb: width, c: stateGradients, ldc: width),
      bias: nil, relu: false, accumulate: true)
  }

  // The gradients of a linear layer over all rows.
  private func addLayer(
    _ x: UnsafePointer<Scalar>, _ stride: Int, _ depth: Int, _ slopes: UnsafePointer<Scalar>,
    _ width: Int, weight: Int, bias: Int, into target: Buffer
  ) {
    let p = body.parameters
    Scalar.product(
      ProductShape(
        m: depth, n: width, k: plan.rows, a: x, rowStride: 1, columnStride: stride, b: slopes,
        ldb: width, c: target + p.tensors[weight].offset, ldc: width),
      bias: nil, relu: false, accumulate: true)
    sums.update(repeating: 0, count: width)
    Scalar.columnSums(RowTile(rows: plan.rows, width: width, slopes), adding: sums)
    let biases = target + p.tensors[bias].offset
    for j in 0..<width { biases[j] += Scalar(sums[j]) }
  }

  private func sendDown(into target: Buffer) {
    for number in passes.indices.reversed() {
      let below = number > 0 ? passes[number - 1].state(plan, 0) : entered
      let slopes = number > 0 ? passes[number - 1].stateGradient(plan, 0) : enteredGradient
      if number == 0 { enteredGradient.update(repeating: 0, count: plan.rows * width) }
      passes[number].backward(
        plan, below, stride: width, inputRows: plan.rows,
        .init(parameters: target, inputs: slopes, inputStride: width))
    }
    switch design.entry {
    case .tanh: Scalar.tanhBackward(count: plan.rows * width, h: entered, enteredGradient)
    case .leaky:
      Scalar.leakyBackward(count: plan.rows * width, slope: Self.leak, y: entered, enteredGradient)
    }
    addLayer(
      x, xStride, design.inputs, enteredGradient, width, weight: body.entry.weight,
      bias: body.entry.bias, into: target)
  }
}
