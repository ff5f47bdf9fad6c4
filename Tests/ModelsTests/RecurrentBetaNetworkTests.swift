// The recurrent beta network in a training step: exact gradients in both modes, windows that look back only,
// the same bits on any number of threads.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// A small unbalanced panel: firms enter, leave and miss months.
private enum SmallPanel {
  static let characteristics = 3
  static let months = 6
  static let firms = 9

  static let present: [[Int]] = (0..<months).map { month in
    (0..<firms).filter { firm in (firm * 7 + month * 3) % 5 != 0 && month >= firm % 3 }
  }
  static let offsets = present.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  static let firmOf = present.joined().map { Int32($0) }
  static let histories = FirmHistories(offsets: offsets, firms: firmOf)

  static func data<Scalar: NetworkScalar>() -> ConditionalData<Scalar> {
    var stream = RandomStream(seed: 9, purpose: .example)
    let x = (0..<(firmOf.count * characteristics)).map { _ in Float(2 * stream.uniform() - 1) }
    let y = (0..<firmOf.count).map { _ in Float(stream.normal()) }
    guard let first = Period(year: 2000, month: 1) else { preconditionFailure("a month") }
    let rows = present.enumerated().flatMap { month, firms in firms.map { _ in first + month } }
    let names = (0..<firms).map { "firm \($0)" }
    guard
      let index = try? PanelIndex.sorting(months: rows, assets: firmOf, names: names).index
    else { preconditionFailure("the panel is in order") }
    precondition(index.offsets == offsets && index.assets == firmOf)
    return ConditionalData(
      NetworkData(
        FactorTask(
          index: index, characteristicNames: ["a", "b", "c"], characteristics: x,
          returns: y.map(Double.init),
          targetName: "ret"), returnScale: 1, inputs: []))
  }
}

private func step<Scalar: NetworkScalar>(
  _ mode: HistoryMode, longest: Int, threads: Int = 1
) -> ConditionalStep<RecurrentBetaNetwork<Scalar>, LinearFactorHead<Scalar>> {
  let network = RecurrentBetaNetwork<Scalar>(
    inputs: SmallPanel.characteristics, hidden: 4, outputs: 2, mode: mode,
    histories: SmallPanel.histories, longestBatch: longest)
  var stream = RandomStream(seed: 3, purpose: .initialise)
  network.initialize(&stream)
  let inputs = (0..<SmallPanel.months).map { _ in (0..<2).map { _ in stream.normal() } }
  let head = LinearFactorHead<Scalar>(factors: 2, inputs: inputs, meanFirms: 5)
  head.initialize(&stream)
  return ConditionalStep(
    network: network, head: head, data: SmallPanel.data(), longestBatch: longest, threads: threads)
}

@Suite struct RecurrentBetaNetworkTests {
  private static let modes: [(HistoryMode, Range<Int>)] = [
    (.scan, 0..<6), (.window(months: 3), 2..<5), (.window(months: 3), 4..<5),
    (.window(months: 4), 0..<2),
  ]

  @Test(arguments: modes)
  func gradientsAgreeThroughLoadingsStatisticsAndHead(mode: HistoryMode, months: Range<Int>) {
    let step: ConditionalStep<RecurrentBetaNetwork<Double>, LinearFactorHead<Double>> =
      step(mode, longest: months.count)
    for block in [step.network.parameters, step.head.parameters] {
      let result = BlockCheck.worst(block, tensors: block.tensors.map(\.name)) { _ in
        step.network.resetStates()
        return step.gradient(months)
      }
      #expect(result.error < GradientCheck.tolerance, "\(mode): \(result)")
    }
  }

