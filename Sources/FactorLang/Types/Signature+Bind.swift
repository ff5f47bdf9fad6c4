// THE argument matcher: labels, order, defaults. Checker and evaluator both call it and nothing
// else. Labelled arguments go to their parameters, definitions to the one that takes them,
// positional ones to the parameters left over, in order; a variadic one takes the rest.

/// What the matcher needs to know of an argument.
public struct ArgumentShape: Sendable {
  /// The name before `:` or `=`.
  public let label: String?
  /// Tells whether the sign is `=`.
  public let isDefinition: Bool
  /// The words of the value if it is a word or a list of words, to select a variant.
  public let words: [String]

  /// Creates a shape.
  public init(label: String? = nil, isDefinition: Bool = false, words: [String] = []) {
    self.label = label
    self.isDefinition = isDefinition
    self.words = words
  }

  /// Reads the shape of an argument of the program.
  public init(_ argument: Argument) {
    self.init(
      label: argument.label?.text, isDefinition: argument.isDefinition, words: argument.value.words)
  }
}

/// Which arguments go to which parameters.
public struct BoundCall: Sendable {
  /// Says where the receiver comes from.
  public enum Receiver: Sendable, Equatable {
    case none
    /// Through the pipe.
    case flow
    /// The argument at this index.
    case argument(Int)
  }
  /// Where the receiver comes from.
  public var receiver: Receiver = .none
  /// The parameters of the signature and then those of the variants selected.
  public var parameters: [ParameterInfo] = []
  /// For each parameter the indices of its arguments, in order.
  public var arguments: [[Int]] = []
  /// The parameter that the flow fills when the signature has no receiver.
  public var flowParameter: Int?
  /// The variants selected.
  public var variants: [Variant] = []
  /// Tells whether options may be ranges and lists to go through.
  public var isSwept = false

  /// Finds the index of a parameter by name.
  public func index(of name: String) -> Int? { parameters.firstIndex { $0.name == name } }

  /// Finds the parameter that an argument goes to.
  public func parameter(ofArgument index: Int) -> ParameterInfo? {
    zip(parameters, arguments).first { $0.1.contains(index) }?.0
  }
}

/// Why arguments do not fit; argument indices locate the blame.
public enum BindFault: Error, Sendable, Equatable {
  case unknownOption(argument: Int, name: String, nearest: String?)
  case missing(parameter: String)
  case tooMany(argument: Int, accepted: Int)
  case repeated(argument: Int, name: String)
  /// `name = value` where `name:` is an option.
  case definitionForOption(argument: Int, name: String)
  /// `name = value` where a condition is meant.
  case definitionForComparison(argument: Int, name: String)
  case definitionNotAccepted(argument: Int, name: String)
  case missingReceiver(Type)
  case nothingAccepted
}

extension Signature {
  /// Matches arguments to parameters.
  public func bind(_ shapes: [ArgumentShape], flows: Bool) throws(BindFault) -> BoundCall {
    var call = BoundCall()
    var positional = shapes.indices.filter { shapes[$0].label == nil }
    if let receiver {
      call.receiver = flows ? .flow : .none
      if !flows {
        guard let first = positional.first else { throw .missingReceiver(receiver) }
        call.receiver = .argument(first)
        positional.removeFirst()
      }
    }
    selectVariants(shapes, positional, flows: flows && receiver == nil, &call)
    call.arguments = Array(repeating: [], count: call.parameters.count)
    if flows, receiver == nil {
      // A word that chooses is written, it never flows in.
      guard let first = call.parameters.first, first.choices == nil else { throw .nothingAccepted }
      call.flowParameter = 0
    }
    for index in shapes.indices where shapes[index].label != nil {
      try assignLabelled(index, shapes[index], &call)
    }
    try assignPositional(positional, &call)
    for (position, parameter) in call.parameters.enumerated()
    where call.arguments[position].isEmpty && call.flowParameter != position {
      let other = parameter.isRequiredUnless.flatMap(call.index)
      let isNeeded = other.map { call.arguments[$0].isEmpty } ?? parameter.isRequired
      if isNeeded { throw .missing(parameter: parameter.name) }
    }
    return call
  }

