// The parameters of a recurrent factor network, their starting values, and their place on a tape.

import FactorRuntime

struct RecurrentFactorTensors {
  let skip: Int
  let cell: TanhCell
  let meanRead: Int
  let meanBias: Int
  let varianceRead: Int
  let varianceBias: Int
  let priorMean: Int
  let priorStep: Int
  let priorRead: Int
  let priorLogVariance: Int
  let priorVarianceRead: Int
  let memory: GRUCell
  let regime: RegimeSwitch
  let logResidual: Int
  /// From the posterior network's state to the prior, where they share it.
  let shared: (mean: Int, variance: Int)?
  let decoder: FactorDecoderTensors?

  init(_ options: FactorNetworkOptions, inputs: Int, in block: ParameterBlock<Double>) {
    let (k, h, hp) = (options.factors, options.hidden, options.predictorHidden)
    skip = block.add("posterior.skip", rows: k, columns: inputs)
    cell = TanhCell("posterior.cell", inputs: inputs, hidden: h, in: block)
    meanRead = block.add("posterior.mean", rows: k, columns: h)
    meanBias = block.add("posterior.mean.bias", rows: k, columns: 1)
    varianceRead = block.add("posterior.variance", rows: k, columns: h)
    varianceBias = block.add("posterior.variance.bias", rows: k, columns: 1)
    priorMean = block.add("prior.mean", rows: k, columns: 1)
    priorStep = block.add("prior.step", rows: k, columns: k)
    priorRead = block.add("prior.read", rows: k, columns: hp)
    priorLogVariance = block.add("prior.variance.bias", rows: k, columns: 1)
    priorVarianceRead = block.add("prior.variance", rows: k, columns: hp)
    let read =
      options.predictorInput == .factors ? k : options.predictorInput == .x ? inputs : k + inputs
    memory = GRUCell("prior.memory", inputs: read, hidden: hp, in: block)
    regime = RegimeSwitch(factors: k, in: block)
    logResidual = block.add("residual.logVariance", rows: 1, columns: 1)
    shared =
      options.prior == .shared
      ? (
        block.add("prior.shared", rows: k, columns: h),
        block.add("prior.shared.variance", rows: k, columns: h)
      ) : nil
    decoder =
      options.decoder == .identity ? nil : FactorDecoderTensors(options, in: block)
  }

  func initialize(
    _ block: ParameterBlock<Double>, _ options: FactorNetworkOptions,
    _ stream: inout RandomStream
  ) {
    cell.initialize(block, &stream)
    memory.initialize(block, &stream)
    regime.initialize(block)
    switch options.input {
    case .beta: block.fill(skip) { $0 == $1 ? 1 : 0 }
    case .managed, .observed:
      block.fillHe(skip, inputs: block.tensors[skip].columns, gain: 0.1, &stream)
    }
    if !options.skip {
      block.fill(skip) { _, _ in 0 }
      block.fillGlorot(meanRead, inputs: options.hidden, outputs: options.factors, &stream)
    }
    block.fill(varianceBias) { _, _ in -4 }
    decoder?.initialize(block, &stream)
  }

  /// The parameters on a tape.
  struct Bound {
    let options: FactorNetworkOptions
    let skip: Variable
    let cell: TanhCell.Bound
    let meanRead: Variable
    let meanBias: Variable
    let varianceRead: Variable
    let varianceBias: Variable
    let priorMean: Variable
    let priorStep: Variable
    let priorRead: Variable
    let priorLogVariance: Variable
    let priorVarianceRead: Variable
    let memory: GRUCell.Bound
    let regime: RegimeSwitch.Bound
    let logResidual: Variable
    let shared: (mean: Variable, variance: Variable)?
    let decoder: FactorDecoderTensors.Bound?

    /// The prior of the coming month from what is carried; nothing of that month is read.
    func prior(_ live: LiveState, on tape: Tape) -> FactorPrior {
      switch options.prior {
      case .std:
        let zero = tape.constant(0, rows: options.factors)
        return FactorPrior(mean: zero, logVariance: zero)
      case .shared:
        guard let shared else { preconditionFailure("a shared prior has its tensors") }
        return FactorPrior(
          mean: priorMean + shared.mean.times(live.hidden),
          logVariance: (priorLogVariance + shared.variance.times(live.hidden)).clamped(-8, 4))
      case .var1:
        return FactorPrior(
          mean: priorMean + priorStep.times(live.last),
          logVariance: priorLogVariance.clamped(-8, 4))
      case .predictor:
        return FactorPrior(
          mean: priorMean + priorStep.times(live.last) + priorRead.times(live.memory),
          logVariance: (priorLogVariance + priorVarianceRead.times(live.memory)).clamped(-8, 4))
      case .regime:
        return regime.prior(
          calmMean: priorMean + priorStep.times(live.last), calmLogVariance: priorLogVariance,
          stress: live.stress)
      }
    }

    /// The posterior of the amortized network, and its state after the month.
    func posterior(
      _ input: Variable, _ hidden: Variable
    ) -> (mean: Variable, logVariance: Variable, hidden: Variable) {
      let next = cell.step(input, hidden)
      let read = meanRead.times(next) + meanBias
      let mean = options.skip ? skip.times(input) + read : read
      return (mean, (varianceRead.times(next) + varianceBias).clamped(-8, 4), next)
    }

    /// |A|^2 + |W_p|^2, where the prior has them.
    func ridgePenalty() -> Variable? {
      switch options.prior {
      case .std: nil
      case .shared: shared.map { $0.mean.square().sum() }
      case .var1, .regime: priorStep.square().sum()
      case .predictor: priorStep.square().sum() + priorRead.square().sum()
      }
    }
  }

  func bind(
    _ block: ParameterBlock<Double>, _ options: FactorNetworkOptions, on tape: Tape
  ) -> Bound {
    Bound(
      options: options, skip: block.leaf(skip, on: tape), cell: cell.bind(block, on: tape),
      meanRead: block.leaf(meanRead, on: tape), meanBias: block.leaf(meanBias, on: tape),
      varianceRead: block.leaf(varianceRead, on: tape),
      varianceBias: block.leaf(varianceBias, on: tape),
      priorMean: block.leaf(priorMean, on: tape), priorStep: block.leaf(priorStep, on: tape),
      priorRead: block.leaf(priorRead, on: tape),
      priorLogVariance: block.leaf(priorLogVariance, on: tape),
      priorVarianceRead: block.leaf(priorVarianceRead, on: tape),
      memory: memory.bind(block, on: tape),
      regime: regime.bind(block, on: tape), logResidual: block.leaf(logResidual, on: tape),
      shared: shared.map { (block.leaf($0.mean, on: tape), block.leaf($0.variance, on: tape)) },
      decoder: decoder?.bind(block, on: tape))
  }
}
