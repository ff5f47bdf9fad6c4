// The gradient of the network of a few series, back through the whole sequence.

import FactorRuntime

extension SequenceFactorNetwork {
  /// What a loss is made of.
  struct Loss {
    var reconstruction = 0.0
    var divergence = 0.0
    /// The first period whose part is not finite.
    var troubled: Int?
  }

  /// Computes the loss of a run with factors drawn by `noise`, and leaves its gradient in the block.
  func gradient(_ run: Run, weight: Double, noise: () -> Double) -> Loss {
    encode(run)
    for t in 0..<run.periods {
      for j in (t * factorWidth)..<(t * factorWidth + design.factors) {
        let draw = noise()
        rows.noise[j] = Scalar(draw)
        let deviation = Elementary.exp(0.5 * Double(rows.q.logVariance[j]))
        rows.z[j] = Scalar(Double(rows.q.mean[j]) + deviation * draw)
      }
    }
    decode(run, z: rows.z)
    var loss = Loss()
    for t in 0..<run.periods {
      let (apart, gap) = (reconstruction(t), divergence(t * factorWidth))
      if loss.troubled == nil, !(apart + gap).isFinite { loss.troubled = t }
      loss.reconstruction += apart / Double(run.periods)
      loss.divergence += gap / Double(run.periods)
    }
    parameters.clearGradients()
    decodeBackward(run)
    encodeBackward(run, weight: weight)
    return loss
  }

  // The slopes of the fit take the fit's place; ends with the gradient of z.
  private func decodeBackward(_ run: Run) {
    let (n, w) = (run.periods, width)
    let target = residual.map { parameters.gradients($0) }
    for i in 0..<design.series {
      let s = spread(i)
      let share = Elementary.exp(-s) / Double(n)
      var sum = 0.0
      for t in 0..<n {
        let place = t * seriesWidth + i
        let error = Double(rows.x[place]) - Double(rows.fit[place])
        rows.fit[place] = Scalar((target == nil ? -2 : -1) * error * share)
        sum += 0.5 * (1 / Double(n) - error * error * share)
      }
      if let target, let residual, isFree(parameters.weights(residual)[i]) {
        target[i] = Scalar(sum)
      }
    }
    let plan = design.state == .own ? run.chain : run.side
    output.addGradient(
      rows: n, states(decoder, run), stride: w, rows.fit, into: parameters.gradients)
    output.prepare()
    decoder.clearStateGradients(plan)
    output.sendDown(
      rows: n, rows.fit, into: decoder.stateGradient(plan, 0), accumulate: false)
    rows.dz.update(repeating: 0, count: n * factorWidth)
    decoder.prepareBackward(wantsInputs: true)
    decoder.backward(
      plan, rows.z, stride: factorWidth, inputRows: n,
      .init(parameters: parameters.gradients, inputs: rows.dz, inputStride: factorWidth))
  }

  private func isFree(_ logVariance: Scalar) -> Bool {
    SequenceFactorDesign.logVariances.contains(Double(logVariance))
  }

  private func encodeBackward(_ run: Run, weight: Double) {
    let (n, w) = (run.periods, width)
    slopes(run, weight)
    encoder.clearStateGradients(run.chain)
    if design.state == .shared {
      Scalar.add(count: n * w, decoder.dh + w, to: encoder.dh)
    }
    for (map, slopes, shift) in [
      (heads.q.mean, rows.dq.mean, w), (heads.q.logVariance, rows.dq.logVariance, w),
      (heads.p.mean, rows.dp.mean, 0), (heads.p.logVariance, rows.dp.logVariance, 0),
    ] {
      map.addGradient(
        rows: n, encoder.h + shift, stride: w, slopes, into: parameters.gradients)
      map.prepare()
      map.sendDown(rows: n, slopes, into: encoder.dh + shift, accumulate: true)
    }
    encoder.prepareBackward(wantsInputs: false)
    encoder.backward(
      run.chain, rows.x, stride: seriesWidth, inputRows: n,
      .init(parameters: parameters.gradients, inputs: nil, inputStride: 0))
  }

  // The gradients of both distributions, from that of z and from the divergence.
  private func slopes(_ run: Run, _ weight: Double) {
    let share = weight / Double(run.periods)
    for t in 0..<run.periods {
      for j in (t * factorWidth)..<(t * factorWidth + design.factors) {
        let (lq, lp) = (Double(rows.q.logVariance[j]), Double(rows.p.logVariance[j]))
        let (vq, vp) = (Elementary.exp(lq), Elementary.exp(lp))
        let gap = Double(rows.q.mean[j]) - Double(rows.p.mean[j])
        let (pull, dz) = (share * gap / vp, Double(rows.dz[j]))
        let drawn = 0.5 * vq.squareRoot() * Double(rows.noise[j]) * dz
        let (isFreeQ, isFreeP) = (isInside(lq), isInside(lp))
        rows.dq.mean[j] = Scalar(dz + pull)
        rows.dq.logVariance[j] = Scalar(isFreeQ ? drawn + share * 0.5 * (vq / vp - 1) : 0)
        rows.dp.mean[j] = Scalar(-pull)
        rows.dp.logVariance[j] = Scalar(
          isFreeP ? share * 0.5 * (1 - (vq + gap * gap) / vp) : 0)
      }
    }
  }

  // After the clamp, what is at a bound was beyond it.
  private func isInside(_ logVariance: Double) -> Bool {
    let range = SequenceFactorDesign.logVariances
    return logVariance > range.lowerBound && logVariance < range.upperBound
  }
}
