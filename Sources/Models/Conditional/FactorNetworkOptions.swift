// The choices of a recurrent factor network, each an option word with a sentence.

import FactorRuntime

/// Where the posterior over a month's factors comes from.
public enum PosteriorKind: String, HyperparameterChoice, Sendable {
  case amortized, exact

  public var sentence: String {
    switch self {
    case .amortized: "a recurrent network reads the factor input of the month"
    case .exact: "the closed Gaussian posterior given loadings and the recurrent prior"
    }
  }
}

/// What the factor network reads of a month.
public enum FactorInput: String, HyperparameterChoice, Sendable {
  case beta, managed, observed

  public var sentence: String {
    switch self {
    case .beta: "the returns of the model's own beta portfolios"
    case .managed: "the returns of characteristic-managed portfolios"
    case .observed: "factors observed beside the panel"
    }
  }
}

/// What forecasts the factors.
public enum PriorKind: String, HyperparameterChoice, Sendable {
  case regime, predictor, var1, shared, std

  public var sentence: String {
    switch self {
    case .regime: "a VAR(1) whose mean and variance switch between a calm and a stressed regime"
    case .predictor: "a ridge VAR(1) plus a recurrent correction"
    case .var1: "a ridge VAR(1) only"
    case .shared: "a linear function of the posterior network's own state of the month before"
    case .std: "a standard normal, which forecasts nothing"
    }
  }
}

/// What becomes of a latent factor before loadings multiply it.
public enum FactorActivation: String, HyperparameterChoice, Sendable {
  case identity, sigmoid

  public var sentence: String {
    switch self {
    case .identity: "the factor is the latent variable: signed, and every term closed"
    case .sigmoid: "as the paper prints it: factors in (0, 1), one draw a month"
    }
  }
}

/// What turns latent variables into factors.
public enum FactorDecoder: String, HyperparameterChoice, Sendable {
  case identity, linear, rnn, vrnn

  public var sentence: String {
    switch self {
    case .identity: "the factors are the latent variables"
    case .linear: "a linear map of them"
    case .rnn: "a recurrent network that reads them, with draws in training"
    case .vrnn: "a linear map of them and of the posterior network's state of the month before"
    }
  }
}

/// What training minimises besides the divergence.
public enum ReconstructionLoss: String, HyperparameterChoice, Sendable {
  case elbo, mse

  public var sentence: String {
    switch self {
    case .elbo: "the Gaussian likelihood with one residual variance for all firms"
    case .mse: "the squared error, as the paper prints it: no residual variance"
    }
  }
}

/// What is known of a return's variance beyond the factors.
public enum ResidualKind: String, HyperparameterChoice, Sendable {
  case global, net, none

  public var sentence: String {
    switch self {
    case .global: "one residual variance for all stocks"
    case .net: "one for each stock and month, read from the loading network's last hidden layer"
    case .none: "none: held at one standardised unit, so that fits are judged by squared errors"
    }
  }
}

/// What the divergence moves.
public enum DivergenceGradient: String, HyperparameterChoice, Sendable {
  case both, prior_only

  public var sentence: String {
    switch self {
    case .both: "posterior and prior"
    case .prior_only: "the prior, which follows a posterior that it does not hold back"
    }
  }
}

/// What the predictor's memory reads of a month.
public enum PredictorInput: String, HyperparameterChoice, Sendable {
  case factors, x, both

  public var sentence: String {
    switch self {
    case .factors: "the factors inferred"
    case .x: "the factor network's input"
    case .both: "factors and input"
    }
  }
}

/// What becomes of the loadings at the end of the beta network.
public enum LoadingActivation: String, HyperparameterChoice, Sendable {
  case linear, relu

  public var sentence: String {
    switch self {
    case .linear: "loadings of either sign"
    case .relu: "as the paper prints it: no negative loading"
    }
  }
}

