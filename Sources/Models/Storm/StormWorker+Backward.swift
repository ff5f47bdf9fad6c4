// Some windows of a batch from their slopes back to all parameters; see StormWorker.swift.

import FactorRuntime

extension StormWorker {
  /// Writes the gradients of all parameters to this worker's share; `first` is its first window in the batch.
  func backward(_ batch: StormBatch, _ coupling: StormCoupling<Scalar>, first: Int) {
    let parameters = builder.parameters
    gradients.update(repeating: 0, count: parameters.count)
    tokenSlopes.update(repeating: 0, count: layout.tokens.rows * tokenWidth)
    slopes.firms.update(repeating: 0, count: layout.assets.rows * width)
    slopes.dates.update(repeating: 0, count: dateSets.rows * width)
    heads.backward(tokens, layout, targets, into: gradients, tokenSlopes: tokenSlopes)
    section?.backward(
      tokens, layout, into: gradients, codeSlopes: slopes.dates, tokenSlopes: tokenSlopes)
    history?.backward(layout.assets, into: gradients, tokenSlopes: slopes.firms)
    disassemble()
    books.firms?.backward(
      rows: firmRows, entering.firms, total: batch.firms, slopes: coupling.firms,
      into: gradients, inputs: slopes.firms)
    books.dates?.backward(
      rows: dateRows, entering.dates, total: batch.dates, slopes: coupling.dates,
      into: gradients, inputs: slopes.dates)
    descend(coupling, first)
  }

  // Gradients of tokens to those of what met the codes: its own half, and the codes' half straight through.
  private func disassemble() {
    let d = design.width
    eachToken { row, part, isDate in
      let target = (isDate ? slopes.dates : slopes.firms) + part * width
      let source = tokenSlopes + row * tokenWidth
      for j in 0..<d { target[j] += source[j] + source[d + j] }
    }
  }

  private func descend(_ coupling: StormCoupling<Scalar>, _ first: Int) {
    let assets = layout.assets
    if let fusion, let temporal, let spatial {
      fusion.backward(
        firms: temporal.output, assets, dates: spatial.output, dateSets,
        firmSlopes: slopes.firms, dateSlopes: slopes.dates, into: gradients)
    }
    for (target, source) in [
      (summarySlopes.firms, coupling.firmSummaries), (summarySlopes.dates, coupling.dateSummaries),
    ] {
      for i in 0..<(assets.count * width) {
        target[i] = source.isEmpty ? 0 : source[first * width + i]
      }
    }
    temporal?.backward(
      x, assets, tokens: slopes.firms, summaries: summarySlopes.firms, into: gradients)
    spatial?.backward(
      x, assets, tokens: slopes.dates, summaries: summarySlopes.dates, into: gradients)
  }
}
