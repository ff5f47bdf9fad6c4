// What makes a dual codebook model: its sizes, its switches and the weights of its loss.

import FactorRuntime

/// Which assets a window holds.
enum StormUniverse: String, HyperparameterChoice, Sendable {
  case fixed, dynamic

  var sentence: String {
    switch self {
    case .fixed: "the firms with the most training months, in every window the same"
    case .dynamic: "the firms of the month; weights and loadings are products of queries and keys"
    }
  }
}

/// Which of the two modules there are.
enum StormModules: String, HyperparameterChoice, Sendable {
  case both, spatial, temporal

  var sentence: String {
    switch self {
    case .both: "tokens of dates and tokens of firms"
    case .spatial: "tokens of dates only, each a whole cross-section"
    case .temporal: "tokens of firms only, each a firm's own months"
    }
  }
}

/// How codes move.
enum CodebookRule: String, HyperparameterChoice, Sendable {
  case grad, ema

  var sentence: String {
    switch self {
    case .grad: "down the gradient of their distance to what they stand for"
    case .ema: "to the moving mean of what they stand for"
    }
  }
}

/// What alphas are read from.
enum AlphaSource: String, HyperparameterChoice, Sendable {
  case own, factors

  var sentence: String {
    switch self {
    case .own: "the firm's own token"
    case .factors: "all tokens, by a map to all firms"
    }
  }
}

/// The weights of the parts of the loss.
struct StormWeights: Sendable, Equatable {
  var returns = 0.1
  var divergence = 0.1
  var reconstruction = 1e-3
  var commitment = 1.0
  var orthogonality = 0.1
  var diversity = 0.1
  var alignment = 1e-3
  var priceOrder = 0.1
}

struct StormDesign: Sendable, Equatable {
  var inputs: Int
  /// Firms of the fixed universe; the most firms of a month of a dynamic one.
  var assets: Int
  var universe = StormUniverse.fixed
  var modules = StormModules.both
  /// Dates of a window, and of a patch of one firm.
  var months = 16
  var patch = 4
  var width = 32
  var heads = 2
  var layers = 2
  var decoderLayers = 2
  /// The inner width of an encoder's perceptron over its width.
  var ratio = 4
  var codes = 64
  /// Numbers that the linear stem leaves of a firm's characteristics.
  var stem = 8
  /// Characteristics that the decoders rebuild, the first ones.
  var rebuilt = 5
  var fuses = true
  var rule = CodebookRule.grad
  var alpha = AlphaSource.own
  /// The columns of open, high, low and close; empty where there are none.
  var prices: [Int] = []
  var weights = StormWeights()

  static let logVariances = -8.0...4.0
  /// The temperature of the codes' soft shares.
  static let sharpness = 1.0
  /// How much the decoder of cross-sections weighs beside that of histories.
  static let crossSectionShare = 1e-3
  /// The decay of the codes' moving means, and what Laplace's rule adds to their counts.
  static let decay = 0.99
  static let laplace = 1e-5
  /// Steps that a code may go unused.
  static let patience = 100

  var hasTemporal: Bool { modules != .spatial }
  var hasSpatial: Bool { modules != .temporal }
  var isFused: Bool { fuses && modules == .both }
  var isAligned: Bool { weights.alignment > 0 && modules == .both }
  var patches: Int { months / patch }
  var fields: Int { rebuiltColumns.count }
  /// The characteristics that decoders rebuild: prices, if there are any, then the first ones.
  var rebuiltColumns: [Int] {
    Array((prices + (0..<inputs).filter { !prices.contains($0) }).prefix(rebuilt))
  }
  /// Whether the order of rebuilt prices is looked at; prices are open, high, low and close.
  var ordersPrices: Bool { prices.count == 4 && rebuilt >= 4 && weights.priceOrder > 0 }
  var isDynamic: Bool { universe == .dynamic }
  /// A firm's own token is there to be read.
  var readsOwnTokens: Bool { hasTemporal && alpha == .own }
  var rebuilds: Bool { weights.reconstruction > 0 }

  /// The number of factors of a window of some firms.
  func factors(assets: Int) -> Int { (hasSpatial ? months : 0) + (hasTemporal ? assets : 0) }

