// A network over the last months of each firm, up to the features that a head reads, as heads drive it.
//
// What a target's features are depends on that target's window only, so targets run in small parties that
// stay in cache; a party's pass is repeated for its gradient where a head needs all features first.

import FactorRuntime

/// What makes a body, apart from data.
protocol WindowDesign: Sendable, Equatable {
  var inputs: Int { get }
  /// Months of a window.
  var months: Int { get }
  /// Features of a target, and in how many equal stretches they lie, each padded with zeros.
  var features: Int { get }
  var stretches: Int { get }
  var parameterCount: Int { get }
  /// Float operations of one row, forward and backward, each product counted once.
  var flops: Double { get }
  var facts: JSON { get }
  init(_ facts: StoredFacts) throws
  /// Numbers that one party holds.
  var roomOfParty: Int { get }
}

extension WindowDesign {
  /// The row length of features.
  var featureWidth: Int { stretches * Padding.padded(features / stretches) }
}

/// How large a network of the literature is built.
enum NetworkSize: String, HyperparameterChoice, Sendable {
  case own, paper

  var sentence: String {
    switch self {
    case .own: "the widths and layers that are given"
    case .paper: "those of the reference, whatever is given"
    }
  }
}

/// The tensors of a body.
protocol WindowBody: AnyObject, SendableMetatype {
  associatedtype Design: WindowDesign
  associatedtype Scalar: NetworkScalar
  associatedtype Worker: WindowWorker where Worker.Scalar == Scalar
  /// Adds the body's tensors to a block.
  init(_ design: Design, in parameters: ParameterBlock<Scalar>)
  func initialize(_ stream: inout RandomStream)
  /// Takes memory for a party.
  func worker(_ histories: FirmHistories) -> Worker
}

/// A party of targets on its way through a body.
protocol WindowWorker: AnyObject {
  associatedtype Scalar: NetworkScalar
  /// Readies what depends on the weights alone; called once a step.
  func prepare()
  /// The features of some rows of a panel, `featureWidth` apart; valid until the next call.
  func forward(
    _ targets: ArraySlice<Int32>, _ panel: UnsafePointer<Scalar>
  ) -> UnsafeMutablePointer<Scalar>
  /// Adds the gradients of the last targets' features to a copy of the parameters.
  func backward(
    _ gradient: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>)
}

enum WindowParty {
  /// Targets of a party: with twelve months its gates and states fill the second cache.
  static let targets = 64
  /// Parties are dealt into this many blocks, which may run side by side.
  static let mostBlocks = 8
}