/// Everything that shapes a recurrent factor network and its objective.
struct FactorNetworkOptions: Sendable {
  var factors = 5
  var hidden = 16
  var predictorHidden = 8
  var posterior = PosteriorKind.amortized
  var input = FactorInput.beta
  var prior = PriorKind.regime
  var activation = FactorActivation.identity
  var skip = true
  var decoder = FactorDecoder.identity
  var loss = ReconstructionLoss.elbo
  var idio = ResidualKind.global
  /// Loadings at so many quantiles of the return; one is the mean alone.
  var heads = 1
  var divergenceGradient = DivergenceGradient.both
  var predictorInput = PredictorInput.factors
  /// Draws of the latent variables a month; 0 where the expectation is closed.
  var draws = 0
  var chunk = 12
  /// Weight of the divergence once annealed, and of the predictive likelihood.
  var divergenceWeight = 1.0
  var predictiveWeight = 0.1
  /// Epochs without divergence, then epochs over which it rises.
  var warmUp = 20
  var anneal = 20
  var ridge = 1e-4

  /// Draws that training takes: one at least where nothing closed is known.
  var drawsTaken: Int {
    decoder == .rnn || activation == .sigmoid ? max(1, draws) : draws
  }

  /// The weight of the divergence in an epoch.
  func divergence(epoch: Int) -> Double {
    guard epoch > warmUp else { return 0 }
    return divergenceWeight * min(1, Double(epoch - warmUp) / Double(max(1, anneal)))
  }
}

extension FactorNetworkOptions: HeadDesign {
  /// The exact posterior is made of loadings and returns alone.
  var readsInputs: Bool { posterior == .amortized }

  var columns: LoadingColumns {
    LoadingColumns(factors: factors, heads: heads, hasVariance: idio == .net)
  }

  var facts: JSON {
    .fields(
      ("factors", .number(Double(factors))), ("hidden", .number(Double(hidden))),
      ("predictor_hidden", .number(Double(predictorHidden))),
      ("posterior", .text(posterior.rawValue)),
      ("fac_in", .text(input.rawValue)), ("prior", .text(prior.rawValue)),
      ("fac_act", .text(activation.rawValue)), ("skip", .bool(skip)),
      ("chunk", .number(Double(chunk))), ("lambda_kl", .number(divergenceWeight)),
      ("w_pr", .number(predictiveWeight)), ("warmup", .number(Double(warmUp))),
      ("anneal", .number(Double(anneal))), ("ridge", .number(ridge)),
      ("dec", .text(decoder.rawValue)), ("loss", .text(loss.rawValue)),
      ("kl_grad", .text(divergenceGradient.rawValue)),
      ("pred_in", .text(predictorInput.rawValue)), ("mc", .number(Double(draws))),
      ("idio", .text(idio.rawValue)), ("heads", .number(Double(heads))))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      factors: try facts.integer("factors"), hidden: try facts.integer("hidden"),
      predictorHidden: try facts.integer("predictor_hidden"),
      posterior: try facts.word("posterior"), input: try facts.word("fac_in"),
      prior: try facts.word("prior"), activation: try facts.word("fac_act"),
      skip: try facts.flag("skip"), chunk: try facts.integer("chunk"),
      divergenceWeight: try facts.number("lambda_kl"), predictiveWeight: try facts.number("w_pr"),
      warmUp: try facts.integer("warmup"), anneal: try facts.integer("anneal"),
      ridge: try facts.number("ridge"))
    (decoder, loss) = (try facts.word("dec"), try facts.word("loss"))
    (divergenceGradient, predictorInput) = (
      try facts.word("kl_grad"), try facts.word("pred_in")
    )
    draws = try facts.integer("mc")
    // Files written before there was a choice do not name it.
    if facts.value?["idio"] != nil { idio = try facts.word("idio") }
    if facts.value?["heads"] != nil { heads = try facts.integer("heads") }
    for (name, size) in [
      ("factors", factors), ("hidden", hidden), ("predictor_hidden", predictorHidden),
      ("heads", heads),
    ] where !(1...4096).contains(size) { throw facts.fault(name) }
  }
}