  /// Multiplications of one window, forward.
  var products: Double {
    let (d, s, f) = (Double(width), Double(assets), Double(inputs))
    func encoder(_ n: Double, _ layers: Int) -> Double {
      Double(layers) * n * ((4 + 2 * Double(ratio)) * d * d + 2 * n * d)
    }
    let n = Double(factors(assets: assets))
    var sum = n * (26 * d * d + 4 * n * d + 2 * s * d)
    if hasTemporal {
      sum += s * Double(months) * f * d + encoder(s * Double(patches) + 1, layers)
      if rebuilds { sum += encoder(s, decoderLayers) + s * d * Double(months * fields) }
    }
    if hasSpatial {
      sum += s * Double(months) * Double(stem) * (f + d) + encoder(Double(months) + 1, layers)
      if rebuilds { sum += encoder(Double(months), decoderLayers) }
    }
    return sum
  }
}

extension StormDesign {
  var facts: JSON {
    .fields(
      ("inputs", .number(Double(inputs))), ("assets", .number(Double(assets))),
      ("universe", .text(universe.rawValue)), ("modules", .text(modules.rawValue)),
      ("months", .number(Double(months))), ("patch", .number(Double(patch))),
      ("width", .number(Double(width))), ("heads", .number(Double(heads))),
      ("layers", .number(Double(layers))), ("decoderLayers", .number(Double(decoderLayers))),
      ("ratio", .number(Double(ratio))), ("codes", .number(Double(codes))),
      ("stem", .number(Double(stem))), ("rebuilt", .number(Double(rebuilt))),
      ("fuses", .number(fuses ? 1 : 0)), ("rule", .text(rule.rawValue)),
      ("alpha", .text(alpha.rawValue)), ("prices", .list(prices.map { .number(Double($0)) })),
      (
        "weights",
        .list(
          [
            weights.returns, weights.divergence, weights.reconstruction, weights.commitment,
            weights.orthogonality, weights.diversity, weights.alignment, weights.priceOrder,
          ].map(JSON.number))
      ))
  }

  init(_ facts: StoredFacts) throws {
    self.init(inputs: try facts.integer("inputs"), assets: try facts.integer("assets"))
    (universe, modules) = (try facts.word("universe"), try facts.word("modules"))
    (rule, alpha) = (try facts.word("rule"), try facts.word("alpha"))
    (months, patch) = (try facts.integer("months"), try facts.integer("patch"))
    (width, heads) = (try facts.integer("width"), try facts.integer("heads"))
    (layers, decoderLayers) = (try facts.integer("layers"), try facts.integer("decoderLayers"))
    (ratio, codes) = (try facts.integer("ratio"), try facts.integer("codes"))
    (stem, rebuilt) = (try facts.integer("stem"), try facts.integer("rebuilt"))
    fuses = try facts.integer("fuses") == 1
    prices = try facts.integers("prices")
    let list = try facts.items("weights").compactMap {
      if case .number(let number) = $0 { number } else { nil }
    }
    guard list.count == 8, list.allSatisfy({ $0.isFinite && $0 >= 0 }), isSound else {
      throw facts.fault("width")
    }
    weights = StormWeights(
      returns: list[0], divergence: list[1], reconstruction: list[2], commitment: list[3],
      orthogonality: list[4], diversity: list[5], alignment: list[6], priceOrder: list[7])
  }

  // Sizes that a network can be built from without asking for absurd memory.
  private var isSound: Bool {
    (1...100_000).contains(inputs) && (1...100_000).contains(assets) && (1...256).contains(months)
      && (1...months).contains(patch) && months % patch == 0 && (8...512).contains(width)
      && (1...16).contains(heads) && width % (8 * heads) == 0 && (1...16).contains(layers)
      && (1...16).contains(decoderLayers) && (1...8).contains(ratio) && (2...512).contains(codes)
      && (1...256).contains(stem) && (1...256).contains(rebuilt)
      && prices.allSatisfy { (0..<inputs).contains($0) }
      && !(isDynamic && modules == .spatial)
  }
}