  private func selectVariants(
    _ shapes: [ArgumentShape], _ positional: [Int], flows: Bool, _ call: inout BoundCall
  ) {
    call.parameters = parameters
    guard let variants else { return }
    call.isSwept = variants.isSwept
    let place = parameters.firstIndex { $0.name == variants.selector } ?? 0
    let rank = place - (flows ? 1 : 0)
    let chosen =
      shapes.first { $0.label == variants.selector && !$0.isDefinition }
      ?? (positional.indices.contains(rank) ? shapes[positional[rank]] : nil)
    let named = variants.variants.filter { chosen?.words.contains($0.name) ?? false }
    // A selector known only at run time admits the options of all variants.
    let isKnown = !named.isEmpty && named.count == chosen?.words.count
    call.variants = isKnown ? named : variants.variants
    for parameter in call.variants.flatMap(\.parameters) {
      if let index = call.index(of: parameter.name) {
        // The same option of several variants keeps the widest meaning: no bounds if they differ.
        if index >= parameters.count, call.variants.count > 1 {
          call.parameters[index] = call.parameters[index].merged(with: parameter)
        }
      } else {
        var option = parameter
        option.isLabelOnly = true
        if call.variants.count > 1 { option.isRequired = false }
        call.parameters.append(option)
      }
    }
  }

  private func assignLabelled(
    _ index: Int, _ shape: ArgumentShape, _ call: inout BoundCall
  ) throws(BindFault) {
    let name = shape.label ?? ""
    if shape.isDefinition {
      if let taker = call.parameters.firstIndex(where: \.takesDefinitions) {
        call.arguments[taker].append(index)
        return
      }
      if call.index(of: name) != nil { throw .definitionForOption(argument: index, name: name) }
      let hasCondition = parameters.contains {
        if case .columnExpression = $0.role { return true }
        return false
      }
      if hasCondition { throw .definitionForComparison(argument: index, name: name) }
      throw .definitionNotAccepted(argument: index, name: name)
    }
    guard let place = call.index(of: name), call.parameters[place].isOption else {
      if let taker = call.parameters.firstIndex(where: \.takesFields) {
        call.arguments[taker].append(index)
        return
      }
      let nearest = Suggestion.nearest(to: name, among: call.parameters.map(\.name))
      throw .unknownOption(argument: index, name: name, nearest: nearest)
    }
    if !call.arguments[place].isEmpty || call.flowParameter == place {
      throw .repeated(argument: index, name: name)
    }
    call.arguments[place].append(index)
  }

  private func assignPositional(_ positional: [Int], _ call: inout BoundCall) throws(BindFault) {
    var rest = positional[...]
    var accepted = 0
    for (place, parameter) in call.parameters.enumerated() {
      guard !rest.isEmpty else { return }
      guard !parameter.isLabelOnly, parameter.isOption, call.arguments[place].isEmpty,
        call.flowParameter != place
      else { continue }
      if parameter.isVariadic {
        call.arguments[place] = Array(rest)
        return
      }
      call.arguments[place] = [rest.removeFirst()]
      accepted += 1
    }
    guard let extra = rest.first else { return }
    // What was given by its name already is given again by its place.
    for (place, parameter) in call.parameters.enumerated()
    where !parameter.isLabelOnly && !parameter.isVariadic && parameter.isOption {
      if let before = call.arguments[place].first, before > extra {
        throw .repeated(argument: before, name: parameter.name)
      }
    }
    throw .tooMany(argument: extra, accepted: accepted)
  }
}

extension ParameterInfo {
  /// Tells whether its own name can label an argument.
  fileprivate var isOption: Bool { !takesDefinitions && !takesFields }

  fileprivate func merged(with other: ParameterInfo) -> ParameterInfo {
    var merged = self
    merged.isRequired = false
    if type != other.type { merged.type = type.joined(other.type) }
    merged.minimum = minimum.flatMap { own in other.minimum.map { min(own, $0) } }
    merged.maximum = maximum.flatMap { own in other.maximum.map { max(own, $0) } }
    if let own = choices, let its = other.choices {
      merged.role = .choice(own + its.filter { !own.contains($0) })
    }
    return merged
  }
}