  // A window of a firm's whole life is the scan of it.
  @Test func aLongWindowIsAScan() {
    func loadings(_ mode: HistoryMode) -> [Double] {
      let step: ConditionalStep<RecurrentBetaNetwork<Double>, LinearFactorHead<Double>> =
        step(mode, longest: 6)
      _ = step.gradient(0..<6)
      return (0..<SmallPanel.firmOf.count).flatMap { row in
        (0..<2).map { step.network.loadings[row * step.network.outputWidth + $0] }
      }
    }
    let scan = loadings(.scan)
    // Firm 0 is there in months 1 to 4 and away in 0 and 5, so only its life is compared, from the target
    // whose window begins with its first row.
    let rows = SmallPanel.histories.rows(of: 1, 0..<6).map { Int($0) }
    let life = rows.map { SmallPanel.histories.month(of: $0) }
    for (number, row) in rows.enumerated() where life[number] - life[0] == number {
      let window = loadings(.window(months: number + 1))
      expectClose(window[row * 2], scan[row * 2], absolute: 1e-12)
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func threadsChangeNoBit(threads: Int) {
    for (mode, months) in Self.modes {
      func bits(_ threads: Int) -> [UInt32] {
        let step: ConditionalStep<RecurrentBetaNetwork<Float>, LinearFactorHead<Float>> =
          step(mode, longest: months.count, threads: threads)
        _ = step.gradient(months)
        let block = step.network.parameters
        return (0..<block.count).map { block.gradients[$0].bitPattern }
      }
      #expect(bits(threads) == bits(1), "\(mode)")
    }
  }

  // Kept gates and gates computed again are the same.
  @Test func aBatchOfOneMonthAndAPartOfALongerOneAgree() {
    let short: ConditionalStep<RecurrentBetaNetwork<Double>, LinearFactorHead<Double>> =
      step(.window(months: 3), longest: 1)
    let long: ConditionalStep<RecurrentBetaNetwork<Double>, LinearFactorHead<Double>> =
      step(.window(months: 3), longest: 3)
    var sum = [Double](repeating: 0, count: short.network.parameters.count)
    for month in 2..<5 {
      _ = short.gradient(month..<(month + 1))
      for i in sum.indices { sum[i] += short.network.parameters.gradients[i] }
    }
    _ = long.gradient(2..<5)
    for i in sum.indices {
      expectClose(long.network.parameters.gradients[i], sum[i], absolute: 1e-12)
    }
  }

  // Several parties in several blocks, and groups of rows that cut months: what is combined is checked too.
  @Test(arguments: [HistoryMode.scan, .window(months: 2)])
  func gradientsOfManyPartiesAgree(mode: HistoryMode) {
    let (firms, months) = (300, 3)
    let present = (0..<months).map { month in (0..<firms).filter { ($0 * 3 + month) % 7 != 0 } }
    let offsets = present.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let histories = FirmHistories(offsets: offsets, firms: present.joined().map { Int32($0) })
    #expect(histories.parties(of: 64).count > 4)
    var stream = RandomStream(seed: 21, purpose: .example)
    let x = (0..<(offsets[months] * 2)).map { _ in 2 * stream.uniform() - 1 }
    let network = RecurrentBetaNetwork<Double>(
      inputs: 2, hidden: 2, outputs: 1, mode: mode, histories: histories, longestBatch: months)
    network.initialize(&stream)
    let weights = (0..<offsets[months]).map { _ in stream.normal() }
    func loss(_ wantsGradient: Bool) -> Double {
      network.resetStates()
      network.begin(months: 0..<months, rows: 0..<offsets[months])
      for phase in 0..<network.forwardPhases {
        for block in 0..<network.blocks(forward: phase) {
          network.forward(phase: phase, block: block, x)
        }
        network.finishForward(phase: phase)
      }
      var total = 0.0
      for (row, weight) in weights.enumerated() {
        let y = network.loadings[row * network.outputWidth]
        total += weight * y * y
        network.loadingsGradient[row * network.outputWidth] = 2 * weight * y
      }
      guard wantsGradient else { return total }
      network.beginBackward()
      for phase in 0..<network.backwardPhases {
        for block in 0..<network.blocks(backward: phase) {
          network.backward(phase: phase, block: block, x)
        }
        network.finishBackward(phase: phase)
      }
      return total
    }
    let names = ["cell.bias", "head.weight", "head.bias"]
    let result = BlockCheck.worst(network.parameters, tensors: names, loss)
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func windowsLookBackAndRepeatWhatIsMissing() {
    // Firm 0 in months 0, 2 and 12; firm 1 in months 2 and 3.
    let histories = FirmHistories(
      offsets: [0, 1, 1, 3, 4] + [Int](repeating: 4, count: 8) + [4, 5], firms: [0, 0, 1, 1, 0])
    func window(_ row: Int, _ length: Int) -> [Int] {
      var found = [Int](repeating: -1, count: length)
      histories.window(of: row, months: length) { found[$0] = $1 }
      return found
    }
    #expect(window(0, 3) == [0, 0, 0], "before the first row the first one is repeated")
    #expect(window(1, 3) == [0, 0, 1], "a missing month repeats the row before")
    #expect(window(3, 3) == [2, 2, 3])
    #expect(window(4, 4) == [4, 4, 4, 4], "nothing reaches across nine months")
    #expect(histories.firms == 2 && histories.month(of: 4) == 13)
    #expect(Array(histories.rows(of: 0, 1..<14)) == [1, 4])
    // Where the panel itself lacks months, the calendar counts.
    let gap = FirmHistories(offsets: [0, 1, 2, 3], firms: [0, 0, 0], calendar: [0, 1, 20])
    var found = [0, 0]
    gap.window(of: 1, months: 2) { found[$0] = $1 }
    #expect(found == [0, 1])
    gap.window(of: 2, months: 2) { found[$0] = $1 }
    #expect(found == [2, 2])
    #expect(histories.rows(2, of: 1..<2) == 2..<3 && histories.rows(3, of: 0..<1).isEmpty)
  }
}
